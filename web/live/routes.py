"""`/live`: articles as they come in; `/live/events` is the stream of them (WHATWG HTML, §9.2)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import HTMLResponse, StreamingResponse

from index.query import Query as Search
from index.syntax import parse
from web.live.broadcast import Arrival
from web.pages import page
from web.parts import Parts

SHOWN = 20
HEARTBEAT_SECONDS = 15.0  # proxies close what is silent for a minute
_RETRY = b"retry: 3000\n\n"
_HEARTBEAT = b": still here\n\n"
_MISSED = b"event: missed\ndata: {}\n\n"
_DROPPED = b'event: dropped\ndata: {"reason":"read too slowly; come back with Last-Event-ID"}\n\n'


def live_routes(parts: Parts) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/live", response_class=HTMLResponse)
    def live(request: Request, q: Annotated[str, Query(max_length=12_000)] = "") -> HTMLResponse:
        after = parts.arrivals.last  # before the search, so that nothing falls between
        found = parts.index().search(Search(expression=parse(q), sort="newest", limit=SHOWN))
        return page(request, "live.html", q=q, hits=found.hits, after=after, now=parts.now())

    @router.get("/live/events", response_class=StreamingResponse)
    async def events(
        q: Annotated[str, Query(max_length=12_000)] = "",
        after: Annotated[str, Query(max_length=100)] = "",
        last_event_id: Annotated[str, Header(max_length=100)] = "",
    ) -> StreamingResponse:
        parts.arrivals.check_room()
        return StreamingResponse(
            stream(parts, Search(expression=parse(q)), last_event_id or after),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    return router


async def stream(parts: Parts, query: Search, after: str) -> AsyncIterator[bytes]:
    """The events of one viewer, until he is dropped or the server ends."""
    viewing = parts.arrivals.viewer(query, after=after)
    with parts.metrics.web_streams.track_inprogress(), viewing as (viewer, missing):
        yield _RETRY + (_MISSED if missing else b"")
        while (arrivals := await viewer.next(HEARTBEAT_SECONDS)) is not None:
            yield b"".join(map(_event, arrivals)) or _HEARTBEAT
        if viewer.dropped:
            yield _DROPPED


def _event(arrival: Arrival) -> bytes:
    return f"id: {arrival.id}\nevent: article\ndata: {arrival.told}\n\n".encode()
