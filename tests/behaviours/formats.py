"""Kinds of documents, and ways to pack and date them."""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Callable

import brotli

from tests.behaviours.declared import Behaviour, Told
from tests.behaviours.documents import RSS, feed, full, rest, xml
from tests.behaviours.server import SITE, Answer
from tests.ingest.documents import LONG, item, rss

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def zstandard(data: bytes) -> bytes:
    return zstd.compress(data)


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def _packed(name: str, coding: str, encode: Callable[[bytes], bytes], server: str) -> Behaviour:
    return Behaviour(
        name=name,
        kind="good",
        server=server,
        wirewatch="says that it understands this, and unpacks it",
        routes=rest(
            Answer(body=rss(full(1)), kind=RSS, encode=encode, headers=(("Content-Encoding", coding),))
        ),
        titles=("Title 1",),
        check=lambda told: _offers(told, coding),
    )


def _offers(told: Told, coding: str) -> None:
    assert coding in (told.asked()[0].header("accept-encoding") or "")


def _is(format: str) -> Callable[[Told], None]:
    def check(told: Told) -> None:
        assert told.feed.listed["format"] == format

    return check


def _gives_up_once(told: Told) -> None:
    assert told.feed.state
    assert told.feed.state.counts.dead == 1
    assert "say nothing" in told.feed.notes


def _dated(year: int, month: int, day: int, note: str = "") -> Callable[[Told], None]:
    def check(told: Told) -> None:
        found = told.article.published
        assert found
        assert (found.year, found.month, found.day) == (year, month, day)
        assert any(note in each for each in told.article.notes) or not note

    return check


def _media(told: Told) -> None:
    assert told.article.image == f"{told.site.url}/photo.jpg"
    assert told.article.authors == ("Ann Author",)


_JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "JSON",
        "items": [{"id": "1", "url": f"{SITE}/1", "title": "Title 1", "content_text": LONG}],
    }
)
_SITEMAP = f"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://news.test/1</loc><news:news>
<news:publication><news:name>News</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-03-01T10:00:00Z</news:publication_date><news:title>Title 1</news:title>
</news:news></url><url><loc>{SITE}/about</loc></url></urlset>"""
_INDEX = f"""<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap>
<loc>{SITE}/news.xml</loc></sitemap></sitemapindex>"""
_MEDIA = rss(item(title="Title 1", link=f"{SITE}/1", content=LONG)).decode()
_MEDIA = _MEDIA.replace(
    "<rss ", "<rss xmlns:media='http://search.yahoo.com/mrss/' xmlns:dc='http://purl.org/dc/elements/1.1/' "
).replace(
    "</item>",
    f"<media:content medium='image' url='{SITE}/photo.jpg'/><dc:creator>Ann Author</dc:creator></item>",
)


def _date(name: str, text: str, server: str, check: Callable[[Told], None]) -> Behaviour:
    return Behaviour(
        name=f"date-{name}",
        kind="odd",
        server=server,
        wirewatch="reads the date, and notes what was guessed",
        routes=rest(feed(item(title="Title 1", date=text, content=LONG))),
        titles=("Title 1",),
        check=check,
    )


FORMATS = (
    _packed("brotli", "br", brotli.compress, "compresses the feed with Brotli"),
    _packed("zstd", "zstd", zstandard, "compresses the feed with Zstandard"),
    _packed("raw-deflate", "deflate", _raw_deflate, "says deflate and leaves out the zlib header"),
    Behaviour(
        name="json-feed",
        kind="good",
        server="serves a JSON Feed",
        wirewatch="reads it as any other feed",
        routes=rest(xml(_JSON_FEED, kind="application/feed+json")),
        titles=("Title 1",),
        check=_is("json feed 1.1"),
    ),
    Behaviour(
        name="news-sitemap",
        kind="good",
        server="serves a news sitemap",
        wirewatch="takes its news for entries, and notes addresses that are none",
        routes=rest(xml(_SITEMAP, kind="application/xml")),
        titles=("Title 1",),
        notes=("are no news",),
        check=_is("news sitemap"),
    ),
    Behaviour(
        name="sitemap-index",
        kind="odd",
        server="serves an index of sitemaps",
        wirewatch="says that it is no feed, and names a sitemap to watch",
        routes=rest(xml(_INDEX, kind="application/xml")),
        problem="/news.xml",
    ),
    Behaviour(
        name="media-rss",
        kind="good",
        server="gives image and author in Media RSS and Dublin Core",
        wirewatch="keeps both",
        routes=rest(xml(_MEDIA)),
        titles=("Title 1",),
        check=_media,
    ),
    Behaviour(
        name="says-nothing",
        kind="odd",
        server="shows an entry without link, id, title and text",
        wirewatch="puts it into the dead letters, once",
        routes=rest(xml(rss(full(1), "<item><category>x</category></item>"))),
        titles=("Title 1",),
        polls=3,
        notes=("say nothing",),
        check=_gives_up_once,
    ),
    _date("german", "1. März 2026, 10:00 Uhr", "writes dates in German", _dated(2026, 3, 1)),
    _date("iso", "2026-03-01T10:00:00+02:00", "writes ISO 8601 into RSS", _dated(2026, 3, 1)),
    _date("arabic", "١ مارس ٢٠٢٦", "writes dates in Arabic letters and digits", _dated(2026, 3, 1)),
    _date(
        "unknown-zone",
        "Sun, 01 Mar 2026 10:00:00 XYZT",
        "names a time zone that nobody knows",
        _dated(2026, 3, 1, "unknown zone XYZT"),
    ),
    _date(
        "ambiguous",
        "03/04/2026 10:00",
        "leaves open which number is the month",
        _dated(2026, 4, 3, "day or month first"),
    ),
)
