"""Appending records, inside a transaction that the caller has begun."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from article.errors import Unavailable
from bus.partition import partition_of
from bus.protocol import Record
from bus.sqlite.store import pack_headers, to_micros


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What a file was made with, and the most bytes of values that a channel may hold."""

    path: Path
    partitions: int
    max_bytes: int


def append(
    connection: sqlite3.Connection, records: Sequence[Record], *, layout: Layout, now: datetime
) -> None:
    """Each record behind the last of its partition; a table keeps the newest record of each key.

    Raises Unavailable for a channel that is full of records not yet read by every group: those are never
    trimmed, so without this a stage that stands still would let the file grow without bound.
    """
    for name in {record.channel.name for record in records if not record.channel.compacted}:
        _check_room(connection, name, layout)
    micros = to_micros(now)
    places = [(record.channel.name, partition_of(record.key, layout.partitions)) for record in records]
    following = {
        place: connection.execute(
            "SELECT next_offset FROM partitions WHERE channel = ? AND partition = ?", place
        ).fetchone()[0]
        for place in set(places)
    }
    added: Counter[tuple[str, int]] = Counter()
    for record, place in zip(records, places, strict=True):
        if record.channel.compacted:
            added[place] -= _removed_bytes(connection, record)
        connection.execute(
            "INSERT INTO log (channel, partition, offset, key, value, headers, time, compacted)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *place,
                following[place],
                record.key,
                record.value,
                pack_headers(record.headers),
                micros,
                int(record.channel.compacted),
            ),
        )
        following[place] += 1
        added[place] += len(record.value or b"")
    connection.executemany(
        "UPDATE partitions SET next_offset = ?, bytes = bytes + ? WHERE channel = ? AND partition = ?",
        [(offset, added[place], *place) for place, offset in following.items()],
    )


def _removed_bytes(connection: sqlite3.Connection, record: Record) -> int:
    """Makes room for the key's new record; how many bytes the old one had."""
    rows = connection.execute(
        "DELETE FROM log WHERE channel = ? AND key = ? AND compacted = 1 RETURNING length(value)",
        (record.channel.name, record.key),
    ).fetchall()
    return sum(size or 0 for (size,) in rows)


def _check_room(connection: sqlite3.Connection, channel: str, layout: Layout) -> None:
    row = connection.execute("SELECT SUM(bytes) FROM partitions WHERE channel = ?", (channel,)).fetchone()
    if row[0] > layout.max_bytes:
        raise Unavailable(
            channel,
            f"holds {row[0]:,} bytes in {layout.path} that are not yet read by every group",
            "start the stage that reads it, or raise WIREWATCH_BUS__RETENTION_BYTES",
        )
