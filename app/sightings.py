"""What feeds remember of one article: when they showed it, and what became of it there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.watched_feeds import watched
from article.codec import decode
from article.errors import BadRecord
from article.tables import EntryState, FeedMemory, FeedState, Subscription
from bus.channels import FEED_MEMORY
from bus.protocol import Bus
from ingest.damping import is_held_back
from ingest.urls import without_credentials

Became = Literal["published", "revised", "held back", "dead"]


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """One feed's side of the article. `is_shown` says whether it stood in the feed at its last good poll.

    `published` is when it was last published from this feed, after `revisions` times before; for an entry
    that says nothing, when it was given up. `page_due` is when its page is tried again that could not be had.
    """

    feed: str
    url: str
    title: str
    outcome: Became
    first_shown: datetime
    last_shown: datetime
    is_shown: bool
    published: datetime
    revisions: int
    reason: str = ""
    page_due: datetime | None = None


def sightings(bus: Bus, article: str) -> tuple[Sighting, ...]:
    """Of all feeds that remember the article, the one that showed it first at the front."""
    found = list(_remembering(bus, article))
    feeds = {feed.id: (feed, state) for feed, state in watched(bus)} if found else {}
    told = [_sighting(memory, key, *feeds.get(memory.id, (None, None))) for memory, key in found]
    return tuple(sorted(told, key=lambda sighting: (sighting.first_shown, sighting.url)))


def _remembering(bus: Bus, article: str) -> Iterator[tuple[FeedMemory, str]]:
    """Memories that hold the article, with the key of its entry. Reading all of them is left out."""
    wanted = article.encode()
    for _, value in bus.table(FEED_MEMORY).items():
        if wanted not in value:
            continue
        try:
            memory = decode(FeedMemory, value)
        except BadRecord:
            continue
        for key, entry in memory.entries.items():
            if entry.article == article:
                yield memory, key


def _sighting(memory: FeedMemory, key: str, feed: Subscription | None, state: FeedState | None) -> Sighting:
    entry = memory.entries[key]
    is_shown = state is not None and entry.last_shown == state.document_at
    until = state.succeeded if state and is_shown else None
    retry = memory.retries.get(key)
    return Sighting(
        feed=memory.id,
        url=without_credentials(feed.url) if feed else memory.id,
        title=(state.title if state else "") or (feed.title if feed else ""),
        outcome=_became(entry),
        first_shown=entry.first_shown or entry.at,
        last_shown=until or entry.last_shown,
        is_shown=is_shown,
        published=entry.at,
        revisions=entry.revisions,
        reason=entry.dead,
        page_due=retry.at if retry else None,
    )


def _became(entry: EntryState) -> Became:
    if entry.dead:
        return "dead"
    if is_held_back(entry):
        return "held back"
    return "revised" if entry.revisions else "published"
