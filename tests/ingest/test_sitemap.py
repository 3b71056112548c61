"""News sitemaps, and what is said of other sitemaps."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from article.errors import BadFeed
from ingest.entry import Entry, ParsedFeed
from ingest.formats.feed import parse_feed
from tests.ingest.documents import NOW

URL = "https://news.test/sitemap-news.xml"
START = (
    "<?xml version='1.0' encoding='UTF-8'?><?xml-stylesheet href='s.xsl'?>"
    "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
    "xmlns:n='http://www.google.com/schemas/sitemap-news/0.9' "
    "xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'>"
)
ONE = (
    "<url><loc>https://news.test/1</loc><lastmod>2026-03-01T11:00:00Z</lastmod><n:news><n:publication>"
    "<n:name>The Times</n:name><n:language>en</n:language></n:publication>"
    "<n:publication_date>2026-03-01T10:00:00Z</n:publication_date><n:title>A &amp;amp; B</n:title>"
    "<n:keywords>world, trade</n:keywords></n:news><image:image><image:loc>https://i.test/1.jpg</image:loc>"
    "</image:image></url>"
)
PLAIN = "<url><loc>https://news.test/about</loc></url>"


def parse(body: str, max_entries: int = 100) -> ParsedFeed:
    return parse_feed(body.encode(), url=URL, content_type=None, now=NOW, max_entries=max_entries)


def test_a_news_sitemap_is_a_feed() -> None:
    feed = parse(f"{START}{ONE}{PLAIN}</urlset>")
    assert (feed.format, feed.title, feed.lang) == ("news sitemap", "The Times", "en")
    assert feed.notes == ("1 addresses are no news and were left out",)
    assert feed.entries == (
        Entry(
            link="https://news.test/1",
            title="A & B",
            categories=("world", "trade"),
            lang="en",
            published=datetime(2026, 3, 1, 10, tzinfo=UTC),
            updated=datetime(2026, 3, 1, 11, tzinfo=UTC),
            image="https://i.test/1.jpg",
            notes=("no text",),
        ),
    )


def test_one_without_news_at_the_moment_is_a_feed_without_entries() -> None:
    assert parse(f"{START}</urlset>").entries == ()


def test_one_that_breaks_off_is_read_up_to_the_last_whole_address() -> None:
    feed = parse(f"{START}{ONE}{ONE.replace('test/1', 'test/22')[:40]}")
    assert [entry.link for entry in feed.entries] == ["https://news.test/1"]
    assert "breaks off" in feed.notes[0]


def test_more_addresses_than_allowed_are_left_and_noted() -> None:
    feed = parse(START + ONE * 7 + "</urlset>", max_entries=5)
    assert len(feed.entries) == 5
    assert feed.notes == ("the document has 7 entries; the first 5 were read",)


def test_an_address_that_says_nothing_is_given_up() -> None:
    nothing = "<url><n:news></n:news></url>"
    feed = parse(f"{START}{ONE}{nothing}</urlset>")
    assert (len(feed.entries), [dead.raw.decode() for dead in feed.dead]) == (1, [nothing])


@pytest.mark.parametrize("body", [f"{START}{PLAIN}</urlset>", "<urlset><url/></urlset>", "<urlset/>"])
def test_a_sitemap_without_news_is_refused(body: str) -> None:
    with pytest.raises(BadFeed, match="is a sitemap without news, not a feed; watch the site's news sitemap"):
        parse(body)


def test_an_index_of_sitemaps_is_refused_and_names_some() -> None:
    maps = "".join(f"<sitemap><loc>https://news.test/{number}.xml</loc></sitemap>" for number in range(5))
    with pytest.raises(BadFeed) as caught:
        parse(f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{maps}</sitemapindex>")
    assert caught.value.problem == "is an index of 5 sitemaps, not a feed"
    assert caught.value.remedy == (
        "watch one: https://news.test/0.xml, https://news.test/1.xml, https://news.test/2.xml"
    )
