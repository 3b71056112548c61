"""Where hubs call: the HTTP server that answers them, and tells whoever polls the feed.

It need not be the process that polls it: what a hub says is written to a channel that every process reads.
Nothing of a pushed document is used, only that there is something new: what a feed says comes from its
publisher alone.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

from aiohttp import web

from article.errors import Unavailable
from article.hubs import HubCall
from ingest.websub.offer import Address, Callbacks, is_about, signed
from runtime.clock import Clock
from runtime.logging import get_logger
from runtime.metrics import Metrics
from runtime.settings import IngestSettings

_AT_ONCE = 64  # bodies being read
_EACH_MINUTE = 60  # calls for one feed
_MAX_REASON = 300
_CHUNK = 65_536

Outcome = Literal["accepted", "unsigned", "forged", "unknown", "unwanted", "too_large", "too_many", "failed"]


class Callback:
    """Answers hubs (WebSub §5.3, §7). `is_watched` tells of a feed's id whether pushes are wanted for it;
    `tell` writes a call down. Both may raise Unavailable: the hub is then asked to come again.
    """

    def __init__(
        self,
        *,
        callbacks: Callbacks,
        is_watched: Callable[[str], Awaitable[bool]],
        tell: Callable[[HubCall], Awaitable[None]],
        settings: IngestSettings,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._callbacks = callbacks
        self._is_watched = is_watched
        self._tell = tell
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._reading = 0
        self._minute = -1
        self._calls: Counter[str] = Counter()

    def runner(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._verify)
        app.router.add_post("/{path:.*}", self._push)
        # Bodies are hashed as they come and never unpacked.
        return web.AppRunner(app, access_log=None, auto_decompress=False)

    async def _verify(self, request: web.Request) -> web.Response:
        """The hub asks whether we meant it, or says that it will not."""
        address = self._callbacks.address(request.path)
        query = request.query
        if address is None or not is_about(address, query.get("hub.topic", "")):
            return web.Response(status=404)
        try:
            return await self._answer(address.feed, query.get("hub.mode", ""), query)
        except Unavailable:
            return _come_again()

    async def _answer(self, feed: str, mode: str, query: Mapping[str, str]) -> web.Response:
        now = self._clock.now()
        if mode == "denied":
            reason = query.get("hub.reason", "")[:_MAX_REASON]
            await self._tell(HubCall(id=feed, kind="denied", at=now, reason=reason))
            return web.Response()
        wanted = await self._is_watched(feed)
        challenge = query.get("hub.challenge")
        if challenge is None or mode not in ("subscribe", "unsubscribe") or wanted != (mode == "subscribe"):
            return web.Response(status=404)
        if mode == "subscribe":
            lease = _seconds(query.get("hub.lease_seconds"))
            await self._tell(HubCall(id=feed, kind="verified", at=now, lease_seconds=lease))
        # The hub chooses the text: never let a browser take it for a page.
        headers = {"X-Content-Type-Options": "nosniff"}
        return web.Response(text=challenge, content_type="text/plain", headers=headers)

    async def _push(self, request: web.Request) -> web.Response:
        """Something is new. What is not signed by the hub is taken and ignored, as §7.1.2 allows, so that
        nobody learns how far a guess was right.
        """
        address = self._callbacks.address(request.path)
        if address is None:
            return self._said("unknown", 404)
        if self._is_too_much(address.feed) or self._reading >= _AT_ONCE:
            self._metrics.pushes.labels("too_many").inc()
            return _come_again()
        self._reading += 1
        try:
            return await self._received(request, address)
        except Unavailable:
            self._metrics.pushes.labels("failed").inc()
            return _come_again()
        except (TimeoutError, OSError):
            return self._said("failed", 408)
        finally:
            self._reading -= 1

    async def _received(self, request: web.Request, address: Address) -> web.Response:
        check = signed(request.headers.get("X-Hub-Signature"), self._callbacks.secret(address))
        size = 0
        async with asyncio.timeout(self._settings.total_timeout):
            async for chunk in request.content.iter_chunked(_CHUNK):
                size += len(chunk)
                if size > self._settings.max_body:
                    return self._said("too_large", 413)
                if check:
                    check.update(chunk)
        if check is None:
            return self._said("unsigned", 202)
        if not check.is_genuine():
            return self._said("forged", 202)
        if not await self._is_watched(address.feed):
            return self._said("unwanted", 410)
        await self._tell(HubCall(id=address.feed, kind="pushed", at=self._clock.now()))
        return self._said("accepted", 202)

    def _is_too_much(self, feed: str) -> bool:
        """Whether so many calls came for the feed in this minute that the hub is asked to slow down."""
        minute = int(self._clock.monotonic() // 60)
        if minute != self._minute:
            self._minute = minute
            self._calls.clear()
        self._calls[feed] += 1
        return self._calls[feed] > _EACH_MINUTE

    def _said(self, outcome: Outcome, status: int) -> web.Response:
        self._metrics.pushes.labels(outcome).inc()
        get_logger("ingest").debug("push.received", outcome=outcome)
        return web.Response(status=status)


def _come_again() -> web.Response:
    return web.Response(status=503, headers={"Retry-After": "60"})


def _seconds(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
