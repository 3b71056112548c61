"""Records of the project to and from the library's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from kafka.consumer.fetcher import ConsumerRecord

from bus.channels import Channel
from bus.partition import partition_of
from bus.protocol import Message, Record


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A record and the partition that it belongs in."""

    record: Record
    partition: int


def placed(records: Sequence[Record], partitions: dict[str, int]) -> list[Placed]:
    """Where each record goes, given the number of partitions of each channel, by name."""
    return [
        Placed(record=record, partition=partition_of(record.key, partitions[record.channel.name]))
        for record in records
    ]


def message_of(channel: Channel, read: ConsumerRecord) -> Message:
    return Message(
        channel=channel,
        partition=read.partition,
        offset=read.offset,
        key=key_of(read.key),
        value=read.value,
        headers=tuple((name, value or b"") for name, value in read.headers),
        time=datetime.fromtimestamp(read.timestamp / 1000, UTC),
    )


def key_of(key: bytes | None) -> str:
    """Other programs may write keys that are not UTF-8, or none: both come back as they were."""
    return (key or b"").decode("utf-8", "surrogateescape")


def key_bytes(key: str) -> bytes | None:
    return key.encode("utf-8", "surrogateescape") or None
