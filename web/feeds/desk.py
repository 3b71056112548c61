"""What the feeds page asks for; app has the implementation over the bus and ingest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from article.counts import Counts


@dataclass(frozen=True, kw_only=True)
class FeedHealth:
    """One thing that is so of a feed, in a word, and what to do about it."""

    word: str
    unwell: bool
    explanation: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class WatchedFeed:
    """A feed and how it stands, as `wirewatch feeds list --json` tells it; `url` is without credentials.

    `version` names what its record holds, for changing it. `interval` is in seconds, `pace` in new entries
    per hour; `overlap` is the share of the document before that the last one still showed, `gaps` the polls
    that shared nothing with the one before, at which up to `missed_up_to` entries were missed.
    """

    id: str
    url: str
    title: str
    category: str
    health: str
    unwell: bool
    explanation: str
    remedy: str
    paused: bool
    stopped: str
    polled: datetime | None
    succeeded: datetime | None
    failing_since: datetime | None
    next_poll: datetime | None
    interval: float
    status: int | None
    failures: int
    problem: str
    notes: tuple[str, ...]
    format: str
    last_new: datetime | None
    pace: float
    overlap: float | None
    gaps: int
    missed_up_to: int
    entries: int
    counts: Counts
    added: datetime
    version: str


@dataclass(frozen=True, kw_only=True)
class FeedDetail:
    """`given_title` is what it was called when it was added; `told` is all that is so of it, gravest first;
    `explained` is as `wirewatch feeds check` has it."""

    feed: WatchedFeed
    given_title: str
    told: Sequence[FeedHealth]
    explained: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class FoundFeed:
    """A feed that was read; `entries` are those of its document, `newest` the latest date of one."""

    url: str
    title: str
    format: str
    entries: int
    newest: datetime | None
    comments: bool


@dataclass(frozen=True, kw_only=True)
class NewFeed:
    """`anyway`: although one is watched that differs in https, "www." or a last slash."""

    url: str
    title: str = ""
    category: str = ""
    anyway: bool = False


@dataclass(frozen=True, kw_only=True)
class Added:
    """`id` and `url` of the feed that is watched now: the new one, one that was already, or one alike."""

    id: str
    url: str
    outcome: Literal["added", "already", "alike"]


@dataclass(frozen=True, kw_only=True)
class FeedChange:
    """What is to be otherwise; None stays as it is. `title` counts until the feed says its own."""

    title: str | None = None
    category: str | None = None
    paused: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ListTaken:
    """What became of a list: how many were added, watched already, left out; `said` has a line on each that
    needs a word."""

    added: int
    known: int
    left_out: int
    said: tuple[str, ...]


class FeedsDesk(Protocol):
    """Used by many threads at once. Raises Unavailable while the bus is away, NotThere for an unknown id.

    `change` and `remove` take the version that was looked at and raise Conflict, changing nothing, where the
    feed is another one now: of two people who change it at once one is told so.
    """

    def feeds(self) -> Sequence[WatchedFeed]:
        """Sorted by category and address."""

    def feed(self, id: str) -> FeedDetail: ...

    def discover(self, address: str) -> Sequence[FoundFeed]:
        """The feeds at a site's, a page's or a feed's address, the likeliest first; a fetch of seconds.

        Raises FetchFailed where the address cannot be had, BadInput where there is none, Busy where many
        look.
        """

    def add(self, new: NewFeed) -> Added:
        """Raises BadInput for what is no address of a feed. Fetches nothing."""

    def change(self, id: str, change: FeedChange, *, version: str) -> None: ...

    def remove(self, id: str, *, version: str) -> None: ...

    def take_in(self, document: bytes) -> ListTaken:
        """Watch every feed of a list: OPML, CSV, JSON, or an address a line. Raises BadInput for no list."""

    def opml(self) -> bytes:
        """Every feed, without credentials."""
