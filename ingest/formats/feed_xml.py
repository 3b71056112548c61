"""Feeds in XML: RSS 0.9x to 2.0, RDF, Atom, CDF and news sitemaps, whichever the root element says."""

from __future__ import annotations

import re
from collections.abc import Mapping

from article.errors import BadFeed
from ingest.formats.document import Document, records, strings
from ingest.formats.encoding import decode_xml
from ingest.formats.hints import read_hints
from ingest.formats.links import absolute
from ingest.formats.markup import not_a_page
from ingest.formats.naming import language
from ingest.formats.sitemap import SITEMAP_ROOTS, read_sitemap
from ingest.formats.xmldocument import Read, read_document, without_prolog

_HTML_START = re.compile(r"(?:<!doctype\s+html|<(?:html|head|body)\b)", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,80})")
_FEED_ROOTS = frozenset(("rss", "feed", "rdf:rdf", "rdf", "channel"))
_FORMATS = {
    "rss090": "rss 0.90",
    "rss091u": "rss 0.91",
    "rss092": "rss 0.92",
    "rss093": "rss 0.93",
    "rss094": "rss 0.94",
    "rss10": "rss 1.0",
    "rss20": "rss 2.0",
    "atom01": "atom 0.1",
    "atom02": "atom 0.2",
    "atom03": "atom 0.3",
    "atom10": "atom 1.0",
}


def read_xml_feed(body: bytes, *, url: str, content_type: str | None, max_entries: int) -> Document:
    """The document. A damaged one is read as far as it goes, and a note says so.

    Raises BadFeed, with the reason, for an HTML page and whatever else is no feed.
    """
    decoded = decode_xml(body, content_type)
    text = without_prolog(decoded.text)
    if _HTML_START.match(decoded.text[:512].lstrip("\ufeff \t\r\n")) or _HTML_START.match(text[:64]):
        raise BadFeed(url, "is an HTML page, not a feed", "`wirewatch feeds discover` finds its feed")
    if "<" not in text:
        raise BadFeed(url, f"is not XML but {not_a_page(body, None) or 'something else'}")
    notes = (f"encoding {decoded.note}",) if decoded.note else ()
    root = _ROOT.search(text)
    read = read_sitemap if root and root.group(1).lower() in SITEMAP_ROOTS else _read_feed
    try:
        return read(text, url, max_entries, notes)
    except ValueError as error:
        raise BadFeed(url, f"is not XML: {error}") from error


def _read_feed(text: str, url: str, max_entries: int, notes: tuple[str, ...]) -> Document:
    from ingest.formats.feed_reader import PREFIXES, FeedReader

    read: Read[FeedReader] = read_document(text, lambda: FeedReader(url, max_entries), PREFIXES)
    reader, feed = read.handler, read.handler.feeddata
    whole = [(at, begin, end) for at, (begin, end) in enumerate(reader.spans) if end is not None]
    if not reader.version and not whole and reader.root not in _FEED_ROOTS:
        name = reader.root[:80]
        raise BadFeed(url, f"is XML but not a feed: its root element is <{name}> and it has no entries")
    if read.problem:
        notes += (f"the document {read.problem}; what could be read was read",)
    return Document(
        format=_FORMATS.get(reader.version) or _by_root(reader.root),
        title=strings(feed, "title"),
        lang=_language(feed),
        hub=_address(feed, url, "hub"),
        self_url=_address(feed, url, "self"),
        hints=read_hints(
            ttl=strings(feed, "ttl"),
            period=strings(feed, "sy_updateperiod"),
            frequency=strings(feed, "sy_updatefrequency"),
            hours=reader.skip_hours,
            days=reader.skip_days,
        ),
        entries=[reader.entries[at] for at, _, _ in whole],
        total=reader.total,
        source=lambda index: read.element(*whole[index][1:]),
        notes=notes,
    )


def _by_root(root: str) -> str:
    name = root.rpartition(":")[2]
    return {"channel": "cdf", "feed": "atom"}.get(name, name)


def _language(feed: Mapping[str, object]) -> str | None:
    """The language element of RSS, or xml:lang of Atom, which feedparser hands down to the title."""
    detail = feed.get("title_detail")
    handed_down = strings(detail, "language") if isinstance(detail, Mapping) else ""
    return language(strings(feed, "language")) or language(handed_down)


def _address(feed: Mapping[str, object], base: str, rel: str) -> str | None:
    """The first link of the feed with this relation."""
    found = (strings(link, "href") for link in records(feed, "links") if rel in strings(link, "rel").split())
    return next((address for href in found if (address := absolute(base, href))), None)
