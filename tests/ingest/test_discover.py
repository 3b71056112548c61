from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, datetime

import pytest

from article.errors import BadInput, FetchFailed
from ingest.fetch.client import Fetcher
from ingest.lists.discover import FoundFeed, discover
from tests.ingest.documents import NOW, item, page, rss
from tests.ingest.running import SETTINGS
from tests.ingest.site import Answer, Site

FEED = Answer(body=rss(item(title="One"), item(title="Two")), content_type="application/rss+xml")
ATOM = Answer(
    body=b"<feed xmlns='http://www.w3.org/2005/Atom'><title>Comments on everything</title></feed>",
    content_type="application/atom+xml",
)


def look(url: str, *, everywhere: bool = False) -> tuple[FoundFeed, ...]:
    async def run() -> tuple[FoundFeed, ...]:
        async with Fetcher(SETTINGS) as fetcher:
            return await discover(url, fetcher, now=NOW, max_entries=100, everywhere=everywhere)

    return asyncio.run(run())


def html(*links: str, body: str = "") -> Answer:
    head = "".join(f'<link rel="alternate" type="application/rss+xml" href="{link}">' for link in links)
    return Answer(body=page("Text.", head=head, body=body))


def test_the_address_of_a_feed_is_that_feed(site: Site) -> None:
    url = site.at("/x", FEED)
    (feed,) = look(url)
    assert (feed.url, feed.source, feed.title) == (url, "address", "News of the world")
    assert feed.format == "rss 2.0"
    assert (feed.entries, feed.newest) == (2, datetime(2026, 3, 1, 10, tzinfo=UTC))
    assert len(site.requests) == 1


def test_the_feeds_that_a_page_names_are_read(site: Site) -> None:
    site.at("/comments", ATOM)
    site.at("/feed", FEED)
    site.at("/empty", Answer(body=page("No feed.")))
    url = site.at("/", html("/comments", "/empty", "/gone", "/feed", body="<a href='/list.rss'>RSS</a>"))
    assert [(feed.url, feed.comments) for feed in look(url)] == [
        (f"{site.url}/feed", False),
        (f"{site.url}/comments", True),
    ]
    assert not site.asked("/robots.txt")


def test_one_feed_in_several_spellings_is_listed_once(site: Site) -> None:
    site.at("/feed", FEED)
    site.at("/feed/", FEED)
    site.at("/old", Answer(status=301, headers={"Location": "/feed"}))
    site.at("/copy.xml", FEED)
    url = site.at("/", html("/old", "/feed/", "/feed", "/copy.xml"))
    assert [feed.url for feed in look(url)] == [f"{site.url}/feed"]


def test_anchors_are_followed(site: Site) -> None:
    site.at("/world.rss", FEED)
    assert [feed.source for feed in look(site.at("/", html(body="<a href='/world.rss'>World</a>")))] == [
        "anchor"
    ]


def test_the_usual_places_are_tried_where_a_page_names_none_up_to_the_first_feed(site: Site) -> None:
    site.at("/rss", FEED)
    url = site.at("/", html())
    assert [(feed.url, feed.source) for feed in look(url)] == [(f"{site.url}/rss", "path")]
    assert [request.path for request in site.requests] == ["/", "/feed", "/rss"]


def test_news_sitemaps_are_found_by_robots_txt_and_through_an_index(site: Site) -> None:
    news = (
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
        " xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>https://one.test/a</loc>"
        "<news:news><news:publication><news:name>One</news:name><news:language>en</news:language>"
        "</news:publication><news:publication_date>2026-02-28T10:00:00Z</news:publication_date>"
        "<news:title>A title</news:title></news:news></url></urlset>"
    )
    index = (
        "<sitemapindex><sitemap><loc>/pages.xml</loc></sitemap>"
        "<sitemap><loc><![CDATA[ /news.xml.gz ]]></loc></sitemap></sitemapindex>"
    )
    site.at("/robots.txt", Answer(body=b"User-agent: *\nsitemap:  /index.xml.gz\nSitemap: /maps.xml\n"))
    site.at("/maps.xml", Answer(body=index.encode(), content_type="application/xml"))
    site.at("/news.xml.gz", Answer(body=gzip.compress(news.encode()), content_type="application/gzip"))
    (feed,) = look(site.at("/", html()))
    assert (feed.url, feed.source, feed.format) == (f"{site.url}/news.xml.gz", "sitemap", "news sitemap")
    assert (feed.entries, feed.newest) == (1, datetime(2026, 2, 28, 10, tzinfo=UTC))


def test_everywhere_is_looked_at_on_demand(site: Site) -> None:
    site.at("/a", FEED)
    site.at("/index.xml", Answer(body=rss(item(title="Other")), content_type="text/xml"))
    url = site.at("/", html("/a"))
    assert [feed.url for feed in look(url)] == [f"{site.url}/a"]
    assert [feed.url for feed in look(url, everywhere=True)] == [f"{site.url}/a", f"{site.url}/index.xml"]


def test_a_page_without_feeds_is_said_with_what_was_tried(site: Site) -> None:
    with pytest.raises(BadInput) as caught:
        look(site.at("/blog/post", html("/gone")))
    for tried in ("/gone", "/blog/feed", "/feed.json", "/sitemap.xml"):
        assert site.url + tried in str(caught.value)
    assert len(site.requests) < 25


def test_a_site_that_cannot_be_had_is_said(site: Site) -> None:
    with pytest.raises(FetchFailed, match="404"):
        look(f"{site.url}/gone")


def test_a_feed_behind_a_private_address_is_not_found(site: Site) -> None:
    with pytest.raises(BadInput):
        look(site.at("/", html(site.url.replace("127.0.0.1", "localhost") + "/feed")))
