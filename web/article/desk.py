"""What the pages of an article ask for beside the index: its revisions in the stream, and its way through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from article.records import EnrichedArticle


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened to the article at a stage: ingest, enrich or index."""

    time: datetime
    stage: str
    what: str


@dataclass(frozen=True, kw_only=True)
class FeedSide:
    """One feed's side of the article. `is_shown`: it stood in the feed at its last good poll.

    `published` is when it was last published from this feed, after `revisions` times before; for an entry
    that says nothing, when it was given up, for `reason`. `page_due` is when its page is tried again.
    """

    feed: str
    url: str
    title: str
    outcome: Literal["published", "revised", "held back", "dead"]
    first_shown: datetime
    last_shown: datetime
    is_shown: bool
    published: datetime
    revisions: int
    reason: str
    page_due: datetime | None


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A watched feed that an article that was never seen could have come from, and how it fares."""

    feed: str
    url: str
    health: str
    explanation: str
    polled: datetime | None
    next_poll: datetime | None


@dataclass(frozen=True, kw_only=True)
class Way:
    """`outcome` in a sentence; `revision` and `indexed` are the latest in the stream and in the index.

    `known` is false where nothing tells of the article; `expected` are then the feeds that could have shown
    it. `index_problem` says why the index could not be asked.
    """

    id: str
    outcome: str
    known: bool
    events: Sequence[Event]
    feeds: Sequence[FeedSide]
    expected: Sequence[Expected]
    revision: int | None
    indexed: int | None
    index_problem: str


class ArticleDesk(Protocol):
    """Used by many threads at once. Raises Unavailable where the stream cannot be read."""

    def revisions(self, article_id: str) -> Sequence[EnrichedArticle]:
        """Those that the stream keeps, each once, oldest first."""

    def way(self, url_or_id: str) -> Way:
        """What `wirewatch why` tells."""
