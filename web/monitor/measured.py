"""Counts requests by route, status and time."""

from __future__ import annotations

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.metrics import Metrics

_OTHER = "other"


class Measured:
    """ASGI middleware, around all others. A route is its pattern ("/articles/{id}"), never an address: there
    are as many as we have, and one for all that is none ("other") or a file ("/static")."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = perf_counter()

        async def count(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = _route(scope)
                self._metrics.web_requests.labels(route, message["status"]).inc()
                self._metrics.web_seconds.labels(route).observe(perf_counter() - begun)
            await send(message)

        await self._app(scope, receive, count)


def _route(scope: Scope) -> str:
    pattern = getattr(scope.get("route"), "path", "")
    return pattern or ("/static" if scope["path"].startswith("/static/") else _OTHER)
