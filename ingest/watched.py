"""The feeds of this process: which there are, and when each is due. In memory; the bus holds the truth."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from article.tables import FeedState, Subscription
from ingest.trust import is_stopped


@dataclass(frozen=True, kw_only=True)
class Watch:
    feed: Subscription
    due: datetime
    failing: bool = False
    stopped: bool = False


class Watched:
    def __init__(self) -> None:
        self._watches: dict[str, Watch] = {}

    def clear(self) -> None:
        self._watches.clear()

    def put(self, feed: Subscription, state: FeedState | None) -> None:
        """Watch `feed`, or take over what changed of it. One that was never polled is due at once."""
        due = (state.next_poll if state else None) or feed.added
        self._watches[feed.id] = Watch(
            feed=feed,
            due=due,
            failing=bool(state and state.failures),
            stopped=is_stopped(feed, state),
        )

    def drop(self, id: str) -> None:
        self._watches.pop(id, None)

    def polled(self, state: FeedState) -> None:
        """A poll was committed: the feed is due when its state says."""
        watch = self._watches.get(state.id)
        if watch:
            self._watches[state.id] = replace(
                watch,
                due=state.next_poll or watch.due,
                failing=state.failures > 0,
                stopped=is_stopped(watch.feed, state),
            )

    def postpone(self, id: str, until: datetime) -> None:
        watch = self._watches.get(id)
        if watch:
            self._watches[id] = replace(watch, due=until)

    def due(self, now: datetime, *, busy: Collection[str]) -> list[Subscription]:
        """Feeds to poll now and not being polled, the longest overdue first."""
        waiting = [
            watch
            for id, watch in self._watches.items()
            if watch.due <= now and not watch.feed.paused and not watch.stopped and id not in busy
        ]
        return [watch.feed for watch in sorted(waiting, key=lambda watch: watch.due)]

    def counts(self, now: datetime) -> dict[str, int]:
        """Feeds by state, as the gauge `wirewatch_ingest_feeds` has them."""
        active = [watch for watch in self._watches.values() if not watch.feed.paused and not watch.stopped]
        return {
            "watched": len(self._watches),
            "due": _count(watch.due <= now for watch in active),
            "failing": _count(watch.failing for watch in active),
            "stopped": _count(watch.stopped for watch in self._watches.values()),
            "paused": _count(watch.feed.paused for watch in self._watches.values()),
        }


def _count(values: Iterable[bool]) -> int:
    return sum(values)
