"""What every bus promises. `tests/bus/contract.py` holds each implementation to it.

    bus.publish(records)                        all of the records or none
    source = bus.source(RAW, group="enrich")    one member of a consumer group
    batch = source.poll(1.0)                    what is next in the partitions that this member owns
    source.commit(batch, outputs)               offsets and outputs together, or neither

Partitions of a group are shared among its live members; one that dies gives its share to the others, who
go on from the last commit. A commit by a member that no longer owns what the batch came from, or what the
outputs belong to, raises Fenced and changes nothing: the batch is then somebody else's.

Records of one key keep their order. A reader sees a transaction whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bus.channels import Channel

Headers = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What is written. `value` None removes `key` from a compacted channel."""

    channel: Channel
    key: str
    value: bytes | None
    headers: Headers = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What is read: a record with its place in the channel and the time it was written."""

    channel: Channel
    partition: int
    offset: int
    key: str
    value: bytes | None
    headers: Headers
    time: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Messages in the order of their offsets within each partition; empty when nothing came in time."""

    messages: tuple[Message, ...] = ()


class Table(Protocol):
    """The present content of a compacted channel, as far as the reader may see it."""

    def get(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        """The values of those of the keys that are there."""

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Every key with its value, in no particular order."""


class Source(Protocol):
    """One member of a consumer group. Used by one thread."""

    def poll(self, timeout: float) -> Batch:
        """Up to the source's limits of records and bytes, or an empty batch after `timeout` seconds.

        An empty batch does not say that there is nothing more: the member may still be joining its group.
        Goes on behind the batch that it returned before, committed or not.
        """

    def commit(self, batch: Batch, outputs: Sequence[Record]) -> None:
        """Atomically: the offsets behind `batch`, all `outputs`. Batches are committed in poll's order.

        The batch may be empty: then the outputs alone are committed, and ownership is still checked.
        Raises Fenced, after which the source has gone back to what is committed.
        """

    def rewind(self) -> None:
        """Back to what is committed: the next poll returns uncommitted messages again."""

    def owned(self) -> frozenset[int]:
        """The partitions that this member owns now."""

    def table(self, channel: Channel) -> Table:
        """One of the source's tables, limited to the owned partitions."""

    def close(self) -> None:
        """Leave the group; what was not committed is left to the others."""


class Reader(Protocol):
    """Reads a channel without a group, from a chosen end, and leaves no trace."""

    def poll(self, timeout: float) -> Sequence[Message]:
        """What is next over all partitions; nothing where after `timeout` seconds there is nothing more."""

    def close(self) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Lag:
    """How far a group is on a channel: records written and not yet committed by it.

    0 once it has read everything. Before that a bus may count a few more, for marks between the records.
    """

    group: str
    channel: Channel
    partitions: Mapping[int, int]

    @property
    def records(self) -> int:
        return sum(self.partitions.values())


class Bus(Protocol):
    """A way in to all channels. Safe to share between threads; each source belongs to one."""

    def source(
        self,
        channel: Channel,
        *,
        group: str,
        tables: Sequence[Channel] = (),
        max_records: int = 500,
        max_bytes: int = 8_000_000,
        from_start: bool = False,
    ) -> Source:
        """Join `group` on `channel`. A record larger than `max_bytes` comes in a batch of its own.

        `tables` are those of the channel's family that the member looks things up in. Their rows in a
        partition are written by the partition's owner alone, through its source; only a table that is
        itself the channel is written by everybody.

        `from_start` takes the whole group back to the oldest record that is kept: for a stage whose own
        store was lost. What other members have in hand is fenced.
        """

    def publish(self, records: Sequence[Record]) -> None:
        """All of the records, in order, or none."""

    def replace(self, record: Record, *, seen: bytes | None) -> None:
        """Publish a record of a table only while the table still has `seen` for its key (None: no value).

        Raises Conflict, and changes nothing, where it has another value, or somebody else replaces it at
        this moment. Of those who saw the same value, one alone succeeds, in whatever process; who uses
        `publish` instead does not look.
        """

    def table(self, channel: Channel) -> Table:
        """The whole table, over all partitions."""

    def reader(
        self,
        channel: Channel,
        *,
        from_start: bool = False,
        behind: str | None = None,
        until_now: bool = False,
    ) -> Reader:
        """From the present end on, the oldest record that is kept, or where the group `behind` has committed.

        With `until_now` what is written later does not come: the reader ends, however fast the channel grows.
        """

    def history(self, channel: Channel, key: str) -> Iterator[Message]:
        """Every record of the key that is kept, oldest first."""

    def lag(self, channel: Channel, *, group: str) -> Lag: ...

    def count(self, channel: Channel) -> int:
        """Records ever written to the channel; a bus may count a few more, as for `lag`."""

    def trim(self) -> int:
        """Forget what retention allows; how many records. Some buses do so by themselves."""

    def close(self) -> None: ...
