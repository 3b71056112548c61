"""The results as the page shows them, as plain values."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from article.records import EntityType
from index.protocol import Hit, Page
from web.links import article_path, entity_path
from web.relative import lasting
from web.search.asked import MAX_PAGES, PAGE_SIZE, Asked
from web.text import shown_text

MAX_NAMES = 6
MAX_TOPICS = 2
MAX_EXCERPTS = 2
SOON = timedelta(hours=48)  # found within that after it was published, how long it took is said

_MARKS = re.compile(r"(</?em>)")

KINDS: dict[EntityType, str] = {
    "PER": "person",
    "ORG": "organisation",
    "LOC": "place",
    "NORP": "group",
    "EVENT": "event",
    "MISC": "other name",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A stretch of text; `found` where it is what was looked for."""

    text: str
    found: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    label: str
    url: str
    kind: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """`seen` is when Wirewatch found it, `took` how long after it was published, where that was soon."""

    id: str
    url: str
    title: tuple[Piece, ...]
    excerpts: tuple[tuple[Piece, ...], ...]
    lang: str | None
    feed: Link
    published: datetime | None
    seen: datetime
    took: str | None
    revision: int
    names: tuple[Link, ...]
    topics: tuple[Link, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """`first` and `last` are the numbers of the results shown; `earlier` and `later` the pages beside."""

    total: int
    first: int
    last: int
    results: tuple[Result, ...]
    earlier: str | None
    later: str | None


def results(asked: Asked, page: Page) -> Results:
    first = (asked.page - 1) * PAGE_SIZE
    last = first + len(page.hits)
    beyond = page.hits and last < page.total and asked.page < MAX_PAGES
    return Results(
        total=page.total,
        first=first + 1,
        last=last,
        results=tuple(_result(asked, hit) for hit in page.hits),
        earlier=asked.at_page(asked.page - 1).url if asked.page > 1 else None,
        later=asked.at_page(asked.page + 1).url if beyond else None,
    )


def pieces(fragment: str) -> Iterator[Piece]:
    """A highlight as an index gives it, taken apart again, so that the template escapes what it shows."""
    found = False
    for part in _MARKS.split(fragment):
        if _MARKS.fullmatch(part):
            found = part == "<em>"
        elif part:
            yield Piece(text=shown_text(html.unescape(part)), found=found)


def title_of(hit: Hit) -> tuple[Piece, ...]:
    for highlight in hit.highlights:
        if highlight.field == "title" and highlight.fragments:
            return tuple(pieces(highlight.fragments[0]))
    return (Piece(text=shown_text(hit.title) or "(no title)"),)


def excerpts(hit: Hit) -> tuple[tuple[Piece, ...], ...]:
    """Where the article says what was looked for; its summary where it says so nowhere."""
    found = [
        tuple(pieces(fragment))
        for highlight in hit.highlights
        if highlight.field != "title"
        for fragment in highlight.fragments
    ]
    summary = shown_text(hit.summary)
    return tuple(_once(found)[:MAX_EXCERPTS]) or (((Piece(text=summary),),) if summary else ())


def _once(found: list[tuple[Piece, ...]]) -> list[tuple[Piece, ...]]:
    """Without those that another one says too: a summary is often how the text begins."""
    said = ["".join(piece.text for piece in each).strip(" .…") for each in found]
    return [
        each
        for at, each in enumerate(found)
        if not any(
            said[at] in other and (said[at] != other or at > before)
            for before, other in enumerate(said)
            if before != at
        )
    ]


def _took(published: datetime | None, seen: datetime) -> str | None:
    if published is None or not timedelta(0) <= seen - published < SOON:
        return None
    return lasting((seen - published).total_seconds())


def _result(asked: Asked, hit: Hit) -> Result:
    names = sorted(hit.entities, key=lambda entity: entity.type == "MISC")[:MAX_NAMES]
    published = hit.published
    return Result(
        id=hit.id,
        url=article_path(hit.id),
        title=title_of(hit),
        excerpts=excerpts(hit),
        lang=hit.lang,
        feed=Link(
            label=shown_text(hit.feed.title) or hit.feed.url,
            url=asked.plainly().with_value("feed", hit.feed.id).url,
        ),
        published=published,
        seen=hit.first_seen,
        took=_took(published, hit.first_seen),
        revision=hit.revision,
        names=tuple(
            Link(label=shown_text(each.name), url=entity_path(each.id or each.name), kind=each.type)
            for each in names
        ),
        topics=tuple(
            Link(label=topic.label, url=asked.with_value("topic", topic.code).url)
            for topic in sorted(hit.topics, key=lambda topic: -topic.score)[:MAX_TOPICS]
        ),
    )
