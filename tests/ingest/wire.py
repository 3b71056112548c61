"""A server that answers each connection with given bytes, and a client to ask it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

from article.errors import FetchFailed
from ingest.fetch.client import Fetcher
from ingest.fetch.response import Response
from runtime.settings import IngestSettings
from tests.ingest.site import HOST

OPEN = IngestSettings(allow_hosts=(HOST,), connect_timeout=5, total_timeout=10)


@contextlib.asynccontextmanager
async def sending(*pieces: bytes, hold: bool = False) -> AsyncIterator[str]:
    """The URL of a server that reads a request, sends the pieces and hangs up, or `hold`s the connection."""
    open_ones: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        open_ones.add(task)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            if hold:
                await reader.read()  # until the client hangs up
        writer.close()

    server = await asyncio.start_server(answer, HOST, 0)
    try:
        yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        for task in open_ones:
            task.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)


def fetched(
    pieces: Sequence[bytes],
    *,
    settings: IngestSettings = OPEN,
    hold: bool = False,
    etag: str | None = None,
) -> Response | FetchFailed:
    async def story() -> Response | FetchFailed:
        async with sending(*pieces, hold=hold) as url, Fetcher(settings) as fetcher:
            try:
                return await fetcher.get(url, etag=etag)
            except FetchFailed as error:
                return error

    return asyncio.run(story())
