"""No feed reaches inside: whatever leads to a private address, nobody connects to it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from pydantic import SecretStr

from article.codec import decode
from article.errors import FetchFailed
from article.hubs import FeedHub
from bus.channels import FEED_HUBS
from bus.sqlite.bus import SqliteBus
from ingest.fetch.client import Fetcher
from runtime.settings import IngestSettings
from tests.ingest.documents import item, rss
from tests.ingest.hub import free_port
from tests.ingest.running import SETTINGS, open_bus, running, subscribe
from tests.ingest.site import HOST, Answer, Site

INSIDE = "127.0.0.2"  # private like any loopback address, and not the one that the tests allow
RSS = "application/rss+xml"


class Inside:
    """A port that nobody may connect to."""

    def __init__(self) -> None:
        self._listening = socket.create_server((INSIDE, 0))
        self._listening.setblocking(False)
        self.url = f"http://{INSIDE}:{self._listening.getsockname()[1]}"

    def close(self) -> None:
        self._listening.close()

    def was_touched(self) -> bool:
        try:
            connection, _ = self._listening.accept()
        except BlockingIOError:
            return False
        connection.close()
        return True


@pytest.fixture
def inside() -> Iterator[Inside]:
    with closing(Inside()) as one:
        yield one
        assert not one.was_touched()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[SqliteBus]:
    with closing(open_bus(tmp_path)) as one:
        yield one


def to(url: str, status: int = 302) -> Answer:
    return Answer(status=status, headers={"Location": url})


def test_the_port_of_these_tests_can_be_touched() -> None:
    with closing(Inside()) as one:
        host, port = one.url.removeprefix("http://").split(":")
        socket.create_connection((host, int(port))).close()
        assert one.was_touched()


@pytest.mark.parametrize("robots", [True, False])
def test_the_service_connects_to_no_private_address(
    bus: SqliteBus, site: Site, inside: Inside, robots: bool
) -> None:
    """Feeds, pages, robots.txt and hubs: as an address, by name, and by redirect."""
    port = free_port()
    settings = SETTINGS.model_copy(
        update={
            "robots": robots,
            "websub_url": f"http://{HOST}:{port}/hub",
            "websub_listen": f"{HOST}:{port}",
            "websub_key": SecretStr("a key of sixteen or more"),
        }
    )
    by_name = inside.url.replace(INSIDE, "localhost")
    site.at("/robots.txt", to(f"{inside.url}/robots.txt"))
    site.at("/away", to(f"{inside.url}/article"))
    entries = [
        item(title="Straight", link=f"{inside.url}/article"),
        item(title="By name", link=f"{by_name}/article"),
        item(title="By redirect", link=f"{site.url}/away"),
    ]
    moved = [
        site.at("/moved", to(f"{inside.url}/feed", 301)),
        site.at("/found", to(f"{by_name}/feed")),
        f"{inside.url}/feed",
    ]
    linked = site.at("/linked", Answer(body=rss(*entries), content_type=RSS))
    offers = {"Link": f'<{inside.url}/hub>; rel="hub", <{site.url}/hubbed>; rel="self"'}
    full = item(title="With a hub", content="A whole article. " * 100)
    hubbed = site.at("/hubbed", Answer(body=rss(full), content_type=RSS, headers=offers))
    ids = subscribe(bus, *moved, linked, hubbed)

    def hub_failed() -> bool:
        value = bus.table(FEED_HUBS).get([ids[-1]]).get(ids[-1])
        return value is not None and "private" in decode(FeedHub, value).problem

    with running(bus, settings) as service:
        for id in ids[:3]:
            state = service.state(id, lambda state: state.failures > 1)
            assert "private or reserved address" in state.problem
            assert state.url is None
        articles = {article.title: article for article in service.articles(4)}
        service.until(hub_failed, "the hub is refused")
    assert set(articles) == {"Straight", "By name", "By redirect", "With a hub"}
    for title in ("Straight", "By name", "By redirect"):
        assert articles[title].text_source == "feed"
        assert any(note.startswith("page: ") for note in articles[title].notes)


class Names(AbstractResolver):
    """A name server that says of every name what it is told to."""

    def __init__(self, addresses: list[str]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host=each, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
            )
            for each in self._addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""


def refused(url: str, addresses: list[str]) -> FetchFailed:
    async def story() -> FetchFailed:
        settings = IngestSettings(allow_hosts=(HOST,), total_timeout=10)
        async with Fetcher(settings, resolver=Names(addresses)) as fetcher:
            with pytest.raises(FetchFailed) as caught:
                await fetcher.get(url)
        return caught.value

    return asyncio.run(story())


@pytest.mark.parametrize("addresses", [[INSIDE], [INSIDE, "127.0.0.3"], ["127.0.0.3", INSIDE]])
def test_a_name_is_as_good_as_the_address_that_is_connected_to(inside: Inside, addresses: list[str]) -> None:
    error = refused(inside.url.replace(INSIDE, "news.test") + "/", addresses)
    assert error.problem == "news.test has a private or reserved address"


def test_what_a_name_meant_before_does_not_count(site: Site, inside: Inside) -> None:
    """The allowed host redirects to a name; what the name means is looked at when it is connected to."""
    there = inside.url.replace(INSIDE, "rebinding.test")
    error = refused(site.at("/a", to(there)), [INSIDE])
    assert (
        error.problem == "rebinding.test has a private or reserved address after a redirect to rebinding.test"
    )
