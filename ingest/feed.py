"""A feed document (RSS 0.9x–2.0, RDF, Atom, CDF) to its entries."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any, cast

from article.errors import BadFeed
from ingest.encoding import decode_xml
from ingest.entry import ParsedFeed
from ingest.feed_entry import RawEntry, read_entry
from ingest.markup import not_a_page
from ingest.page_meta import language
from ingest.parser_errors import PARSER_ERRORS
from ingest.text import one_line
from ingest.xmlmend import mend

MAX_NOTES = 20
_ROOT = re.compile(r"<\s*([A-Za-z_][\w.:-]{0,80})")
_FEED_ROOTS = frozenset(("rss", "feed", "rdf", "channel"))
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)


def parse_feed(
    body: bytes, *, url: str, content_type: str | None, now: datetime, max_entries: int
) -> ParsedFeed:
    """The feed in `body`, which came from `url`; of its entries the first `max_entries`.

    A damaged document is read as far as it goes, and a note says so. A feed without entries is a feed.
    Raises BadFeed, with the reason, for an empty document, an HTML page, and whatever else is no feed.
    """
    if not body.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise BadFeed(url, "is empty")
    decoded = decode_xml(body, content_type)
    if _HTML_START.match(decoded.text[:8192].lstrip("\ufeff")):
        raise BadFeed(url, "is an HTML page, not a feed", "look on the page for the address of its feed")
    if "<" not in decoded.text:
        raise BadFeed(url, f"is not XML but {not_a_page(body, None) or 'something else'}")
    try:
        text, problem = mend(decoded.text)
    except ValueError as error:
        raise BadFeed(url, f"is not XML: {error}") from error
    document = _parse(text, url)
    if not document["version"] and not document["entries"]:
        _refuse(text, url)
    notes = []
    if decoded.note:
        notes.append(f"encoding {decoded.note}")
    if problem:
        notes.append(f"the document {problem}; what could be read was read")
    raw = cast("list[RawEntry]", document["entries"])
    if len(raw) > max_entries:
        notes.append(f"the document has {len(raw)} entries; the first {max_entries} were read")
    feed = document["feed"]
    lang = _language(feed)
    entries = tuple(read_entry(entry, base=url, lang=lang, now=now) for entry in raw[:max_entries])
    return ParsedFeed(
        title=one_line(str(feed.get("title") or "")),
        lang=lang,
        entries=entries,
        notes=tuple(notes[:MAX_NOTES]),
    )


def _language(feed: dict[str, Any]) -> str | None:
    """The language element of RSS, or xml:lang of Atom, which feedparser hands down to the title."""
    detail = feed.get("title_detail") or {}
    return language(str(feed.get("language") or "")) or language(str(detail.get("language") or ""))


def _parse(text: str, url: str) -> dict[str, Any]:
    import feedparser

    try:
        # A stream and headers, never a string: feedparser would open a string that looks like a path or URL.
        return cast(
            "dict[str, Any]",
            feedparser.parse(
                io.BytesIO(text.encode()),
                # No location: it would be put before ids that only look relative. Links are resolved here.
                response_headers={"content-type": "application/xml; charset=utf-8"},
                sanitize_html=False,  # markup becomes plain text here, so cleaning it first is waste
                resolve_relative_uris=False,
            ),
        )
    except PARSER_ERRORS as error:
        raise BadFeed(url, f"cannot be parsed: {type(error).__name__}: {error}") from error


def _refuse(text: str, url: str) -> None:
    """Raises BadFeed unless the root element alone makes it a feed."""
    found = _ROOT.search(text)
    root = found.group(1) if found else ""
    name = root.rsplit(":", 1)[-1].lower()
    if name == "html":
        raise BadFeed(url, "is an HTML page, not a feed", "look on the page for the address of its feed")
    if name not in _FEED_ROOTS:
        raise BadFeed(url, f"is XML but not a feed: its root element is <{root}> and it has no entries")
