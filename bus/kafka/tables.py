"""The tables of one source: a copy on disk, brought up to date when partitions come and then kept so."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from bus.channels import CHANNELS, KNOWN, Channel
from bus.kafka.cluster import Topic
from bus.kafka.records import Placed
from bus.kafka.restore import Restorer
from bus.kafka.store import LocalStore, Row
from bus.kafka.table import OwnedTable
from bus.protocol import Message
from runtime.clock import Clock
from runtime.settings import BusSettings

_FORGET_SECONDS = 3600.0


class Tables:
    def __init__(
        self,
        path: Path,
        channels: Sequence[Channel],
        *,
        topics: Mapping[str, Topic],
        settings: BusSettings,
        clock: Clock,
    ) -> None:
        self._channels = tuple(channels)
        self._topics = topics
        self._clock = clock
        self._remember = timedelta(days=settings.remember_articles_days)
        self._store = LocalStore(path)
        self._restorer = Restorer(settings.kafka, topics, clock)
        self._forgot_at = float("-inf")

    def view(self, channel: Channel, owned: Callable[[], frozenset[int]]) -> OwnedTable:
        if channel not in self._channels:
            raise ValueError(f"{channel.name} was not among the tables when the source was opened")
        return OwnedTable(self._store, channel, owned)

    def restore(self, partitions: Iterable[int]) -> int:
        """Up to the present end of each channel; the number of records read. Raises Unavailable."""
        self._forget_old()
        return self._restorer.catch_up(self._store, self._channels, partitions)

    def read(self, channel: Channel, messages: Iterable[Message]) -> None:
        """A source on a table sees each change in its table before it is told of it."""
        self._keep(
            (channel, one.partition, Row(key=one.key, value=one.value, offset=one.offset, time=one.time))
            for one in messages
        )

    def written(self, records: Iterable[Placed], offsets: Iterable[int]) -> None:
        """What a transaction of ours has put into the tables. Nobody else writes to an owned partition."""
        now = self._clock.now()
        self._keep(
            (
                each.record.channel,
                each.partition,
                Row(key=each.record.key, value=each.record.value, offset=offset, time=now),
            )
            for each, offset in zip(records, offsets, strict=True)
        )

    def close(self) -> None:
        self._store.close()

    def _keep(self, changes: Iterable[tuple[Channel, int, Row]]) -> None:
        grouped: dict[tuple[str, int], list[Row]] = defaultdict(list)
        for channel, partition, row in changes:
            if channel in self._channels:
                grouped[channel.name, partition].append(row)
        now = self._clock.now()
        for (name, partition), rows in grouped.items():
            known = self._store.checkpoint(CHANNELS[name], partition)
            fresh = [row for row in rows if known is not None and row.offset >= known.next_offset]
            if fresh:
                self._store.apply(
                    CHANNELS[name],
                    partition,
                    fresh,
                    behind=fresh[-1].offset + 1,
                    created=self._topics[name].created,
                    now=now,
                )

    def _forget_old(self) -> None:
        """Articles that the brokers have forgotten, too."""
        if KNOWN in self._channels and time.monotonic() - self._forgot_at > _FORGET_SECONDS:
            self._forgot_at = time.monotonic()
            self._store.forget(KNOWN, before=self._clock.now() - self._remember)
