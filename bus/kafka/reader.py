"""Reading a channel without a group."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from kafka import KafkaConsumer, TopicPartition

from article.errors import Unavailable
from bus.channels import Channel
from bus.kafka.errors import own_errors
from bus.kafka.options import consumer_options
from bus.kafka.records import message_of
from bus.protocol import Message
from runtime.settings import KafkaSettings

_MAX_RECORDS = 500
_SLICE = 0.2  # seconds that one look into the library may take


class KafkaReader:
    """Messages of the partitions in `starts`, of each from its offset on and in order, up to `ends`.

    Nothing comes back only at the end; without `ends` that is the present one."""

    def __init__(
        self,
        settings: KafkaSettings,
        channel: Channel,
        starts: Mapping[int, int],
        *,
        ends: Mapping[int, int] | None = None,
    ) -> None:
        self._settings = settings
        self._ends = ends
        self._channel = channel
        self._places = [TopicPartition(channel.name, number) for number in starts]
        with own_errors(channel.name):
            self._consumer = KafkaConsumer(**consumer_options(settings))
            self._consumer.assign(self._places)
            for number, offset in starts.items():
                self._consumer.seek(TopicPartition(channel.name, number), offset)

    def poll(self, timeout: float) -> Sequence[Message]:
        started = heard = time.monotonic()
        with own_errors(self._channel.name):
            while True:
                left = started + timeout - time.monotonic()
                wait = max(0.01, min(left, _SLICE))
                found = self._consumer.poll(timeout_ms=int(wait * 1000), max_records=_MAX_RECORDS)
                messages = [
                    message_of(self._channel, one)
                    for part in found.values()
                    for one in part
                    if self._ends is None or one.offset < self._ends[one.partition]
                ]
                if messages:
                    return messages
                if (left <= 0 or self._ends is not None) and self._at_end():
                    return ()
                heard = time.monotonic() if found else heard
                if time.monotonic() - max(heard, started + timeout) > self._settings.request_seconds:
                    raise Unavailable(self._channel.name, "cannot be read: Kafka does not answer")

    def close(self) -> None:
        self._consumer.close(autocommit=False)

    def _at_end(self) -> bool:
        """What was written in the meantime may be on its way: only the brokers know that nothing is."""
        if self._ends is not None:
            return all(
                self._consumer.position(place) >= self._ends[place.partition] for place in self._places
            )
        ends = self._consumer.end_offsets(self._places)
        return all(self._consumer.position(place) >= end for place, end in ends.items())
