"""A feed document in any format to its entries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from article.errors import BadFeed
from ingest.entry import DeadEntry, Entry, ParsedFeed
from ingest.formats.dates import Order, order_of
from ingest.formats.document import Document, strings
from ingest.formats.feed_entry import DATES, read_entry
from ingest.formats.feed_xml import read_xml_feed
from ingest.formats.jsonfeed import is_json, read_json_feed
from ingest.formats.text import one_line

MAX_NOTES = 20
_MAX_RAW = 65_536  # bytes of an entry that is given up


def parse_feed(
    body: bytes, *, url: str, content_type: str | None, now: datetime, max_entries: int
) -> ParsedFeed:
    """The feed in `body`, which came from `url`; of its entries the first `max_entries`.

    A damaged document is read as far as it goes, and a note says so. A feed without entries is a feed.
    Raises BadFeed, with the reason, for an empty document, an HTML page, and whatever else is no feed.
    """
    if not body.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise BadFeed(url, "is empty")
    read = read_json_feed if is_json(body) else read_xml_feed
    document = read(body, url=url, content_type=content_type, max_entries=max_entries)
    notes = list(document.notes)
    if document.total > max_entries:
        notes.append(f"the document has {document.total} entries; the first {max_entries} were read")
    entries = list(_entries(document, url, now))
    dead = [_dead(document.source(at)) for at, entry in enumerate(entries) if _says_nothing(entry)]
    return ParsedFeed(
        title=one_line(document.title),
        lang=document.lang,
        entries=tuple(entry for entry in entries if not _says_nothing(entry)),
        notes=tuple(notes[:MAX_NOTES]),
        format=document.format,
        hub=document.hub,
        self_url=document.self_url,
        hints=document.hints,
        dead=tuple(dead),
    )


def _entries(document: Document, url: str, now: datetime) -> Iterator[Entry]:
    order = _order(document)
    for raw in document.entries:
        yield read_entry(raw, base=url, lang=document.lang, now=now, order=order)


def _order(document: Document) -> Order | None:
    return order_of(strings(raw, name) for raw in document.entries for names in DATES for name in names)


def _says_nothing(entry: Entry) -> bool:
    return not (entry.link or entry.entry_id or entry.title or entry.text or entry.summary)


def _dead(raw: bytes) -> DeadEntry:
    cut = f" (its first {_MAX_RAW} bytes)" if len(raw) > _MAX_RAW else ""
    return DeadEntry(
        key=hashlib.blake2b(raw, digest_size=16).hexdigest(),
        raw=raw[:_MAX_RAW],
        reason=f"the entry says nothing: no link, no id, no title, no text{cut}",
    )
