"""One entry as the readers of the formats give it to our Entry."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from ingest.entry import Entry
from ingest.formats.boilerplate import without_boilerplate
from ingest.formats.dates import Dated, Order, read_date
from ingest.formats.document import RawEntry, records, strings
from ingest.formats.links import absolute
from ingest.formats.moment import is_absurd
from ingest.formats.naming import clean_authors, language
from ingest.formats.teaser import is_cut, text_is_full
from ingest.formats.text import MAX_MARKUP, one_line, to_text

# Where the dates of publication and of the last change stand, the best first.
DATES = (("published", "created", "prism_publicationdate"), ("updated",))
_FEED_FOOTER = re.compile(r"(?:^|(?<=\s))The post .{1,300} (?:appeared first|first appeared) on .{1,120}$")
_MAX_VALUES = 50
_MAX_TAGS = 100
_MAX_ID = 2_000
_WRITERS = frozenset(("author", "reporter", "writer", "journalist", "columnist"))


def read_entry(raw: RawEntry, *, base: str, lang: str | None, now: datetime, order: Order | None) -> Entry:
    """The entry; what it lacks or has wrong stands in its notes. `base` resolves relative links."""
    link, entry_id = _link(raw, base), _identity(strings(raw, "id"))
    title = one_line(strings(raw, "title", "media_title", "itunes_title"))
    content, summary, cut = _bodies(raw)
    spoken = _lang(raw) or lang
    published, updated, notes = _dates(raw, now, order, spoken)
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
        text_is_full=not cut and text_is_full(content=content, summary=summary),
        authors=_authors(raw),
        categories=_categories(raw),
        lang=spoken,
        published=published,
        updated=updated,
        image=_image(raw, base),
        notes=tuple(notes),
    )


def _bodies(raw: RawEntry) -> tuple[str, str, bool]:
    """Longest content and summary as clean text, and whether the longer of them said that it goes on.

    Where a feed has only the one, the other is empty.
    """
    *contents, summary = _raw_bodies(raw)
    (longest, cut), (short, short_cut) = (
        max((_clean(value) for value in contents), key=lambda body: len(body[0]), default=("", False)),
        _clean(summary),
    )
    cut = cut if len(longest) >= len(short) else short_cut
    if summary in contents and not raw.get("summary_detail"):
        return longest, "", cut
    return longest, short, cut


def _raw_bodies(raw: RawEntry) -> list[str]:
    """Contents, and the summary at the end; that of a picture or film where the entry itself has none."""
    contents = [
        strings(item, "value")
        for item in records(raw, "content", _MAX_VALUES)
        if (strings(item, "type") or "text/html").startswith(("text/", "application/xhtml"))
    ]
    summary = strings(raw, "summary")
    return [
        *contents,
        summary if summary or any(contents) else strings(raw, "media_description", "media_text"),
    ]


def _clean(value: str) -> tuple[str, bool]:
    """The text, and whether it is cut, which the link that leads on tells before it is left out."""
    text = _without_footer(to_text(value))
    return _without_footer(without_boilerplate(text)), is_cut(text)


def _without_footer(text: str) -> str:
    return _FEED_FOOTER.sub("", text).rstrip() if "The post " in text else text


def _identity(value: str) -> str | None:
    """The id; a very long one by its beginning and the hash of the whole, so that it stays one of its own."""
    value = value.strip()
    if len(value) > _MAX_ID:
        value = (
            value[:_MAX_ID] + hashlib.blake2b(value.encode("utf-8", "replace"), digest_size=16).hexdigest()
        )
    return value or None


def _link(raw: RawEntry, base: str) -> str | None:
    """The article's address: where a link service says it leads, the entry's link, its id as the last."""
    links = records(raw, "links", _MAX_VALUES)
    alternates = [
        strings(item, "href") for item in links if strings(item, "rel").rpartition("/")[2] == "alternate"
    ]
    sources = [strings(item, "src") for item in records(raw, "content", _MAX_VALUES)]
    candidates = [strings(raw, "feedburner_origlink"), strings(raw, "link"), *alternates, *sources]
    identity = strings(raw, "id").strip()
    if raw.get("guidislink") and identity.lower().startswith(("http://", "https://")):
        candidates.append(identity)
    return next((url for value in candidates if value and (url := absolute(base, value))), None)


def _dates(
    raw: RawEntry, now: datetime, order: Order | None, lang: str | None
) -> tuple[datetime | None, datetime | None, list[str]]:
    """When it was published and last changed, and what is to be said of that."""
    published, updated = (read_date(strings(raw, *names), order=order, lang=lang) for names in DATES)
    notes = [note for note in (published.note, updated.note if published.moment is None else "") if note]
    if published.moment is None:
        if published.note and updated.moment:
            notes.append("the date of its last change was taken")
        published = Dated(moment=updated.moment)
    if published.moment is None and not notes:
        notes.append("no date")
    elif published.moment and is_absurd(published.moment, now):
        notes.append("published more than a day in the future")
    return published.moment, updated.moment, notes


def _authors(raw: RawEntry) -> tuple[str, ...]:
    names = [strings(person, "name") for person in records(raw, "authors", _MAX_VALUES)]
    if not any(names):
        names = [strings(raw, "author")]
    if not any(names):
        credits = records(raw, "media_credit", _MAX_VALUES)
        names = [strings(each, "content") for each in credits if strings(each, "role").lower() in _WRITERS]
    return clean_authors(names)


def _categories(raw: RawEntry) -> tuple[str, ...]:
    terms = (one_line(strings(tag, "label", "term")) for tag in records(raw, "tags", _MAX_TAGS))
    return tuple(dict.fromkeys(term for term in terms if term))[:_MAX_VALUES]


def _lang(raw: RawEntry) -> str | None:
    for key in ("title_detail", "summary_detail"):
        detail = raw.get(key)
        if isinstance(detail, Mapping) and (found := language(strings(detail, "language"))):
            return found
    return language(strings(raw, "language"))


def _image(raw: RawEntry, base: str) -> str | None:
    enclosures = (link for link in records(raw, "links") if strings(link, "rel") == "enclosure")
    for item in (*records(raw, "media_content"), *records(raw, "media_thumbnail"), *enclosures):
        kind = strings(item, "medium", "type") or "image"
        if kind.startswith("image") and (url := absolute(base, strings(item, "url", "href"))):
            return url
    image = raw.get("image")
    return absolute(base, strings(image, "href")) if isinstance(image, Mapping) else None
