from __future__ import annotations

import asyncio
import gzip
import socket
import zlib
from collections.abc import Sequence

import aiohttp
import pytest

from article.errors import FetchFailed
from ingest.fetch.client import ACCEPT_FEED, Fetcher
from ingest.fetch.errors import StatusFailed
from ingest.fetch.response import Headers, Response
from ingest.fetch.slots import Slots
from runtime.settings import IngestSettings
from tests.ingest.site import HOST, Answer, Site

OPEN = IngestSettings(allow_hosts=(HOST,), connect_timeout=2, total_timeout=5)


def get(url: str, settings: IngestSettings = OPEN, *, etag: str | None = None) -> Response:
    async def one() -> Response:
        async with Fetcher(settings) as fetcher:
            return await fetcher.get(url, etag=etag, accept=ACCEPT_FEED)

    return asyncio.run(one())


def failure(url: str, settings: IngestSettings = OPEN) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        get(url, settings)
    return caught.value


def test_an_answer(site: Site) -> None:
    url = site.at("/feed", Answer(body=b"abc", content_type="text/xml", etag='"1"'))
    got = get(url)
    assert got.headers.date is not None
    assert got == Response(
        url=url,
        status=200,
        body=b"abc",
        content_type="text/xml",
        etag='"1"',
        headers=Headers(date=got.headers.date),
    )
    asked = site.requests[0].headers
    assert asked["User-Agent"] == "Wirewatch/0.1"
    assert asked["Accept"] == ACCEPT_FEED
    assert "Cookie" not in asked


def test_the_user_agent_names_the_contact(site: Site) -> None:
    get(site.at("/", Answer()), OPEN.model_copy(update={"contact": "https://who.test"}))
    assert site.requests[0].headers["User-Agent"] == "Wirewatch/0.1 (+https://who.test)"


def test_an_unchanged_document_is_a_304(site: Site) -> None:
    url = site.at("/feed", Answer(body=b"abc", etag='"1"'))
    again = get(url, etag='"1"')
    assert (again.status, again.body) == (304, b"")
    assert site.requests[0].headers["If-None-Match"] == '"1"'


def test_what_the_server_says_of_its_answer_is_told(site: Site) -> None:
    said = {
        "Cache-Control": "max-age=600",
        "Expires": "0",
        "Retry-After": "120",
        "Link": '<https://hub.test/>; rel="hub"',
    }
    expected = {name.replace("-", "_").lower(): value for name, value in said.items()}
    url = site.at("/feed", Answer(body=b"abc", etag='"1"', headers=said))
    error = failure(site.at("/busy", Answer(status=503, headers=said)))
    assert isinstance(error, StatusFailed)
    for headers in (get(url).headers, get(url, etag='"1"').headers, error.headers):
        assert headers.date is not None
        assert {**vars(headers), "date": None} == {**expected, "date": None}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 500, 503])
def test_other_statuses_are_failures(site: Site, status: int) -> None:
    error = failure(site.at("/feed", Answer(status=status)))
    assert isinstance(error, StatusFailed)
    assert error.status == status
    assert error.problem == f"answers with status {status}"
    assert error.lasts is (status in (400, 401, 403, 404, 410))


def test_compressed_answers_are_unpacked(site: Site) -> None:
    body = b"<rss/>" * 1000
    for encoding, packed in (("gzip", gzip.compress(body)), ("deflate", zlib.compress(body))):
        url = site.at("/feed", Answer(body=packed, headers={"Content-Encoding": encoding}))
        assert get(url).body == body


def test_an_answer_that_cannot_be_unpacked_is_a_failure(site: Site) -> None:
    url = site.at("/feed", Answer(body=b"not gzip", headers={"Content-Encoding": "gzip"}))
    assert "cannot be decompressed" in failure(url).problem


@pytest.mark.parametrize("packed", [False, True])
def test_too_large_an_answer_is_a_failure(site: Site, packed: bool) -> None:
    settings = OPEN.model_copy(update={"max_body": 10_000})
    body = b"x" * 5_000_000
    answer = (
        Answer(body=gzip.compress(body), headers={"Content-Encoding": "gzip"})
        if packed
        else Answer(body=body)
    )
    error = failure(site.at("/feed", answer), settings)
    assert error.problem == "is larger than 10000 bytes"
    assert "MAX_BODY" in error.remedy


def test_an_answer_that_breaks_off_is_a_failure(site: Site) -> None:
    url = site.at("/feed", Answer(body=b"abc", headers={"Content-Length": "1000"}))
    assert "broke off" in failure(url).problem


def test_a_server_that_says_nothing_is_a_failure(site: Site) -> None:
    settings = OPEN.model_copy(update={"total_timeout": 0.1})
    assert (
        "no complete answer within 0.1 seconds"
        in failure(site.at("/feed", Answer(hold=True)), settings).problem
    )


def test_redirects_are_followed_and_permanent_ones_remembered(site: Site) -> None:
    end = site.at("/end", Answer(body=b"here"))
    site.at("/new", Answer(status=302, headers={"Location": "/end"}))
    site.at("/moved", Answer(status=308, headers={"Location": f"{site.url}/new"}))
    old = get(site.at("/old", Answer(status=301, headers={"Location": "moved"})))
    assert (old.url, old.body, old.moved_to) == (end, b"here", f"{site.url}/new")


def test_a_permanent_redirect_behind_a_temporary_one_is_none(site: Site) -> None:
    site.at("/end", Answer(body=b"here"))
    site.at("/b", Answer(status=301, headers={"Location": "/end"}))
    assert get(site.at("/a", Answer(status=302, headers={"Location": "/b"}))).moved_to is None


def test_redirects_in_a_circle_end(site: Site) -> None:
    url = site.at("/a", Answer(status=301, headers={"Location": "/a"}))
    assert failure(url).problem == "redirects in a circle"
    assert len(site.requests) == 1


@pytest.mark.parametrize(
    "target", ["ftp://news.test/feed", "file:///etc/passwd", "http://", "http://[x/", "http://a b/"]
)
def test_redirects_lead_to_the_web_only(site: Site, target: str) -> None:
    error = failure(site.at("/a", Answer(status=302, headers={"Location": target})))
    assert error.subject == f"{site.url}/a"


def test_private_addresses_are_refused(site: Site) -> None:
    strict = OPEN.model_copy(update={"allow_hosts": ()})
    port = site.url.rsplit(":", 1)[1]
    site.at("/", Answer(body=b"secret"))
    for host in (HOST, "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "127.1"):
        error = failure(f"http://{host}:{port}/", strict)
        told = ("private or reserved address", "cannot be resolved", "not a usable address")
        assert any(reason in error.problem for reason in told)
    assert site.requests == []


def test_a_redirect_to_a_private_address_is_refused(site: Site) -> None:
    port = site.url.rsplit(":", 1)[1]
    site.at("/secret", Answer(body=b"secret"))
    url = site.at("/a", Answer(status=302, headers={"Location": f"http://localhost:{port}/secret"}))
    error = failure(url)
    assert error.problem == "localhost has a private or reserved address after a redirect to localhost"
    assert error.lasts
    assert "ALLOW_HOSTS" in error.remedy
    assert site.asked("/secret") == []


def test_a_host_can_be_allowed_with_its_port(site: Site) -> None:
    port = site.url.rsplit(":", 1)[1]
    url = site.at("/", Answer(body=b"abc"))
    assert get(url, OPEN.model_copy(update={"allow_hosts": (f"{HOST}:{port}",)})).body == b"abc"
    assert "private" in failure(url, OPEN.model_copy(update={"allow_hosts": (f"{HOST}:1",)})).problem


@pytest.mark.parametrize(
    "url",
    [
        "",
        "feed.xml",
        "ftp://a.test/",
        "http:///x",
        "http://a.test:99999/",
        "http://a.test\\@b.test/",
        "http://a@b@c/",
    ],
)
def test_only_web_addresses_are_fetched(url: str) -> None:
    assert failure(url).problem == "is not an http or https address"


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind((HOST, 0))
        error = failure(f"http://user:secret@{HOST}:{free.getsockname()[1]}/feed")
    assert "cannot connect" in error.problem
    assert "secret" not in str(error)


def test_what_is_not_http_is_a_failure() -> None:
    async def talk() -> FetchFailed:
        async def hello(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(hello, HOST, 0)
        async with server, Fetcher(OPEN) as fetcher:
            with pytest.raises(FetchFailed) as caught:
                await fetcher.get(f"http://{HOST}:{server.sockets[0].getsockname()[1]}/")
        return caught.value

    assert asyncio.run(talk()).problem.startswith("the answer")


def test_tls_that_cannot_be_trusted_is_a_failure(site: Site) -> None:
    error = failure(site.url.replace("http:", "https:") + "/")
    assert "TLS" in error.problem or "cannot connect" in error.problem


def test_every_error_of_the_library_is_caught() -> None:
    names = [name for name in aiohttp.client_exceptions.__all__ if not name.startswith("WS")]
    assert len(names) > 20
    for name in names:
        assert issubclass(
            getattr(aiohttp.client_exceptions, name), aiohttp.ClientError | OSError | ValueError
        ), name


def test_one_host_gets_so_many_requests_at_once_and_no_more() -> None:
    async def most_at_once(keys: Sequence[str], slots: Slots) -> tuple[int, int]:
        running: list[str] = []
        most = most_of_one = 0

        async def one(key: str) -> None:
            nonlocal most, most_of_one
            async with slots.hold(key):
                running.append(key)
                most, most_of_one = max(most, len(running)), max(most_of_one, running.count(key))
                await asyncio.sleep(0)
                running.remove(key)

        await asyncio.gather(*(one(key) for key in keys))
        return most, most_of_one

    many = [f"host{number % 10}" for number in range(100)]
    assert asyncio.run(most_at_once(many, Slots(total=5, per_key=2))) in ((5, 1), (5, 2))
    assert asyncio.run(most_at_once(["one"] * 20, Slots(total=5, per_key=2))) == (2, 2)


def test_bodies_wait_for_room_and_all_are_read(site: Site) -> None:
    """Together they have ten times what there is room for."""
    url = site.at("/feed", Answer(body=b"x" * 100_000))
    settings = OPEN.model_copy(update={"max_bodies": 200_000, "per_host": 20})

    async def all_of_them() -> list[int]:
        async def one(fetcher: Fetcher) -> int:
            return len((await fetcher.get(url)).body)

        async with Fetcher(settings) as fetcher:
            return await asyncio.gather(*(one(fetcher) for _ in range(20)))

    assert asyncio.run(all_of_them()) == [100_000] * 20


def test_a_body_takes_room_until_its_response_is_let_go(site: Site) -> None:
    url = site.at("/feed", Answer(body=b"x" * 100_000))
    settings = OPEN.model_copy(update={"max_bodies": 100_000})

    async def story() -> None:
        async with Fetcher(settings) as fetcher:
            held = [await fetcher.get(url), await fetcher.get(url)]  # the second goes beyond
            third = asyncio.ensure_future(fetcher.get(url))
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asyncio.shield(third), 0.05)
            held.clear()
            assert len((await third).body) == 100_000

    asyncio.run(story())
