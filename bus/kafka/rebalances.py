"""What the group decides, noted on the library's I/O thread for the thread that uses the source."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition


@dataclass(frozen=True, slots=True)
class Change:
    gained: bool
    partitions: frozenset[int]


class Rebalances(ConsumerRebalanceListener):  # type: ignore[misc]  # the library has no types
    """New partitions stay paused until somebody makes them ready."""

    def __init__(self, consumer: KafkaConsumer) -> None:
        self._consumer = consumer
        self._changes: deque[Change] = deque()

    def take(self) -> Iterator[Change]:
        """What happened since the last look, in order."""
        while self._changes:
            yield self._changes.popleft()

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._consumer.pause(*assigned)
        self._note(assigned, gained=True)

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self._note(revoked, gained=False)

    def on_partitions_lost(self, lost: Iterable[TopicPartition]) -> None:
        self._note(lost, gained=False)

    def _note(self, places: Iterable[TopicPartition], *, gained: bool) -> None:
        self._changes.append(Change(gained, frozenset(place.partition for place in places)))
