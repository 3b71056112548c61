"""A web server that can send anything, byte for byte, and that remembers what it was asked.

Each behaviour has a host of its own (127.0.x.y), so that what is kept per host (connections, robots.txt,
what the pages of a site repeat) is kept for it alone. Bodies and headers are written for `http://site.test`,
and say the behaviour's own address when they are sent.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from types import TracebackType

SITE = "http://site.test"
_REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 404: "Not Found"}
_LONGEST_HEAD = 65_536
_WAIT = 30.0


@dataclass(frozen=True, kw_only=True)
class Request:
    """`count` is how often the path was asked for before; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    count: int

    def header(self, name: str) -> str | None:
        return self.headers.get(name)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`etag` and `modified` end in 304 when they come back. `encode` makes of the body what is sent."""

    body: bytes = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    etag: str = ""
    modified: str = ""
    encode: Callable[[bytes], bytes] = bytes


Wire = Callable[[], AsyncIterator[bytes]]
"""What goes out, piece by piece; nothing is added, and the connection ends after it."""
Reply = Answer | Wire
Route = Callable[[Request], Reply]


def always(reply: Reply) -> Route:
    return lambda _: reply


def then(*replies: Reply) -> Route:
    """One after the other; the last goes on."""
    return lambda request: replies[min(request.count, len(replies) - 1)]


def raw(*pieces: bytes) -> Wire:
    async def wire() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    return wire


def endless(head: bytes, piece: bytes) -> Wire:
    """Until the client hangs up."""

    async def wire() -> AsyncIterator[bytes]:
        yield head
        while True:
            yield piece

    return wire


def dripping(head: bytes, piece: bytes, *, seconds: float) -> Wire:
    """A piece at a time for ever, with pauses: being slow is what this server is for."""

    async def wire() -> AsyncIterator[bytes]:
        yield head
        while True:
            yield piece
            await asyncio.sleep(seconds)

    return wire


def silent() -> Wire:
    """Takes the request and says nothing."""

    async def wire() -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    return wire


@dataclass(kw_only=True)
class Site:
    """What one host serves, and what it was asked for."""

    host: str
    port: int = 0
    routes: Mapping[str, Route] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        request = Request(method=method, path=path, headers=headers, body=body, count=len(self.asked(path)))
        self.requests.append(request)
        route = self.routes.get(path) or self.routes.get("*")
        return route(request) if route else Answer(status=404)


class Server:
    """Serves the sites from a thread of its own, all on one port that it chooses."""

    def __init__(self, sites: Sequence[Site]) -> None:
        self._sites = {site.host: site for site in sites}
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Server:
        self._thread.start()
        assert self._started.wait(_WAIT)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(_WAIT)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        with closing(self._loop):
            self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._closing = asyncio.Event()
        port, servers = 0, []
        for host, site in self._sites.items():
            server = await asyncio.start_server(self._connected, host, port, limit=_LONGEST_HEAD)
            port = port or server.sockets[0].getsockname()[1]
            site.port = port
            servers.append(server)
        self._started.set()
        await self._closing.wait()
        for server in servers:
            server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        site = self._sites[writer.get_extra_info("sockname")[0]]
        # A client that hangs up in the middle is what many behaviours are about.
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await _one_request(site, reader, writer):
                pass
        self._open.discard(task)
        writer.transport.abort()


async def _one_request(site: Site, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Whether the connection stays open for another."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    reply = site.answer(method, path, headers, body)
    if isinstance(reply, Answer):
        writer.write(_composed(reply, headers, site))
        await writer.drain()
        return True
    async for piece in reply():
        writer.write(_here(piece, site))
        await writer.drain()
    writer.write_eof()
    await reader.read()  # what was written must arrive before the connection ends
    return False


def _composed(answer: Answer, asked: Mapping[str, str], site: Site) -> bytes:
    unchanged = (answer.etag and asked.get("if-none-match") == answer.etag) or (
        answer.modified and asked.get("if-modified-since") == answer.modified
    )
    status = 304 if unchanged else answer.status
    body = b"" if unchanged else answer.encode(_here(answer.body, site))
    ours = {
        "Content-Type": answer.kind,
        "Content-Length": "" if status == 304 else str(len(body)),
        "ETag": answer.etag,
        "Last-Modified": answer.modified,
    }
    given = {name for name, _ in answer.headers}
    headers = [
        *answer.headers,
        *((name, value) for name, value in ours.items() if value and name not in given),
    ]
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Other')}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return _here("\r\n".join([*lines, "", ""]).encode("latin-1"), site) + body


def _here(data: bytes, site: Site) -> bytes:
    return data.replace(SITE.encode(), site.url.encode())
