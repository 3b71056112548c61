"""JSON Feed 1.0 and 1.1 (jsonfeed.org), by its content, whatever its content type."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from article.errors import BadFeed
from ingest.formats.document import Document, RawEntry, records, strings
from ingest.formats.encoding import decode_xml
from ingest.formats.links import absolute
from ingest.formats.naming import language

_START = re.compile(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\x00\s]*[{\[]")
_VERSION = re.compile(r"jsonfeed\.org/version/(\d[\d.]{0,5})", re.IGNORECASE)
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_NESTED = "is JSON that is nested too deeply"


def is_json(body: bytes) -> bool:
    """Whether it begins as JSON does; no XML does."""
    return _START.match(body[:1024]) is not None


def read_json_feed(body: bytes, *, url: str, content_type: str | None, max_entries: int) -> Document:
    """The document; one that breaks off is read as far as it goes. BadFeed for what is no JSON Feed."""
    decoded = decode_xml(body, content_type)
    try:
        feed, problem = _load(decoded.text.lstrip("\ufeff\x00 \t\r\n"))
    except RecursionError as error:
        raise BadFeed(url, _NESTED) from error
    version = _VERSION.search(strings(feed, "version"))
    items = feed.get("items")
    if version is None or not isinstance(items, list):
        reason = problem or "has no items" if version else problem or "does not say that it is one"
        raise BadFeed(url, f"is JSON but not a JSON Feed: it {reason}")
    raw = [item if isinstance(item, dict) else {} for item in items[:max_entries]]
    notes = [f"encoding {decoded.note}"] if decoded.note else []
    notes += [f"the document {problem}; what could be read was read"] if problem else []
    return Document(
        format=f"json feed {version.group(1)}",
        title=strings(feed, "title"),
        lang=language(strings(feed, "language")),
        hub=_hub(feed, url),
        self_url=absolute(url, strings(feed, "feed_url")),
        entries=[_entry(item) for item in raw],
        total=len(items),
        source=lambda index: json.dumps(items[index], ensure_ascii=False).encode("utf-8", "replace"),
        notes=tuple(notes),
    )


def _load(text: str) -> tuple[Mapping[str, object], str]:
    """The object, and what is wrong with it; of one that breaks off what stands before that."""
    decoder = json.JSONDecoder(strict=False)
    try:
        value, _ = decoder.raw_decode(text)
    except ValueError as error:
        problem = f"breaks off or is damaged ({error})"
    else:
        return (value, "") if isinstance(value, dict) else ({}, "is a list")
    begin = _ITEMS.search(text)
    if begin is None:
        return {}, problem
    items: list[object] = []
    at = begin.end()
    try:
        head, _ = decoder.raw_decode(text[:at] + "]}")
        while True:
            at = between.end() if (between := _BETWEEN.match(text, at)) else at
            item, at = decoder.raw_decode(text, at)
            items.append(item)
    except ValueError:
        pass
    return ({**head, "items": items}, problem) if items and isinstance(head, dict) else ({}, problem)


def _entry(item: Mapping[str, object]) -> RawEntry:
    """The item under feedparser's names."""
    author = item.get("author")
    people = records(item, "authors") or ([author] if isinstance(author, dict) else [])
    tags = item.get("tags")
    identity = item.get("id")
    bodies = (("text/html", strings(item, "content_html")), ("text/plain", strings(item, "content_text")))
    return {
        "id": str(identity) if isinstance(identity, str | int | float) else "",
        "link": strings(item, "url", "external_url"),
        "title": strings(item, "title"),
        "summary": strings(item, "summary"),
        "content": [{"type": kind, "value": value} for kind, value in bodies if value],
        "published": strings(item, "date_published"),
        "updated": strings(item, "date_modified"),
        "authors": [{"name": strings(person, "name")} for person in people],
        "tags": [{"term": tag} for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else [],
        "language": strings(item, "language"),
        "media_thumbnail": [{"url": strings(item, "image", "banner_image")}],
        "guidislink": True,
    }


def _hub(feed: Mapping[str, object], base: str) -> str | None:
    hubs = (strings(hub, "url") for hub in records(feed, "hubs") if strings(hub, "type").lower() == "websub")
    return next((address for href in hubs if (address := absolute(base, href))), None)
