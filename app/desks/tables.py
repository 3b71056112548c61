"""Tables that stay open, so that each look reads only what is new."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence

from article.codec import decode
from article.errors import BadRecord
from article.tables import FeedState, Subscription
from bus.channels import Channel
from bus.protocol import Bus, Table


class OpenTables:
    """Safe to share between threads: they take turns at each table."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._lock = threading.Lock()
        self._tables: dict[str, Table] = {}

    def get(self, channel: Channel, keys: Sequence[str]) -> Mapping[str, bytes]:
        with self._lock:
            return dict(self._table(channel).get(keys))

    def all(self, channel: Channel) -> dict[str, bytes]:
        with self._lock:
            return dict(self._table(channel).items())

    def _table(self, channel: Channel) -> Table:
        if channel.name not in self._tables:
            self._tables[channel.name] = self._bus.table(channel)
        return self._tables[channel.name]


def read_feeds(
    values: Mapping[str, bytes], states: Mapping[str, bytes]
) -> Iterator[tuple[Subscription, FeedState | None, bytes]]:
    """The feeds that can be read, each with its record. A state that cannot counts as none, as for ingest."""
    for id, value in values.items():
        try:
            feed = decode(Subscription, value)
        except BadRecord:
            continue
        try:
            state = decode(FeedState, states[id]) if id in states else None
        except BadRecord:
            state = None
        yield feed, state, value
