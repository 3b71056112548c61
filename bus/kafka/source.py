"""One member of a consumer group: consume, process, commit, in transactions.

Exactly once rests on the brokers: offsets go into the same transaction as outputs and table rows, together
with the generation of the group in which this member last looked (KIP-447). The coordinator refuses them
from a member that has been replaced since. Whoever takes a partition over is told its committed offset only
when no transaction on it is open any more, and reads the partition's tables after that.

The library calls back on its I/O thread when partitions come and go; that is only noted there, and followed
at the next poll.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress

from kafka import KafkaConsumer, TopicPartition
from kafka import errors as kafka
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.structs import ConsumerGroupMetadata, MemberState, OffsetAndMetadata

from article.errors import BadConfiguration, Fenced, Unavailable
from bus.channels import Channel
from bus.kafka.bounded import bounded
from bus.kafka.cluster import Cluster, Topic
from bus.kafka.errors import own_errors
from bus.kafka.members import Member
from bus.kafka.options import consumer_options, milliseconds
from bus.kafka.rebalances import Rebalances
from bus.kafka.records import message_of, placed
from bus.kafka.shares import Shares
from bus.kafka.table import OwnedTable
from bus.kafka.tables import Tables
from bus.kafka.topics import partitions_of
from bus.kafka.transactions import Progress, Transactions
from bus.kafka.watch import Watch
from bus.protocol import Batch, Record
from runtime.clock import Clock
from runtime.logging import get_logger
from runtime.settings import BusSettings

_CLOSE_SECONDS = 5.0
_LEAST_WAIT = 0.1  # seconds: a shorter look would only begin to join the group, again and again
# Seconds. The library misses an answer to joining that comes while nobody looks, and asks once more, which
# makes all others join once more, too: while partitions are shared out, nearly all time is spent looking.
_JOIN_WAIT = 1.0


class KafkaSource:
    """Connects at the first poll, so that making one never fails for a broker that is away."""

    def __init__(
        self,
        channel: Channel,
        *,
        group: str,
        tables: Sequence[Channel],
        topics: dict[str, Topic],
        member: Member,
        cluster: Cluster,
        settings: BusSettings,
        clock: Clock,
        max_records: int,
        max_bytes: int,
    ) -> None:
        self._channel = channel
        self._group = group
        self._topic = topics[channel.name]
        self._partitions = partitions_of(topics)
        self._member = member
        self._cluster = cluster
        self._settings = settings
        self._max_records = max_records
        self._consumer: KafkaConsumer | None = None
        self._rebalances: Rebalances | None = None
        self._shares = Shares(channel, group=group, max_records=max_records, max_bytes=max_bytes)
        self._generation = ConsumerGroupMetadata(group_id=group)
        self._transactions = Transactions(settings.kafka, name=f"wirewatch-{member.name}")
        self._tables = Tables(
            member.folder / "tables.db", tables, topics=topics, settings=settings, clock=clock
        )
        self._open = True
        self._watch = Watch(
            cluster,
            topics[channel.name],
            group=group,
            name=member.name,
            seconds=settings.kafka.session_seconds,
        )
        self._log = get_logger("bus").bind(channel=channel.name, group=group)

    def poll(self, timeout: float) -> Batch:
        deadline = time.monotonic() + timeout
        while True:
            self._fetch(deadline - time.monotonic())
            self._prepare()
            batch = self._shares.take()
            if batch.messages:
                return batch
            if time.monotonic() >= deadline:
                self._pass_marks()
                return batch

    def commit(self, batch: Batch, outputs: Sequence[Record]) -> None:
        try:
            if self._generation.generation_id < 0:  # the brokers would take it for a commit without a group
                raise Fenced(self._channel.name, f"this member is not in group {self._group} any more")
            behind = self._shares.check(batch, outputs, self._partitions)
            records = placed(outputs, self._partitions)
            offsets = {self._place(number): _offset(offset) for number, offset in behind.items()}
            written = self._transactions.run(records, Progress(offsets=offsets, member=self._generation))
        except Fenced:
            self.rewind()
            raise
        self._shares.committed(batch, behind)
        self._tables.written(records, written)

    def rewind(self) -> None:
        self._shares.forget()
        self._transactions.settle()

    def owned(self) -> frozenset[int]:
        return self._shares.ready()

    def table(self, channel: Channel) -> OwnedTable:
        return self._tables.view(channel, self.owned)

    def close(self) -> None:
        if not self._open:
            return
        self._open = False
        if self._consumer is not None:
            self._leave()
        self._transactions.close()
        self._tables.close()
        self._member.release()

    def _fetch(self, timeout: float) -> None:
        """Whatever the library has, into the shares; where nothing is at hand, wait for it."""
        if self._shares.has_messages():
            wait = 0.0
        elif self._generation.state != MemberState.STABLE:
            wait = max(timeout, _JOIN_WAIT)
        elif self._shares.unready():
            wait = _LEAST_WAIT
        else:
            wait = max(timeout, 0.0 if self._shares.ready() else _LEAST_WAIT)
        while self._look(wait) and self._shares.wants_more():
            wait = 0.0

    def _look(self, wait: float) -> bool:
        with own_errors(self._channel.name):
            consumer = self._consumer or self._connected()
            found = consumer.poll(timeout_ms=milliseconds(max(0.0, wait)), max_records=self._max_records)
            # Before the changes: a generation newer than the partitions that we know of would let a commit
            # pass that must not.
            self._generation = consumer.group_metadata()
        self._follow()
        self._check_sharing()
        for records in found.values():
            messages = [message_of(self._channel, record) for record in records]
            self._tables.read(self._channel, messages)
            self._shares.add(messages)
        return bool(found)

    def _connected(self) -> KafkaConsumer:
        kafka_settings = self._settings.kafka
        made = KafkaConsumer(
            **consumer_options(kafka_settings),
            group_id=self._group,
            group_instance_id=self._member.name,
            partition_assignment_strategy=[CooperativeStickyAssignor],
            session_timeout_ms=milliseconds(kafka_settings.session_seconds),
            heartbeat_interval_ms=milliseconds(min(kafka_settings.session_seconds / 4, 3.0)),
            max_poll_interval_ms=milliseconds(kafka_settings.max_poll_seconds),
        )
        self._rebalances = Rebalances(made)
        made.subscribe([self._channel.name], listener=self._rebalances)
        # Joining before the number of partitions is known makes the library join once more, and whoever
        # polls for a short time only may then never be told what it was given.
        bounded(
            lambda: made.partitions_for_topic(self._channel.name),
            seconds=kafka_settings.request_seconds,
            subject=self._channel.name,
        )
        self._consumer = made
        self._watch.begin()
        return made

    def _check_sharing(self) -> None:
        have = frozenset(place.partition for place in self._consumer.assignment()) if self._consumer else None
        if have is not None and (problem := self._watch.problem(self._generation.state, have)):
            self._log.warning("group.joining_anew", problem=problem)
            self._leave()

    def _leave(self) -> None:
        """Give the share to the others at once; where that fails, they wait for our silence."""
        self._disconnect()
        with suppress(Unavailable, BadConfiguration):
            bounded(
                lambda: self._cluster.leave(group=self._group, instance=self._member.name),
                seconds=_CLOSE_SECONDS,
                subject=self._channel.name,
            )

    def _disconnect(self) -> None:
        consumer, self._consumer = self._consumer, None
        if lost := sorted(self._shares.clear()):
            self._log.info("partitions.lost", partitions=lost)
        if consumer is not None:
            with suppress(Unavailable, kafka.KafkaError):
                bounded(
                    lambda: consumer.close(autocommit=False, timeout_ms=milliseconds(_CLOSE_SECONDS)),
                    seconds=_CLOSE_SECONDS,
                    subject=self._channel.name,
                )

    def _follow(self) -> None:
        """Partitions that came and went since the last look."""
        for change in self._rebalances.take() if self._rebalances else ():
            self._shares.lost(change.partitions)
            if change.gained:
                self._shares.gained(change.partitions)
            event = "partitions.gained" if change.gained else "partitions.lost"
            self._log.info(event, partitions=sorted(change.partitions))

    def _prepare(self) -> None:
        """Make new partitions ready: where the group stands, then the tables: nobody else writes them now."""
        waiting = self._shares.unready()
        consumer = self._consumer
        # While the group is sharing out anew, the coordinator answers nothing else on this connection.
        if not waiting or consumer is None or self._generation.state != MemberState.STABLE:
            return
        with own_errors(self._channel.name):
            starts = self._starts(consumer, waiting)
        rows = self._tables.restore(starts)
        if rows:
            self._log.info("tables.restored", records=rows, partitions=sorted(starts))
        with own_errors(self._channel.name):
            for number, offset in starts.items():
                if self._place(number) in consumer.assignment():
                    consumer.seek(self._place(number), offset)
                    consumer.resume(self._place(number))
                    self._shares[number].begin(offset)

    def _starts(self, consumer: KafkaConsumer, numbers: Sequence[int]) -> dict[int, int]:
        """Where to go on. What the group has not read and the brokers do not keep any more is said."""
        # Not asked through this consumer: its connection is busy waiting for records.
        oldest, ends = self._cluster.beginnings(self._topic), self._cluster.ends(self._topic)
        starts: dict[int, int] = {}
        for number in numbers:
            # Answered only when no transaction holds an offset of the partition (UNSTABLE_OFFSET_COMMIT).
            timeout = milliseconds(self._settings.kafka.request_seconds)
            found = consumer.committed(self._place(number), timeout_ms=timeout)
            start = oldest[number] if found is None else min(max(found, oldest[number]), ends[number])
            if found is not None and start > found:
                self._log.error(
                    "records.expired",
                    partition=number,
                    records=start - found,
                    remedy="they were kept for too short a time: raise WIREWATCH_BUS__RETENTION_DAYS",
                )
            if found is not None and start < found:
                start = oldest[number]
                self._log.warning("offset.beyond_end", partition=number, offset=found)
            starts[number] = start
        return starts

    def _pass_marks(self) -> None:
        """Behind the last record of a partition lie the marks of its transaction. Committing them once all is
        quiet makes a group that has read everything have no lag."""
        consumer = self._consumer
        if consumer is None or self._generation.state != MemberState.STABLE:
            return
        behind: dict[TopicPartition, OffsetAndMetadata] = {}
        with suppress(Unavailable, Fenced, ValueError), own_errors(self._channel.name):
            for number in self._shares.idle():
                position = consumer.position(self._place(number), timeout_ms=1_000)
                if position is not None and position > self._shares[number].committed:
                    behind[self._place(number)] = _offset(position)
            if behind:
                consumer.commit(behind, timeout_ms=1_000)
                for place, at in behind.items():
                    self._shares[place.partition].committed = at.offset

    def _place(self, number: int) -> TopicPartition:
        return TopicPartition(self._channel.name, number)


def _offset(offset: int) -> OffsetAndMetadata:
    return OffsetAndMetadata(offset, "", -1)
