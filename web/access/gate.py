"""The gate before all routes: puts the deciding parts of this folder together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from math import ceil

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.clock import Clock
from web.access.headers import ALWAYS, STATIC, UNLESS_SAID
from web.access.limits import Limits
from web.access.origin import is_ours
from web.access.policy import Policy
from web.access.verdict import Refusal, refusal
from web.access.viewer import NOBODY, Asked, client_of, viewer_of
from web.errors import answer, fault

MAX_BODY = 16_000_000  # an OPML file of a hundred thousand feeds
_TOO_LARGE = f"More than {MAX_BODY:,} bytes are not taken."
_STATIC = "/static/"


class Gate:
    """ASGI middleware. Tells the routes who asks: `request.state.viewer`, and `request.state.client`.

    `limits` are for all requests of a client, `failures` for those with a wrong token.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        policy: Policy,
        limits: Limits,
        failures: Limits,
        clock: Clock,
        now: Callable[[], datetime],
    ) -> None:
        self._app = app
        self._policy = policy
        self._limits = limits
        self._failures = failures
        self._clock = clock
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        scope = {**scope, "method": "GET"} if head else scope  # RFC 9110, 9.3.2
        request = Request(scope)
        request.state.viewer = NOBODY
        guarded = Guarded(request, receive, send, head=head)
        refused = self._judged(request)
        if refused is not None:
            await _told(request, refused)(scope, guarded.receive, guarded.send)
            return
        try:
            await self._app(scope, guarded.receive, guarded.send)
        except Exception as error:
            if guarded.started:
                raise
            await fault(request, error)(scope, guarded.receive, guarded.send)

    def _judged(self, request: Request) -> Refusal | None:
        asked, now = _asked(request), self._clock.monotonic()
        if not is_ours(asked.headers.get("host", ""), self._policy):
            return Refusal(
                status=421,
                detail="No such name is served here. If it should be, add it to the setting web.hosts.",
            )
        client = client_of(asked, self._policy)
        if not asked.path.startswith(_STATIC):
            if wait := self._limits.wait(client, now):
                return slower(wait)
            self._limits.take(client, now)
        request.state.client = client
        if "authorization" in asked.headers and (wait := self._failures.wait(client, now)):
            return slower(wait)
        viewer = viewer_of(asked, self._policy, self._now())
        if viewer.failed:
            self._failures.take(client, now)
        request.state.viewer = viewer
        query = request.url.query
        if _length(asked) > MAX_BODY:
            return Refusal(status=413, detail=_TOO_LARGE)
        return refusal(asked, viewer, self._policy, address=asked.path + (f"?{query}" if query else ""))


class Guarded:
    """Both ends of a request: counts what comes in, adds the headers to what goes out."""

    def __init__(self, request: Request, receive: Receive, send: Send, *, head: bool = False) -> None:
        self._request = request
        self._head = head
        self._receive = receive
        self._send = send
        self._size = 0
        self._ended = False
        self.started = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._size > MAX_BODY:
            raise HTTPException(413, _TOO_LARGE)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            headers.update(ALWAYS)
            found = message["status"] == 200 and self._request.url.path.startswith(_STATIC)
            for name, value in (STATIC if found else UNLESS_SAID).items():
                headers.setdefault(name, value)
        elif self._head:
            if self._ended:
                return
            self._ended, message = True, {"type": "http.response.body"}
        await self._send(message)


def _asked(request: Request) -> Asked:
    return Asked(
        method=request.method,
        path=request.url.path,
        peer=request.client.host if request.client else "",
        headers=request.headers,
        cookies=request.cookies,
        key=request.query_params.get("key", ""),
    )


def _length(asked: Asked) -> int:
    said = asked.headers.get("content-length", "0")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0


def slower(seconds: float) -> Refusal:
    return Refusal(
        status=429,
        detail=f"Too many requests from one address. Wait {ceil(seconds)} s, or raise the setting web.rate.",
        headers={"Retry-After": str(ceil(seconds))},
    )


def _told(request: Request, refused: Refusal) -> Response:
    if refused.status == 303:
        return Response(status_code=303, headers=dict(refused.headers))
    return answer(request, status=refused.status, detail=refused.detail, headers=dict(refused.headers))
