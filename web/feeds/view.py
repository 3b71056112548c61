"""What the feeds page shows, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from web.feeds.desk import FeedChange, FoundFeed, ListTaken, WatchedFeed

PAGE_SIZE = 50
SHOWS = ("all", "unwell", "paused")

Show = Literal["all", "unwell", "paused"]
Done = Literal["added", "changed", "paused", "resumed", "removed"]

NOTICES: dict[Done, str] = {
    "added": "Added. It is polled within seconds where ingest runs.",
    "changed": "Saved.",
    "paused": "Paused: it is not polled until it is resumed.",
    "resumed": "Resumed: it is polled at once.",
    "removed": "Removed. Its articles stay.",
}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which feeds to list: `find` is looked for in titles, addresses and categories."""

    find: str = ""
    show: Show = "all"
    category: str = ""
    page: int = 1

    def address(self, **changed: object) -> str:
        """The list with something chosen otherwise, from its first page unless that is what changes."""
        fields: dict[str, object] = {
            "find": self.find,
            "show": self.show,
            "category": self.category,
            "page": 1,
            **changed,
        }
        said = {name: value for name, value in fields.items() if value not in ("", "all", 1)}
        return f"/feeds?{urlencode(said)}" if said else "/feeds"


@dataclass(frozen=True, kw_only=True)
class FeedList:
    """`feeds` are those of the page out of `total` that are wanted; `watched` and `unwell` count all."""

    feeds: Sequence[WatchedFeed]
    total: int
    pages: int
    watched: int
    unwell: int
    paused: int
    categories: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class AddForm:
    """What was typed, and what there is to say of it. `found` are feeds to choose from; `anyway` offers to
    add the address unseen, `same` is the id of the feed that is watched already."""

    address: str = ""
    title: str = ""
    category: str = ""
    error: str = ""
    found: Sequence[FoundFeed] = ()
    anyway: bool = False
    same: str = ""

    @property
    def is_open(self) -> bool:
        return bool(self.error or self.found)


@dataclass(frozen=True, kw_only=True)
class Imported:
    """The words on an import: an error, or what became of the list."""

    error: str = ""
    taken: ListTaken | None = None


def feed_list(feeds: Sequence[WatchedFeed], wanted: Wanted) -> FeedList:
    chosen = [feed for feed in feeds if _is_wanted(feed, wanted)]
    start = (wanted.page - 1) * PAGE_SIZE
    return FeedList(
        feeds=chosen[start : start + PAGE_SIZE],
        total=len(chosen),
        pages=max(1, -(-len(chosen) // PAGE_SIZE)),
        watched=len(feeds),
        unwell=sum(feed.unwell for feed in feeds),
        paused=sum(feed.paused for feed in feeds),
        categories=sorted({feed.category for feed in feeds if feed.category}),
    )


def completeness(feed: WatchedFeed) -> str:
    """Whether all that the feed showed was seen, in a few words."""
    if feed.gaps:
        polls = "poll" if feed.gaps == 1 else "polls"
        return f"up to {feed.missed_up_to:,} missed at {feed.gaps:,} {polls}"
    if feed.overlap is None:
        return "not known yet"
    return "complete"


def differences(feed: WatchedFeed, given_title: str, mine: FeedChange) -> Sequence[tuple[str, str, str]]:
    """What is there now beside what was to be saved: the name of the field, what it is, what it was to be."""
    rows = [
        ("Title", given_title, mine.title),
        ("Category", feed.category, mine.category),
        ("Polled", _polled(feed.paused), None if mine.paused is None else _polled(mine.paused)),
    ]
    return [(name, now, wanted) for name, now, wanted in rows if wanted is not None]


def _polled(paused: bool) -> str:
    return "no, it is paused" if paused else "yes"


def _is_wanted(feed: WatchedFeed, wanted: Wanted) -> bool:
    if (wanted.show == "unwell" and not feed.unwell) or (wanted.show == "paused" and not feed.paused):
        return False
    inside = feed.category == wanted.category or feed.category.startswith(f"{wanted.category}/")
    if wanted.category and not inside:
        return False
    words = wanted.find.casefold().split()
    said = f"{feed.title} {feed.url} {feed.category}".casefold()
    return all(word in said for word in words)
