"""Pages through the client: robots.txt at every hop, and hosts that say they are busy."""

from __future__ import annotations

import asyncio

import pytest

from article.errors import FetchFailed
from ingest.fetch.client import Fetcher
from ingest.fetch.errors import StatusFailed
from ingest.fetch.robots import Disallowed
from runtime.settings import IngestSettings
from tests.ingest.site import HOST, Answer, Site

OPEN = IngestSettings(allow_hosts=(HOST, "localhost"), connect_timeout=2, total_timeout=5, page_patience=0.5)
ROBOTS = Answer(body=b"User-agent: *\nDisallow: /private\nDisallow: /*.pdf$")


def pages(*urls: str, settings: IngestSettings = OPEN) -> list[bytes | FetchFailed]:
    """What each gives, one after the other, through one client."""

    async def all_of_them() -> list[bytes | FetchFailed]:
        found: list[bytes | FetchFailed] = []
        async with Fetcher(settings) as fetcher:
            for url in urls:
                try:
                    found.append((await fetcher.page(url)).body)
                except FetchFailed as error:
                    found.append(error)
        return found

    return asyncio.run(all_of_them())


def test_a_page_that_robots_txt_disallows_is_not_asked_for(site: Site) -> None:
    site.at("/robots.txt", ROBOTS)
    good, bad = site.at("/1", Answer(body=b"one")), site.at("/private/2", Answer(body=b"two"))
    found = pages(good, bad, good)
    assert found[0] == found[2] == b"one"
    assert isinstance(found[1], Disallowed)
    assert found[1].problem == f"robots.txt of {HOST} disallows it"
    assert [request.path for request in site.requests] == ["/robots.txt", "/1", "/1"]


def test_where_a_page_redirects_to_is_asked_about_as_well(site: Site) -> None:
    site.at("/robots.txt", ROBOTS)
    site.at("/private/2", Answer(body=b"two"))
    url = site.at("/1", Answer(status=302, headers={"Location": "/private/2"}))
    assert isinstance(pages(url)[0], Disallowed)
    assert site.asked("/private/2") == []


def test_a_person_may_choose_not_to_ask(site: Site) -> None:
    site.at("/robots.txt", ROBOTS)
    url = site.at("/private/2", Answer(body=b"two"))
    assert pages(url, settings=OPEN.model_copy(update={"robots": False})) == [b"two"]
    assert site.asked("/robots.txt") == []


def test_feeds_are_not_subject_to_robots_txt(site: Site) -> None:
    site.at("/robots.txt", ROBOTS)
    url = site.at("/private/feed", Answer(body=b"feed"))

    async def feed() -> bytes:
        async with Fetcher(OPEN) as fetcher:
            return (await fetcher.get(url)).body

    assert asyncio.run(feed()) == b"feed"


def test_a_very_long_robots_txt_is_read_as_far_as_it_must_be(site: Site) -> None:
    long = b"User-agent: *\nDisallow: /private\n" + b"# nothing\n" * 100_000
    site.at("/robots.txt", Answer(body=long))
    assert pages(site.at("/1", Answer(body=b"one"))) == [b"one"]
    assert isinstance(pages(site.at("/private/1", Answer(body=b"one")))[0], Disallowed)


def test_robots_txt_that_leads_inside_is_not_followed(site: Site) -> None:
    port = site.url.rsplit(":", 1)[1]
    site.at("/inside", ROBOTS)
    site.at("/robots.txt", Answer(status=302, headers={"Location": f"http://127.0.0.2:{port}/inside"}))
    (found,) = pages(site.at("/1", Answer(body=b"one")))
    assert isinstance(found, Disallowed)
    assert "private or reserved address" in found.problem


@pytest.mark.parametrize("status", [429, 503])
def test_a_host_that_is_busy_is_left_alone_for_as_long_as_it_says(site: Site, status: int) -> None:
    busy = site.at("/busy", Answer(status=status, headers={"Retry-After": "120"}))
    other = site.at("/other", Answer(body=b"other"))
    elsewhere = other.replace(HOST, "localhost")
    first, second, third = pages(busy, other, elsewhere)
    assert isinstance(first, StatusFailed)
    assert isinstance(second, FetchFailed)
    assert "wants fewer requests" in second.problem
    assert third == b"other"


def test_a_crawl_delay_longer_than_our_patience_leaves_the_page_for_later(site: Site) -> None:
    site.at("/robots.txt", Answer(body=b"User-agent: *\nCrawl-delay: 60"))
    url = site.at("/1", Answer(body=b"one"))
    first, second = pages(url, url)
    assert first == b"one"
    assert isinstance(second, FetchFailed)
    assert "wants fewer requests" in second.problem
