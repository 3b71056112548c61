"""What one member has of each partition that the group gave it: pure bookkeeping.

A partition is `ready` once its committed offset is known and its tables are up to date; before that nothing
of it is handed out. `handed` are the stretches of offsets that were given to the stage and are not committed
yet, oldest first. A commit must take the oldest: anything else was polled before the partition went to
somebody else and came back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from article.errors import Fenced
from bus.channels import Channel
from bus.partition import partition_of
from bus.protocol import Batch, Message, Record


@dataclass
class Share:
    """One partition. `committed` is the offset that the group goes on from."""

    ready: bool = False
    committed: int = 0
    size: int = 0  # bytes of values in the buffer
    buffer: deque[Message] = field(default_factory=deque)
    handed: deque[tuple[int, int]] = field(default_factory=deque)

    def begin(self, committed: int) -> None:
        self.forget()
        self.ready = True
        self.committed = committed

    def forget(self) -> None:
        self.ready = False
        self.size = 0
        self.buffer.clear()
        self.handed.clear()

    def add(self, message: Message) -> None:
        self.buffer.append(message)
        self.size += len(message.value or b"")

    def take(self) -> Message:
        message = self.buffer.popleft()
        self.size -= len(message.value or b"")
        return message

    @property
    def idle(self) -> bool:
        return self.ready and not self.buffer and not self.handed


class Shares:
    """All partitions of one member, by number."""

    def __init__(self, channel: Channel, *, group: str, max_records: int, max_bytes: int) -> None:
        self._channel = channel
        self._group = group
        self._max_records = max_records
        self._max_bytes = max_bytes
        self._shares: dict[int, Share] = {}
        self._first = 0

    def __getitem__(self, partition: int) -> Share:
        return self._shares[partition]

    def gained(self, partitions: Iterable[int]) -> None:
        for partition in partitions:
            self._shares[partition] = Share()

    def lost(self, partitions: Iterable[int]) -> None:
        for partition in partitions:
            self._shares.pop(partition, None)

    def clear(self) -> frozenset[int]:
        """This member is in no group any more. Returns the partitions that it had."""
        had = frozenset(self._shares)
        self._shares.clear()
        return had

    def forget(self) -> None:
        """Nothing is certain any more: every partition must be prepared anew."""
        for share in self._shares.values():
            share.forget()

    def ready(self) -> frozenset[int]:
        return frozenset(number for number, share in self._shares.items() if share.ready)

    def unready(self) -> list[int]:
        return sorted(number for number, share in self._shares.items() if not share.ready)

    def idle(self) -> list[int]:
        return sorted(number for number, share in self._shares.items() if share.idle)

    def wants_more(self) -> bool:
        """Whether less than two batches wait over all partitions."""
        shares = self._shares.values()
        return (
            sum(len(share.buffer) for share in shares) < 2 * self._max_records
            and sum(share.size for share in shares) < 2 * self._max_bytes
        )

    def add(self, messages: Iterable[Message]) -> None:
        for message in messages:
            share = self._shares.get(message.partition)
            if share is not None and share.ready:
                share.add(message)

    def has_messages(self) -> bool:
        return any(share.buffer for share in self._shares.values())

    def take(self) -> Batch:
        """Partition after partition, beginning with another one each time so that none waits for ever."""
        messages: list[Message] = []
        owned = sorted(self.ready())
        size, self._first = 0, self._first + 1
        for index in range(len(owned)):
            share = self._shares[owned[(self._first + index) % len(owned)]]
            before = len(messages)
            while share.buffer and len(messages) < self._max_records:
                size += len(share.buffer[0].value or b"")
                if messages and size > self._max_bytes:
                    break
                messages.append(share.take())
            if len(messages) > before:
                share.handed.append((messages[before].offset, messages[-1].offset + 1))
            if size > self._max_bytes:
                break
        return Batch(messages=tuple(messages))

    def check(self, batch: Batch, outputs: Iterable[Record], partitions: Mapping[str, int]) -> dict[int, int]:
        """What to commit: of each partition that the batch or a table row belongs to, the next offset.

        An empty batch commits the place where the group stands, so that the brokers check membership.
        Raises Fenced where one of the partitions is not owned any more.
        """
        first: dict[int, int] = {}
        behind: dict[int, int] = {}
        for message in batch.messages:
            first.setdefault(message.partition, message.offset)
            behind[message.partition] = message.offset + 1
        for partition, offset in first.items():
            share = self._shares.get(partition)
            if share is None or not share.handed or share.handed[0][0] != offset:
                raise self._fenced(partition)
        for record in outputs:
            if record.channel.compacted and record.channel.family == self._channel.family:
                partition = partition_of(record.key, partitions[record.channel.name])
                if partition not in self.ready():
                    raise self._fenced(partition)
                behind.setdefault(partition, self._shares[partition].committed)
        if not behind:
            if not self.ready():
                raise Fenced(self._channel.name, f"no partition is owned in group {self._group}")
            partition = min(self.ready())
            behind[partition] = self._shares[partition].committed
        return behind

    def committed(self, batch: Batch, behind: Mapping[int, int]) -> None:
        for partition in {message.partition for message in batch.messages}:
            self._shares[partition].handed.popleft()
        for partition, offset in behind.items():
            self._shares[partition].committed = offset

    def _fenced(self, partition: int) -> Fenced:
        return Fenced(
            f"{self._channel.name}/{partition}", f"another member of group {self._group} has taken it over"
        )
