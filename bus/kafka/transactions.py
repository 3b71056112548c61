"""Writing: one transaction after the other, each whole or not at all, in bounded time and memory.

The library waits without end for a broker that is away, and after most errors its producer cannot be used
again. So each transaction runs in a thread that is waited for only so long, and after any error the producer
is thrown away. A new one under the same name settles what the old one had begun: the brokers complete or
abort it before they let the new one write. Until then nobody knows how the old transaction ended, and
`settle` is how to find out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from kafka import KafkaProducer
from kafka.producer.future import FutureRecordMetadata
from kafka.structs import ConsumerGroupMetadata, OffsetAndMetadata, TopicPartition

from bus.kafka.bounded import bounded
from bus.kafka.errors import own_errors
from bus.kafka.options import producer_options
from bus.kafka.records import Placed, key_bytes
from runtime.settings import KafkaSettings

_IN_FLIGHT_BYTES = 16_000_000  # the library's own buffer has no bound

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Consumed offsets to commit with a transaction, and who commits them: a stale member is refused."""

    offsets: Mapping[TopicPartition, OffsetAndMetadata]
    member: ConsumerGroupMetadata


class Transactions:
    """Used by one thread at a time. `name` is the transactional id: a newer holder of it stops the older."""

    def __init__(self, settings: KafkaSettings, *, name: str) -> None:
        self._settings = settings
        self._name = name
        self._producer: KafkaProducer | None = None

    def run(self, records: Sequence[Placed], progress: Progress | None = None) -> list[int]:
        """Write `records` and commit `progress`; the offsets of the records.

        Raises Fenced when a newer member or producer has our place, Unavailable when the brokers did not
        answer in time. After an error the outcome is open until `settle`, which the next run begins with.
        """
        producer = self._ready()
        try:
            return self._bounded(lambda: _transaction(producer, records, progress))
        except BaseException:
            self._discard()
            raise

    def settle(self) -> None:
        """Nothing of this name is under way any more when it returns. Raises Unavailable."""
        self._ready()

    def close(self) -> None:
        self._discard()

    def _ready(self) -> KafkaProducer:
        if self._producer is None:
            with own_errors(self._settings.bootstrap_servers):
                made = KafkaProducer(**producer_options(self._settings, transactional_id=self._name))
            self._producer = made
            try:
                self._bounded(made.init_transactions)
            except BaseException:
                self._discard()
                raise
        return self._producer

    def _discard(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            producer._sender.force_close()  # `close` alone would wait for records that cannot be sent
            with suppress(Exception):  # whatever it is, the producer is of no use any more
                self._bounded(lambda: producer.close(timeout=1))

    def _bounded(self, work: Callable[[], T]) -> T:
        settings = self._settings
        return bounded(work, seconds=settings.request_seconds, subject=settings.bootstrap_servers)


def _transaction(producer: KafkaProducer, records: Sequence[Placed], progress: Progress | None) -> list[int]:
    producer.begin_transaction()
    futures: list[FutureRecordMetadata] = []
    waited_for = size = 0
    for each in records:
        record = each.record
        futures.append(
            producer.send(
                record.channel.name,
                key=key_bytes(record.key),
                value=record.value,
                headers=list(record.headers),
                partition=each.partition,
            )
        )
        size += len(record.value or b"")
        if size > _IN_FLIGHT_BYTES:
            for future in futures[waited_for:]:
                future.get()
            waited_for, size = len(futures), 0
    if progress is not None:
        producer.send_offsets_to_transaction(dict(progress.offsets), progress.member)
    producer.commit_transaction()
    return [future.get().offset for future in futures]
