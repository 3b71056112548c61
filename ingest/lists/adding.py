"""Adding feeds to what is watched, each once, some hundred in one go."""

from __future__ import annotations

from datetime import datetime

from article.codec import decode
from article.errors import BadRecord
from article.tables import FeedState, Subscription
from bus.channels import FEED_STATE, FEEDS
from bus.protocol import Bus, Table
from ingest.lists.duplicates import Match, Watching
from ingest.lists.subscriptions import added, subscriptions

_AT_ONCE = 500


class Adder:
    """`add` feeds, then `flush`. With `force` those that only look like a watched one are added, too."""

    def __init__(self, bus: Bus, *, now: datetime, force: bool = False) -> None:
        self._bus = bus
        self._now = now
        self._force = force
        self._watching = Watching(subscriptions(bus.table(FEEDS)), _moved(bus.table(FEED_STATE)))
        self._waiting: list[Subscription] = []

    def find(self, feed: Subscription) -> Match | None:
        """The watched feed that `feed` is, if any; what was added counts."""
        return self._watching.find(feed)

    def add(self, feed: Subscription) -> Match | None:
        """None where it is added now, otherwise the one that is watched already."""
        match = self.find(feed)
        if match and (match.certain or not self._force):
            return match
        self._watching.add(feed)
        self._waiting.append(feed)
        if len(self._waiting) >= _AT_ONCE:
            self.flush()
        return None

    def flush(self) -> None:
        self._bus.publish([added(each, now=self._now) for each in self._waiting])
        self._waiting.clear()


def _moved(table: Table) -> dict[str, str]:
    """Where feeds are polled that have moved, by feed id."""
    addresses = {}
    for key, value in table.items():
        try:
            state = decode(FeedState, value)
        except BadRecord:
            continue  # ingest starts such a feed anew
        if state.url:
            addresses[key] = state.url
    return addresses
