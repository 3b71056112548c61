"""The SQLite bus: opens sources and readers, publishes, counts, trims."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from bus.channels import Channel
from bus.partition import partition_of
from bus.protocol import Lag, Message, Record
from bus.replacing import check_unchanged
from bus.sqlite.reader import SqliteReader
from bus.sqlite.retention import Retention, trim
from bus.sqlite.source import SqliteSource
from bus.sqlite.store import connect, create, message_of, own_errors, transaction
from bus.sqlite.table import SqliteTable
from bus.sqlite.write import Layout, append
from runtime.clock import Clock

_HEADROOM = 2  # times the size limit: what unread records may take before writers are refused


class SqliteBus:
    """One per process and file. `partitions` counts only when the file is new."""

    def __init__(
        self, path: Path, *, partitions: int = 8, clock: Clock, retention: Retention | None = None
    ) -> None:
        self._path = path
        self._clock = clock
        self._retention = retention or Retention()
        self._layout = Layout(
            path=path, partitions=create(path, partitions), max_bytes=self._retention.size * _HEADROOM
        )
        self._lock = threading.Lock()
        with own_errors(path):
            self._connection = connect(path)

    def source(
        self,
        channel: Channel,
        *,
        group: str,
        tables: Sequence[Channel] = (),  # noqa: ARG002 - every table is in the same file
        max_records: int = 500,
        max_bytes: int = 8_000_000,
        from_start: bool = False,
    ) -> SqliteSource:
        return SqliteSource(
            self._path,
            channel,
            group=group,
            layout=self._layout,
            max_records=max_records,
            max_bytes=max_bytes,
            from_start=from_start,
            clock=self._clock,
        )

    def publish(self, records: Sequence[Record]) -> None:
        with self._lock, own_errors(self._path), transaction(self._connection):
            append(self._connection, records, layout=self._layout, now=self._clock.now())

    def replace(self, record: Record, *, seen: bytes | None) -> None:
        with self._lock, own_errors(self._path), transaction(self._connection):
            row = self._connection.execute(
                "SELECT value FROM log WHERE channel = ? AND key = ? AND compacted = 1",
                (record.channel.name, record.key),
            ).fetchone()
            check_unchanged(record, present=row[0] if row else None, seen=seen)
            append(self._connection, [record], layout=self._layout, now=self._clock.now())

    def table(self, channel: Channel) -> SqliteTable:
        with own_errors(self._path):
            return SqliteTable(self._path, connect(self._path), channel)

    def reader(
        self,
        channel: Channel,
        *,
        from_start: bool = False,
        behind: str | None = None,
        until_now: bool = False,
    ) -> SqliteReader:
        return SqliteReader(self._path, channel, from_start=from_start, behind=behind, until_now=until_now)

    def history(self, channel: Channel, key: str) -> Iterator[Message]:
        with self._lock, own_errors(self._path):
            rows = self._connection.execute(
                "SELECT partition, offset, key, value, headers, time FROM log"
                " WHERE channel = ? AND partition = ? AND key = ? ORDER BY offset",
                (channel.name, partition_of(key, self._layout.partitions), key),
            ).fetchall()
        yield from (message_of(channel, row) for row in rows)

    def lag(self, channel: Channel, *, group: str) -> Lag:
        with self._lock, own_errors(self._path):
            rows = self._connection.execute(
                "SELECT p.partition, p.next_offset - MAX(COALESCE(o.next_offset, 0), COALESCE("
                " (SELECT MIN(l.offset) FROM log l WHERE l.channel = p.channel AND l.partition = p.partition)"
                ", p.next_offset))"
                " FROM partitions p"
                " LEFT JOIN offsets o ON o.channel = p.channel AND o.partition = p.partition AND o.grp = ?"
                " WHERE p.channel = ?",
                (group, channel.name),
            ).fetchall()
        return Lag(group=group, channel=channel, partitions={part: max(0, behind) for part, behind in rows})

    def count(self, channel: Channel) -> int:
        with self._lock, own_errors(self._path):
            (written,) = self._connection.execute(
                "SELECT SUM(next_offset) FROM partitions WHERE channel = ?", (channel.name,)
            ).fetchone()
        return int(written)

    def trim(self) -> int:
        """Forget what retention allows; the number of records deleted."""
        with self._lock, own_errors(self._path), transaction(self._connection):
            return trim(self._connection, self._retention, self._clock.now())

    def close(self) -> None:
        with self._lock:
            self._connection.close()
