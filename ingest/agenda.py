"""The feeds of this process: how each stands, and which is due next. In memory; the bus holds the truth.

A feed waits for its time, then for its turn, then it is being polled until its poll is committed, and so on.
Whatever is asked here costs as much as there is to answer, not as there are feeds.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Literal

from article.tables import FeedState, Subscription
from ingest.rhythm.trust import is_stopped

Standing = Literal["paused", "stopped", "failing", "well"]


@dataclass(kw_only=True, slots=True)
class _Watch:
    feed: Subscription
    state: FeedState | None
    due: datetime | None = None
    ticket: int = 0  # of its place among those that wait for their time; older tickets are void

    @property
    def standing(self) -> Standing:
        if self.feed.paused:
            return "paused"
        if is_stopped(self.feed, self.state):
            return "stopped"
        return "failing" if self.state and self.state.failures else "well"


class Agenda:
    def __init__(self) -> None:
        self._tickets = count(1)
        self.clear()

    def clear(self) -> None:
        self._watches: dict[str, _Watch] = {}
        self._waiting: list[tuple[datetime, int, str]] = []
        self._ready: dict[str, None] = {}  # in order
        self._busy: set[str] = set()
        self._standing: Counter[Standing] = Counter()

    def put(self, feed: Subscription, state: FeedState | None) -> None:
        """Watch `feed`, or take over what changed of it. One that was never polled is due at once."""
        watch = _Watch(feed=feed, state=state)
        self._remove(feed.id)
        self._watches[feed.id] = watch
        self._standing[watch.standing] += 1
        if feed.id not in self._busy:
            self._schedule(watch, (state.next_poll if state else None) or feed.added)

    def drop(self, id: str) -> None:
        """It is not watched any more; a poll of it that is under way counts no more, either."""
        self._remove(id)
        self._busy.discard(id)

    def polled(self, state: FeedState, due: datetime | None = None) -> None:
        """A poll was committed: so it stands now, and it is due then, or else when its state says."""
        watch = self._watches.get(state.id)
        if watch:
            self._standing[watch.standing] -= 1
            watch.state = state
            self._standing[watch.standing] += 1
            self._busy.discard(state.id)
            self._schedule(watch, due or state.next_poll or watch.feed.added)

    def postpone(self, id: str, until: datetime) -> None:
        """A poll came to nothing."""
        watch = self._watches.get(id)
        if watch:
            self._busy.discard(id)
            self._schedule(watch, until)

    def hurry(self, id: str, due: datetime) -> None:
        """Due then at the latest. One that is being polled already is not due sooner for it."""
        watch = self._watches.get(id)
        if watch and id not in self._busy and id not in self._ready and watch.due and due < watch.due:
            self._schedule(watch, due)

    def advance(self, now: datetime) -> None:
        """Those whose time has come wait for their turn from now on, the longest overdue first."""
        while self._waiting and self._waiting[0][0] <= now:
            _, ticket, id = heapq.heappop(self._waiting)
            watch = self._watches.get(id)
            if watch and watch.ticket == ticket:
                self._ready[id] = None

    def take(self) -> Iterator[tuple[Subscription, FeedState | None]]:
        """Those whose turn it is; each is being polled from then on."""
        while self._ready:
            id = next(iter(self._ready))
            del self._ready[id]
            self._busy.add(id)
            watch = self._watches[id]
            yield watch.feed, watch.state

    def ids(self) -> list[str]:
        return list(self._watches)

    def standing(self, id: str) -> tuple[Subscription, FeedState | None] | None:
        """How a feed stands by its last committed poll; None where it is not watched any more."""
        watch = self._watches.get(id)
        return (watch.feed, watch.state) if watch else None

    def counts(self) -> dict[str, int]:
        """Feeds by state, as the gauge `wirewatch_ingest_feeds` has them."""
        return {
            "watched": len(self._watches),
            "due": len(self._ready) + len(self._busy),
            "failing": self._standing["failing"],
            "stopped": self._standing["stopped"],
            "paused": self._standing["paused"],
        }

    def _remove(self, id: str) -> None:
        watch = self._watches.pop(id, None)
        if watch:
            self._standing[watch.standing] -= 1
            self._ready.pop(id, None)

    def _schedule(self, watch: _Watch, due: datetime) -> None:
        if watch.standing in ("failing", "well"):
            watch.due = due
            watch.ticket = next(self._tickets)
            heapq.heappush(self._waiting, (due, watch.ticket, watch.feed.id))
