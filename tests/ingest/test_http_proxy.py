"""Through a proxy: it is asked for public hosts alone, and its password is nobody's business."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from base64 import b64encode
from collections.abc import AsyncIterator, Callable

import pytest
from pydantic import SecretStr, ValidationError

from article.errors import FetchFailed
from ingest.fetch.client import Fetcher
from ingest.fetch.proxy import ProxiedHosts
from runtime.settings import IngestSettings
from tests.ingest.site import HOST, Answer, Site

ABC = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"


@contextlib.asynccontextmanager
async def proxying(answer: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Where a proxy listens, and the heads of what it was asked; it answers everything itself."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, HOST, 0)
    try:
        yield f"user:secret@{HOST}:{server.sockets[0].getsockname()[1]}", heads
    finally:
        server.close()


def through(
    url: str,
    *,
    answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
    allow: tuple[str, ...] = (),
) -> tuple[bytes | FetchFailed, list[bytes]]:
    """What came of a fetch, and what the proxy was asked."""

    async def story() -> tuple[bytes | FetchFailed, list[bytes]]:
        async with proxying(answer) as (where, heads):
            settings = IngestSettings(
                proxy=SecretStr(f"http://{where}"), allow_hosts=allow, connect_timeout=5, total_timeout=10
            )
            async with Fetcher(settings) as fetcher:
                try:
                    return (await fetcher.get(url)).body, heads
                except FetchFailed as error:
                    return error, heads

    return asyncio.run(story())


def test_a_page_comes_through_the_proxy() -> None:
    body, (head,) = through("http://8.8.8.8/feed")
    assert body == b"abc"
    assert head.startswith(b"GET http://8.8.8.8/feed HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic " + b64encode(b"user:secret") in head


def test_an_encrypted_one_through_a_tunnel_that_the_proxy_may_refuse() -> None:
    error, (head,) = through("https://8.8.8.8/feed", answer=b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
    assert head.startswith(b"CONNECT 8.8.8.8:443 HTTP/1.1\r\n")
    assert isinstance(error, FetchFailed)
    assert error.problem == "the proxy refuses with status 403"
    assert "secret" not in str(error)


def test_names_that_only_the_proxy_can_resolve_are_left_to_it() -> None:
    body, heads = through("http://no-such-host.invalid/feed")
    assert body == b"abc"
    assert len(heads) == 1


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.2",
            "10.0.0.1",
            "169.254.169.254",
            "[::1]",
            "[::ffff:10.0.0.1]",
            "localhost",
            "localhost.",
        ),
        *("2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "0.0.0.0", "[64:ff9b::a9fe:a9fe]"),
    ],
)
def test_the_proxy_is_not_asked_for_what_lies_inside(host: str) -> None:
    error, heads = through(f"http://{host}/feed")
    assert heads == []
    assert isinstance(error, FetchFailed)
    assert "private or reserved address" in error.problem


def test_hosts_that_are_allowed_are_connected_to_directly(site: Site) -> None:
    body, heads = through(site.at("/feed", Answer(body=b"direct")), allow=(HOST,))
    assert (body, heads) == (b"direct", [])


def test_a_proxy_that_is_not_there_is_told_without_its_password() -> None:
    async def story() -> FetchFailed:
        with socket.socket() as free:
            free.bind((HOST, 0))
            settings = IngestSettings(
                proxy=SecretStr(f"http://user:secret@{HOST}:{free.getsockname()[1]}"), total_timeout=10
            )
            async with Fetcher(settings) as fetcher:
                with pytest.raises(FetchFailed) as caught:
                    await fetcher.get("http://8.8.8.8/")
        return caught.value

    error = asyncio.run(story())
    assert error.problem.startswith("the proxy cannot be reached")
    assert "WIREWATCH_INGEST__PROXY" in error.remedy
    assert "secret" not in str(error)


def test_what_is_no_proxy_is_refused_without_being_shown() -> None:
    for wrong in ("socks5://user:secret@host:1080", "user:secret@host", "http://", "http://[secret"):
        with pytest.raises(ValidationError, match="not the address of a proxy") as caught:
            IngestSettings(proxy=SecretStr(wrong))
        assert "secret" not in str(caught.value.errors(include_input=False))
    assert "secret" not in repr(IngestSettings(proxy=SecretStr("http://user:secret@host:3128")))


def test_a_name_with_any_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def judged(*addresses: str) -> None:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (each, 0)) for each in addresses]
        lookup: Callable[..., object] = lambda *_, **__: found  # noqa: E731
        monkeypatch.setattr(socket, "getaddrinfo", lookup)
        await ProxiedHosts().check("news.test")

    asyncio.run(judged("8.8.8.8", "1.1.1.1"))
    with pytest.raises(OSError, match="private"):
        asyncio.run(judged("8.8.8.8", "10.0.0.1"))
