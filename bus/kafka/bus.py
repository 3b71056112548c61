"""The Kafka bus: opens sources and readers, publishes, counts."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from bus.channels import Channel
from bus.kafka.cluster import Cluster
from bus.kafka.members import take_place
from bus.kafka.reader import KafkaReader
from bus.kafka.records import placed
from bus.kafka.replace import replace
from bus.kafka.restore import Restorer
from bus.kafka.source import KafkaSource
from bus.kafka.table import WholeTable
from bus.kafka.topics import check_channels, ensure_channels, partitions_of, setup_channels
from bus.kafka.transactions import Transactions
from bus.partition import partition_of
from bus.protocol import Lag, Message, Record
from runtime.clock import Clock
from runtime.settings import BusSettings

KAFKA_FOLDER = "kafka"


class KafkaBus:
    """One per process. Raises Unavailable when no broker answers, BadConfiguration where a person must act.

    `data_dir` holds each member's name and its copy of tables, which can be lost without harm. `create` makes
    channels that are missing.
    """

    def __init__(self, settings: BusSettings, *, data_dir: Path, clock: Clock, create: bool = True) -> None:
        self._settings = settings
        self._folder = data_dir / KAFKA_FOLDER
        self._clock = clock
        self._cluster = Cluster(settings.kafka)
        try:
            self._topics = (
                ensure_channels(self._cluster, settings) if create else check_channels(self._cluster)
            )
        except BaseException:
            self._cluster.close()
            raise
        self._lock = threading.Lock()
        self._transactions = Transactions(settings.kafka, name=f"wirewatch-publish-{uuid.uuid4().hex}")

    def source(
        self,
        channel: Channel,
        *,
        group: str,
        tables: Sequence[Channel] = (),
        max_records: int = 500,
        max_bytes: int = 8_000_000,
        from_start: bool = False,
    ) -> KafkaSource:
        name = _group_name(group, channel)
        if from_start:
            self._cluster.forget(group=name)
        member = take_place(self._folder, group=name, instance=self._settings.kafka.instance)
        return KafkaSource(
            channel,
            group=name,
            tables=tables,
            topics=self._topics,
            member=member,
            cluster=self._cluster,
            settings=self._settings,
            clock=self._clock,
            max_records=max_records,
            max_bytes=max_bytes,
        )

    def publish(self, records: Sequence[Record]) -> None:
        if records:
            with self._lock:
                self._transactions.run(placed(records, partitions_of(self._topics)))

    def replace(self, record: Record, *, seen: bytes | None) -> None:
        with self._lock:
            replace(record, seen=seen, settings=self._settings.kafka, topics=self._topics, clock=self._clock)

    def table(self, channel: Channel) -> WholeTable:
        restorer = Restorer(self._settings.kafka, self._topics, self._clock)
        return WholeTable(restorer, channel, self._topics[channel.name].partitions)

    def reader(
        self,
        channel: Channel,
        *,
        from_start: bool = False,
        behind: str | None = None,
        until_now: bool = False,
    ) -> KafkaReader:
        topic = self._topics[channel.name]
        ends = self._cluster.ends(topic)
        starts = self._cluster.beginnings(topic) if from_start or behind else ends
        if behind:
            committed = self._cluster.committed(topic, group=_group_name(behind, channel))
            starts = {number: max(start, committed.get(number, 0)) for number, start in starts.items()}
        return KafkaReader(self._settings.kafka, channel, starts, ends=ends if until_now else None)

    def history(self, channel: Channel, key: str) -> Iterator[Message]:
        topic = self._topics[channel.name]
        number = partition_of(key, topic.partitions)
        start = self._cluster.beginnings(topic)[number]
        with closing(KafkaReader(self._settings.kafka, channel, {number: start})) as reader:
            while messages := reader.poll(0):
                yield from (message for message in messages if message.key == key)

    def lag(self, channel: Channel, *, group: str) -> Lag:
        """The marks of transactions count as records until the group has passed them, when all is quiet."""
        topic = self._topics[channel.name]
        ends, oldest = self._cluster.ends(topic), self._cluster.beginnings(topic)
        committed = self._cluster.committed(topic, group=_group_name(group, channel))
        waiting = {
            part: max(0, end - max(committed.get(part, 0), oldest[part])) for part, end in ends.items()
        }
        return Lag(group=group, channel=channel, partitions=waiting)

    def count(self, channel: Channel) -> int:
        """About: the marks of transactions count, too."""
        return sum(self._cluster.ends(self._topics[channel.name]).values())

    def trim(self) -> int:
        """Nothing: the brokers forget by themselves."""
        return 0

    def close(self) -> None:
        with self._lock:
            self._transactions.close()
        self._cluster.close()


def setup_kafka(settings: BusSettings) -> dict[str, int]:
    """Create channels and bring them up to the settings, as often as one likes; partitions by channel."""
    cluster = Cluster(settings.kafka)
    try:
        return partitions_of(setup_channels(cluster, settings))
    finally:
        cluster.close()


def _group_name(group: str, channel: Channel) -> str:
    """A group of ours reads one channel, so that its members' assignments are about that alone."""
    return f"{channel.name}.{group}"
