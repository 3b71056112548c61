"""What `wirewatch feed` and `wirewatch extract` print: one object for an entry, one for a page."""

from __future__ import annotations

from datetime import datetime

from article.identity import article_id, canonical_url
from bus.envelope import timestamp
from ingest.entry import Entry, Page


def entry_json(entry: Entry, feed_url: str) -> dict[str, object]:
    """The entry with the id that its article has in the stream; times are RFC 3339 in UTC."""
    return {
        "id": article_id(
            link=entry.link,
            feed_url=feed_url,
            entry_id=entry.entry_id,
            title=entry.title,
            published=entry.published,
        ),
        "url": entry.link,
        "canonical_url": canonical_url(entry.link) if entry.link else None,
        "entry_id": entry.entry_id,
        "title": entry.title,
        "summary": entry.summary,
        "text": entry.text or entry.summary,
        "text_is_full": entry.text_is_full,
        "authors": list(entry.authors),
        "categories": list(entry.categories),
        "lang": entry.lang,
        "published": _time(entry.published),
        "updated": _time(entry.updated),
        "image": entry.image,
        "notes": list(entry.notes),
    }


def page_json(page: Page) -> dict[str, object]:
    """The page's article; times are RFC 3339 in UTC."""
    return {
        "title": page.title,
        "text": page.text,
        "published": _time(page.published),
        "updated": _time(page.updated),
        "authors": list(page.authors),
        "canonical_url": page.canonical_url,
        "lang": page.lang,
        "image": page.image,
        "notes": list(page.notes),
    }


def _time(moment: datetime | None) -> str | None:
    return timestamp(moment) if moment else None
