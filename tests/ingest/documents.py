"""Feeds and pages for tests, written as sites write them."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DATE = "Sun, 01 Mar 2026 10:00:00 GMT"
SENTENCE = "Ministers from four countries met in Geneva on Sunday to discuss the new water treaty. "
LONG = SENTENCE * 20


def item(
    *,
    title: str | None = "A title",
    link: str | None = "https://news.test/1",
    date: str | None = DATE,
    summary: str | None = "A summary of what happened.",
    content: str | None = None,
    guid: str | None = None,
) -> str:
    parts = [
        _element("title", title),
        _element("link", link),
        _element("pubDate", date),
        _element("description", summary),
        _element("content:encoded", content),
        _element("guid", guid),
    ]
    return f"<item>{''.join(parts)}</item>"


def rss(*items: str, title: str = "News of the world", language: str = "en-gb") -> bytes:
    return (
        "<?xml version='1.0' encoding='utf-8'?>"
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
        f"<channel><title>{escape(title)}</title><language>{language}</language>{''.join(items)}"
        "</channel></rss>"
    ).encode()


def page(*paragraphs: str, title: str = "A page's title", head: str = "", body: str = "") -> bytes:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!DOCTYPE html><html lang='en-GB'><head><meta charset='utf-8'><title>{title}</title>{head}</head>"
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1>{text}</article>{body}</body></html>"
    ).encode()


def _element(name: str, value: str | None) -> str:
    return "" if value is None else f"<{name}>{escape(value)}</{name}>"
