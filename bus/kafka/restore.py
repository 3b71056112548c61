"""Bringing a local copy of a table up to date from its channel."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

from kafka import KafkaConsumer, TopicPartition

from article.errors import Unavailable
from bus.channels import Channel
from bus.kafka.cluster import Topic
from bus.kafka.errors import own_errors
from bus.kafka.options import consumer_options
from bus.kafka.records import message_of
from bus.kafka.store import LocalStore, Row
from runtime.clock import Clock
from runtime.settings import KafkaSettings

MAX_AGE = timedelta(days=1)
"""How old a copy may be; channels keep the marks of removed keys for much longer."""

_POLL_MS = 200
_MAX_RECORDS = 5_000


class Restorer:
    """Reads what the brokers have committed by the time it is asked, no more."""

    def __init__(self, settings: KafkaSettings, topics: Mapping[str, Topic], clock: Clock) -> None:
        self._settings = settings
        self._topics = topics
        self._clock = clock

    def catch_up(self, store: LocalStore, channels: Iterable[Channel], partitions: Iterable[int]) -> int:
        """The partitions of each channel, up to their present end; the number of records read.

        Raises Unavailable where the brokers stop answering; what was read until then is kept.
        """
        numbers = sorted(partitions)
        places = {TopicPartition(channel.name, number): channel for channel in channels for number in numbers}
        if not places:
            return 0
        with own_errors(self._settings.bootstrap_servers):
            consumer = KafkaConsumer(**consumer_options(self._settings))
            try:
                consumer.assign(list(places))
                ends = consumer.end_offsets(list(places))
                oldest = consumer.beginning_offsets(list(places))
                for place, channel in places.items():
                    start = self._start(store, channel, place, oldest[place], ends[place])
                    consumer.seek(place, start)
                return self._read(consumer, store, places, ends)
            finally:
                consumer.close(autocommit=False)

    def _start(
        self, store: LocalStore, channel: Channel, place: TopicPartition, oldest: int, end: int
    ) -> int:
        """Where to go on. A copy in doubt is begun anew: of a channel that was deleted and created again, or
        last seen so long ago that the channel may have forgotten the marks of removed keys."""
        found = store.checkpoint(channel, place.partition)
        if (
            found is not None
            and found.created == self._topics[channel.name].created
            and self._clock.now() - found.time < MAX_AGE
            and oldest <= found.next_offset <= end
        ):
            return found.next_offset
        store.drop(channel, place.partition)
        # A partition without records counts as read, too.
        self._keep(store, channel, place.partition, (), behind=oldest)
        return oldest

    def _read(
        self,
        consumer: KafkaConsumer,
        store: LocalStore,
        places: Mapping[TopicPartition, Channel],
        ends: Mapping[TopicPartition, int],
    ) -> int:
        count = 0
        reached = {place: consumer.position(place) for place in places}
        heard = time.monotonic()
        while behind := [place for place in places if reached[place] < ends[place]]:
            found = consumer.poll(timeout_ms=_POLL_MS, max_records=_MAX_RECORDS)
            rows: dict[TopicPartition, list[Row]] = defaultdict(list)
            for place, records in found.items():
                for record in records:
                    message = message_of(places[place], record)
                    rows[place].append(
                        Row(key=message.key, value=message.value, offset=message.offset, time=message.time)
                    )
            moved = {place: at for place in behind if (at := consumer.position(place)) > reached[place]}
            for place, at in moved.items():
                self._keep(store, places[place], place.partition, rows[place], behind=at)
                count += len(rows[place])
            reached |= moved
            if moved:
                heard = time.monotonic()
            elif time.monotonic() - heard > self._settings.request_seconds:
                raise Unavailable(behind[0].topic, "cannot be read: Kafka does not answer", "is it running?")
        return count

    def _keep(
        self, store: LocalStore, channel: Channel, partition: int, rows: Iterable[Row], *, behind: int
    ) -> None:
        store.apply(
            channel,
            partition,
            rows,
            behind=behind,
            created=self._topics[channel.name].created,
            now=self._clock.now(),
        )
