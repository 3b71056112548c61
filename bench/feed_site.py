"""Ten thousand feeds on loopback, served by a process of their own with as little work as will do.

`/KIND/NUMBER` is a feed; what KIND does is in `changes` and `delay`. A feed that changes shows one new entry
at every request, before those of a real feed. `/asked` tells when each feed was asked for last.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import multiprocessing
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection

from bench.corpus import corpus_root

HOSTS = tuple(f"127.0.0.{number}" for number in range(1, 51))
_MARK = b"wirewatch-version"
_ITEM = re.compile(rb"<(item|entry)[\s>].*?</\1>", re.S)
_URL = re.compile(rb"https?://[^\s<>\"']+")
_LEAST_ENTRIES = 5


def documents() -> list[tuple[bytes, bytes, bytes]]:
    """Real feeds, each as what stands before its first entry, a new entry with a mark in it, and the rest."""
    made = []
    for path in sorted((corpus_root() / "data" / "feeds").glob("*.xml.gz")):
        body = gzip.decompress(path.read_bytes())
        first = _ITEM.search(body)
        if first is None or len(_ITEM.findall(body)) < _LEAST_ENTRIES:
            continue
        new = _URL.sub(lambda url: url[0] + (b"&amp;" if b"?" in url[0] else b"?") + _MARK, first[0])
        if _MARK in new and b"]]>?" not in new:
            made.append((body[: first.start()], new, body[first.start() :]))
    return made


def version(document: tuple[bytes, bytes, bytes], name: str) -> bytes:
    before, new, rest = document
    return before + new.replace(_MARK, name.encode()) + rest


def changes(kind: str, number: int) -> bool:
    """Of `mixed` and `slow` feeds every fifth changes, of `changing` ones all, of `quiet` ones none."""
    return kind == "changing" or (kind in ("mixed", "slow") and number % 5 == 0)


def delay(kind: str) -> float:
    """Seconds."""
    return random.uniform(0.05, 0.5) if kind == "slow" else 0.0  # noqa: S311 - any will do


@contextmanager
def serving() -> Iterator[int]:
    """The port, on all of HOSTS, while it serves."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _serve(connection: Connection) -> None:
    asyncio.run(_serve_until_ended(connection))


async def _serve_until_ended(connection: Connection) -> None:
    site = _Site()
    server = await asyncio.get_running_loop().create_server(lambda: _Visit(site), "0.0.0.0", 0)  # noqa: S104
    connection.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


class _Site:
    def __init__(self) -> None:
        self._documents = documents()
        self._versions: dict[str, int] = {}
        self._asked: dict[str, float] = {}

    def answer(self, path: str, etag: str) -> bytes:
        if path == "/asked":
            return _ok(json.dumps(self._asked).encode(), '"asked"')
        _, kind, number = path.split("/")
        self._asked[path] = time.time()
        current = self._versions.get(path, 0)
        if changes(kind, int(number)):
            current = self._versions[path] = current + 1
        tag = f'"{current}"'
        if tag == etag:
            return f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode()
        document = self._documents[int(number) % len(self._documents)]
        return _ok(version(document, f"{number}-{current}"), tag)


class _Visit(asyncio.Protocol):
    def __init__(self, site: _Site) -> None:
        self._site = site
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            head, _, self._read = self._read.partition(b"\r\n\r\n")
            line, *headers = head.decode("latin-1").split("\r\n")
            path = line.split(" ")[1]
            etag = next((each[15:] for each in headers if each[:15].lower() == "if-none-match: "), "")
            answer = self._site.answer(path, etag)
            if wait := delay(path.split("/")[1]):
                asyncio.get_running_loop().call_later(wait, partial(self._write, answer))
            else:
                self._write(answer)

    def _write(self, answer: bytes) -> None:
        assert isinstance(self._transport, asyncio.WriteTransport)
        if not self._transport.is_closing():
            self._transport.write(answer)


def _ok(body: bytes, etag: str) -> bytes:
    head = (
        "HTTP/1.1 200 OK",
        f"ETag: {etag}",
        "Content-Type: text/xml",
        f"Content-Length: {len(body)}",
        "",
        "",
    )
    return "\r\n".join(head).encode() + body
