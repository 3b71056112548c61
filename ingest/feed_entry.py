"""One entry as feedparser gives it to our Entry."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from time import struct_time
from urllib.parse import urljoin, urlsplit

from ingest.boilerplate import without_boilerplate
from ingest.entry import Entry
from ingest.moment import is_absurd, utc
from ingest.page_meta import clean_authors, language
from ingest.text import MAX_MARKUP, one_line, tidy, to_text

RawEntry = Mapping[str, object]

_FULL_CONTENT = 600  # characters of a content element that make an article
_FULL_SUMMARY = 1500  # of a description without a content element beside it
_LONGER = 2.0  # times the summary: then even a short content element is the whole of a short article
_SHORT_FULL = 250
_CUT = re.compile(
    r"(?:…|\.{3}|\[(?:…|\.{3}|&hellip;)\]|(?:read|see|learn|view) (?:more|on|full \w+)"
    r"|(?:read|see|view) the (?:full|rest)\b.{0,40}"
    r"|continue reading\b.{0,120}|more ?(?:…|\.{3}|»|>>|→)|full (?:story|article)|\(more\))[\s»>→.\])]*$",
    re.IGNORECASE,
)
_FEED_FOOTER = re.compile(r"(?:^|(?<=\s))The post .{1,300} (?:appeared first|first appeared) on .{1,120}$")
_MAX_VALUES = 50
_MAX_ID = 2_000


def read_entry(raw: RawEntry, *, base: str, lang: str | None, now: datetime) -> Entry:
    """The entry; what it lacks or has wrong stands in its notes. `base` resolves relative links."""
    link, entry_id = _link(raw, base), _string(raw, "id")[:_MAX_ID].strip() or None
    title = one_line(_string(raw, "title"))
    content, summary = _bodies(raw)
    published, updated = _moment(raw, "published"), _moment(raw, "updated")
    notes = []
    if published is None and updated is not None:
        published = updated
    if published is None:
        notes.append(
            "date cannot be used" if _string(raw, "published") or _string(raw, "updated") else "no date"
        )
    elif is_absurd(published, now):
        notes.append("published more than a day in the future")
    text = content if len(content) >= len(summary) else summary
    for missing, name in ((link, "link"), (title, "title"), (text, "text")):
        if not missing:
            notes.append(f"no {name}")
    if any(len(value) > MAX_MARKUP for value in _raw_bodies(raw)):
        notes.append(f"text cut after {MAX_MARKUP} characters of markup")
    return Entry(
        entry_id=entry_id,
        link=link,
        title=title,
        summary="" if summary == text and content and content != summary else summary,
        text=text,
        text_is_full=text_is_full(content=content, summary=summary),
        authors=_authors(raw),
        categories=_categories(raw),
        lang=_lang(raw) or lang,
        published=published,
        updated=updated,
        image=_image(raw, base),
        notes=tuple(notes),
    )


def text_is_full(*, content: str, summary: str) -> bool:
    """Whether the feed carries the whole article, so that its page need not be fetched.

    A content element (content:encoded, Atom content) of 600 characters and more is the article, a shorter
    one (250 and more) if it is at least twice as long as the summary beside it; a description alone is,
    from 1,500 characters. None of them is when it ends as teasers do ("[…]", "Read more").
    """
    text = content if len(content) >= len(summary) else summary
    if _CUT.search(text[-200:]):
        return False
    if not content or content == summary:
        return len(text) >= _FULL_SUMMARY
    return len(content) >= _FULL_CONTENT or (
        len(content) >= _SHORT_FULL and bool(summary) and len(content) >= _LONGER * len(summary)
    )


def _bodies(raw: RawEntry) -> tuple[str, str]:
    """Longest content and summary as clean text. Where a feed has only the one, the other is empty."""
    *contents, summary = _raw_bodies(raw)
    longest = max((_clean(value) for value in contents), key=len, default="")
    if summary in contents and not raw.get("summary_detail"):
        return longest, ""
    return longest, _clean(summary)


def _raw_bodies(raw: RawEntry) -> list[str]:
    contents = raw.get("content")
    values = [
        str(item.get("value") or "")
        for item in (contents if isinstance(contents, list) else [])[:_MAX_VALUES]
        if isinstance(item, Mapping)
        and str(item.get("type") or "text/html").startswith(("text/", "application/xhtml"))
    ]
    return [*values, _string(raw, "summary")]


def _clean(value: str) -> str:
    text = without_boilerplate(to_text(value))
    return _FEED_FOOTER.sub("", text).rstrip()


def _link(raw: RawEntry, base: str) -> str | None:
    links = raw.get("links")
    alternates = [
        str(item.get("href") or "")
        for item in (links if isinstance(links, list) else [])
        if isinstance(item, Mapping) and item.get("rel") == "alternate"
    ]
    candidates = [_string(raw, "feedburner_origlink"), _string(raw, "link"), *alternates]
    if (
        not any(candidates)
        and _string(raw, "id").startswith(("http://", "https://"))
        and raw.get("guidislink")
    ):
        candidates = [_string(raw, "id")]
    return next((url for value in candidates if (url := _absolute(base, value))), None)


def _absolute(base: str, value: str) -> str | None:
    value = "".join(tidy(value).split("\n")).replace(" ", "%20")
    if not value:
        return None
    try:
        url = urljoin(base, value)
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        return None
    return url if usable else None


def _moment(raw: RawEntry, name: str) -> datetime | None:
    names = ("published_parsed", "created_parsed") if name == "published" else ("updated_parsed",)
    for key in names:
        # dict.get, as feedparser's own lookup answers with another field's value and warns.
        value = dict.get(raw, key) if isinstance(raw, dict) else raw.get(key)
        if isinstance(value, struct_time):
            try:
                return utc(datetime.fromtimestamp(calendar.timegm(value), UTC))
            except (ValueError, OverflowError, OSError):
                return None
    return None


def _authors(raw: RawEntry) -> tuple[str, ...]:
    people = raw.get("authors")
    names = [
        str(person.get("name") or "")
        for person in (people if isinstance(people, list) else [])[:_MAX_VALUES]
        if isinstance(person, Mapping)
    ]
    return clean_authors(names if any(names) else [_string(raw, "author")])


def _categories(raw: RawEntry) -> tuple[str, ...]:
    tags = raw.get("tags")
    terms = (
        one_line(str(tag.get("label") or tag.get("term") or ""))
        for tag in (tags if isinstance(tags, list) else [])
        if isinstance(tag, Mapping)
    )
    return tuple(dict.fromkeys(term for term in terms if term))[:_MAX_VALUES]


def _lang(raw: RawEntry) -> str | None:
    for key in ("title_detail", "summary_detail"):
        detail = raw.get(key)
        if isinstance(detail, Mapping) and (found := language(str(detail.get("language") or ""))):
            return found
    return language(_string(raw, "language"))


def _image(raw: RawEntry, base: str) -> str | None:
    media = [*_list(raw, "media_content"), *_list(raw, "media_thumbnail"), *_list(raw, "enclosures")]
    for item in media[:_MAX_VALUES]:
        if not isinstance(item, Mapping):
            continue
        kind = str(item.get("medium") or item.get("type") or "image")
        if kind.startswith("image") and (
            url := _absolute(base, str(item.get("url") or item.get("href") or ""))
        ):
            return url
    image = raw.get("image")
    return _absolute(base, str(image.get("href") or "")) if isinstance(image, Mapping) else None


def _list(raw: RawEntry, name: str) -> list[object]:
    value = raw.get(name)
    return value if isinstance(value, list) else []


def _string(raw: RawEntry, name: str) -> str:
    value = dict.get(raw, name) if isinstance(raw, dict) else raw.get(name)
    return value if isinstance(value, str) else ""
