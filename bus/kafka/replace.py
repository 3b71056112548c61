"""Replacing a table's value only if nobody else has: Kafka itself knows no such thing.

All who replace a value in a partition use one transactional id. Taking it stops whoever has it: what they had
begun is completed or aborted before the brokers let us go on, and they cannot write any more. So between our
look at the table and our commit nobody else's replacement can fall: theirs is refused, or ours is.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing

from kafka import KafkaConsumer, TopicPartition

from article.errors import Fenced, Unavailable
from bus.channels import Channel
from bus.kafka.cluster import Topic
from bus.kafka.errors import own_errors
from bus.kafka.options import consumer_options
from bus.kafka.records import Placed
from bus.kafka.restore import Restorer
from bus.kafka.store import LocalStore
from bus.kafka.transactions import Transactions
from bus.partition import partition_of
from bus.protocol import Record
from bus.replacing import changed_meanwhile, check_unchanged
from runtime.clock import Clock
from runtime.settings import KafkaSettings

_STEP = 0.02


def replace(
    record: Record,
    *,
    seen: bytes | None,
    settings: KafkaSettings,
    topics: Mapping[str, Topic],
    clock: Clock,
) -> None:
    """As `Bus.replace`. Raises Unavailable when the brokers do not answer: it may then be done or not."""
    partition = partition_of(record.key, topics[record.channel.name].partitions)
    with closing(
        Transactions(settings, name=f"wirewatch-replace-{record.channel.name}-{partition}")
    ) as transactions:
        try:
            transactions.settle()
            present = _present(
                record.channel, partition, record.key, Restorer(settings, topics, clock), settings
            )
            check_unchanged(record, present=present, seen=seen)
            transactions.run([Placed(record=record, partition=partition)])
        except Fenced as error:
            raise changed_meanwhile(record) from error


def _present(
    channel: Channel, partition: int, key: str, restorer: Restorer, settings: KafkaSettings
) -> bytes | None:
    """The key's value, with all that was committed by now.

    A transaction of somebody who uses `publish` hides what was committed behind its beginning from readers of
    committed records, until it ends: that is waited for.
    """
    end = _written(TopicPartition(channel.name, partition), settings)
    deadline = time.monotonic() + settings.request_seconds
    store = LocalStore()
    try:
        while True:
            restorer.catch_up(store, [channel], [partition])
            reached = store.checkpoint(channel, partition)
            if reached and reached.next_offset >= end:
                return store.get(channel, [key], lambda _: True).get(key)
            if time.monotonic() > deadline:
                raise Unavailable(channel.name, "somebody's transaction on it does not end", "try again")
            time.sleep(_STEP)
    finally:
        store.close()


def _written(place: TopicPartition, settings: KafkaSettings) -> int:
    """The end of the partition with what is not committed yet."""
    with own_errors(settings.bootstrap_servers):
        consumer = KafkaConsumer(**consumer_options(settings) | {"isolation_level": "read_uncommitted"})
        try:
            return int(consumer.end_offsets([place])[place])
        finally:
            consumer.close(autocommit=False)
