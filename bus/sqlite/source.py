"""One member of a consumer group.

Exactly once rests on one comparison: a commit moves a partition's offset only where it still stands where
this member read it. Whoever comes second is fenced, so membership only has to be right most of the time.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from article.errors import Fenced
from bus.channels import Channel
from bus.partition import partition_of
from bus.protocol import Batch, Message, Record
from bus.sqlite.members import Membership
from bus.sqlite.store import connect, message_of, own_errors, transaction
from bus.sqlite.table import SqliteTable
from bus.sqlite.write import Layout, append
from runtime.clock import Clock

_WAIT_STEP = 0.02
_LIVENESS_SECONDS = 0.5


class SqliteSource:
    def __init__(
        self,
        path: Path,
        channel: Channel,
        *,
        group: str,
        layout: Layout,
        max_records: int,
        max_bytes: int,
        from_start: bool,
        clock: Clock,
    ) -> None:
        self._path = path
        self._channel = channel
        self._group = group
        self._layout = layout
        self._max_records = max_records
        self._max_bytes = max_bytes
        self._clock = clock
        self._position: dict[int, int] = {}
        self._committed: dict[int, int] = {}
        self._first = 0
        self._looked_at = -_LIVENESS_SECONDS
        self._version = -1
        self._open = True
        self._membership = Membership(
            path.with_name(path.name + ".members"), group=group, channel=channel.name
        )
        with own_errors(path):
            self._connection = connect(path)
            with transaction(self._connection):
                self._membership.join(self._connection)
                known = "REPLACE" if from_start else "IGNORE"
                self._connection.executemany(
                    f"INSERT OR {known} INTO offsets VALUES (?, ?, ?, 0)",  # noqa: S608 - one of two words
                    [(group, channel.name, number) for number in range(layout.partitions)],
                )

    def poll(self, timeout: float) -> Batch:
        deadline = time.monotonic() + timeout
        with own_errors(self._path):
            while True:
                version = self._data_version()
                if version != self._version or time.monotonic() - self._looked_at >= _LIVENESS_SECONDS:
                    self._check_members()
                if version != self._version:
                    messages = self._read()
                    if messages:
                        return Batch(messages=tuple(messages))
                    self._version = version
                left = deadline - time.monotonic()
                if left <= 0:
                    return Batch()
                time.sleep(min(_WAIT_STEP, left))

    def commit(self, batch: Batch, outputs: Sequence[Record]) -> None:
        behind = {message.partition: message.offset + 1 for message in batch.messages}
        with own_errors(self._path):
            try:
                with transaction(self._connection):
                    self._check_ownership(behind, outputs)
                    for partition, offset in behind.items():
                        self._move(partition, offset)
                    append(self._connection, outputs, layout=self._layout, now=self._clock.now())
            except Fenced:
                self._reassign(self._membership.members(self._connection))
                self.rewind()
                raise
        self._committed.update(behind)
        self._version = -1  # SQLite does not count a connection's own writes as news

    def rewind(self) -> None:
        self._version = -1
        with own_errors(self._path):
            for partition in self._position:
                self._load(partition)

    def owned(self) -> frozenset[int]:
        return frozenset(self._position)

    def table(self, channel: Channel) -> SqliteTable:
        return SqliteTable(self._path, self._connection, channel, self.owned)

    def close(self) -> None:
        if not self._open:
            return
        self._open = False
        with own_errors(self._path):
            with transaction(self._connection):
                self._membership.leave(self._connection)
            self._connection.close()
        self._membership.release()

    def _check_members(self) -> None:
        """See who is there: the table after every write to the file, the locks twice a second."""
        members = self._membership.members(self._connection)
        now = time.monotonic()
        if now - self._looked_at >= _LIVENESS_SECONDS:
            self._looked_at = now
            if gone := self._membership.gone(members):
                with transaction(self._connection):
                    self._membership.remove(self._connection, gone)
                members = [member for member in members if member not in gone]
        self._reassign(members)

    def _reassign(self, members: list[str]) -> None:
        owned = self._membership.share(members, self._layout.partitions)
        if owned == self.owned():
            return
        self._version = -1
        for partition in self.owned() - owned:
            del self._position[partition], self._committed[partition]
        for partition in owned - self.owned():
            self._load(partition)

    def _load(self, partition: int) -> None:
        row = self._connection.execute(
            "SELECT next_offset FROM offsets WHERE grp = ? AND channel = ? AND partition = ?",
            (self._group, self._channel.name, partition),
        ).fetchone()
        self._position[partition] = self._committed[partition] = row[0]

    def _data_version(self) -> int:
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version

    def _read(self) -> list[Message]:
        """Partition after partition, beginning with another one each time so that none waits for ever."""
        messages: list[Message] = []
        size = 0
        owned = sorted(self._position)
        self._first += 1
        for index in range(len(owned)):
            partition = owned[(self._first + index) % len(owned)]
            rows = self._connection.execute(
                "SELECT partition, offset, key, value, headers, time FROM log"
                " WHERE channel = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?",
                (self._channel.name, partition, self._position[partition], self._max_records - len(messages)),
            )
            for row in rows:
                message = message_of(self._channel, row)
                size += len(message.value or b"")
                if messages and size > self._max_bytes:
                    rows.close()
                    return messages
                messages.append(message)
                self._position[partition] = message.offset + 1
            if len(messages) >= self._max_records:
                break
        return messages

    def _check_ownership(self, behind: dict[int, int], outputs: Sequence[Record]) -> None:
        owned = self._membership.share(self._membership.members(self._connection), self._layout.partitions)
        needed = set(behind)
        for record in outputs:
            if record.channel.compacted and record.channel.family == self._channel.family:
                needed.add(partition_of(record.key, self._layout.partitions))
        # A batch from before a rewind will come again: committed now, it would be processed twice.
        rewound = {number for number, offset in behind.items() if self._position.get(number, -1) < offset}
        if lost := (needed - owned) | rewound:
            raise self._fenced(min(lost))

    def _move(self, partition: int, offset: int) -> None:
        moved = self._connection.execute(
            "UPDATE offsets SET next_offset = ?"
            " WHERE grp = ? AND channel = ? AND partition = ? AND next_offset = ?",
            (offset, self._group, self._channel.name, partition, self._committed.get(partition, -1)),
        )
        if moved.rowcount != 1:
            raise self._fenced(partition)

    def _fenced(self, partition: int) -> Fenced:
        return Fenced(
            f"{self._channel.name}/{partition}", f"another member of group {self._group} has taken it over"
        )
