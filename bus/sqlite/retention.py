"""What may be forgotten: old records that every group has read, by age and by size."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from bus.channels import CHANNELS, KNOWN, Channel
from bus.sqlite.store import to_micros


@dataclass(frozen=True, kw_only=True)
class Retention:
    """`age` and `size` (bytes of values, per channel) for streams and for the marks of removed keys;
    `known` for how long an article is remembered after it was last seen."""

    age: timedelta = timedelta(days=30)
    size: int = 20_000_000_000
    known: timedelta = timedelta(days=365)


def trim(connection: sqlite3.Connection, retention: Retention, now: datetime) -> int:
    """Delete what is beyond the limits; the number of records deleted. Run inside a transaction."""
    deleted = 0
    for channel in CHANNELS.values():
        if channel == KNOWN:
            deleted += _delete(connection, channel, "time < ?", (to_micros(now - retention.known),))
            continue
        old = "time < ?" if not channel.compacted else "time < ? AND value IS NULL"
        deleted += _delete(connection, channel, f"{old} AND {_READ}", (to_micros(now - retention.age),))
        if not channel.compacted:
            deleted += _trim_to_size(connection, channel, retention.size)
    return deleted


# Every group that ever joined the channel has committed an offset behind the record.
_READ = (
    "offset < (SELECT COALESCE(MIN(o.next_offset), 9223372036854775807) FROM offsets o"
    " WHERE o.channel = log.channel AND o.partition = log.partition)"
)


def _trim_to_size(connection: sqlite3.Connection, channel: Channel, size: int) -> int:
    (held,) = connection.execute(
        "SELECT SUM(bytes) FROM partitions WHERE channel = ?", (channel.name,)
    ).fetchone()
    excess = held - size
    if excess <= 0:
        return 0
    rows = connection.execute(
        f"SELECT seq, length(value) FROM log WHERE channel = ? AND {_READ} ORDER BY seq",  # noqa: S608 - a constant
        (channel.name,),
    )
    last = -1
    for seq, length in rows:
        last = seq
        excess -= length or 0
        if excess <= 0:
            break
    rows.close()
    return _delete(connection, channel, f"seq <= ? AND {_READ}", (last,))


def _delete(connection: sqlite3.Connection, channel: Channel, where: str, arguments: tuple[int, ...]) -> int:
    freed = connection.execute(
        f"SELECT partition, SUM(length(value)), COUNT(*) FROM log WHERE channel = ? AND {where}"  # noqa: S608 - constants
        " GROUP BY partition",
        (channel.name, *arguments),
    ).fetchall()
    if not freed:
        return 0
    connection.execute(
        f"DELETE FROM log WHERE channel = ? AND {where}",  # noqa: S608 - constants
        (channel.name, *arguments),
    )
    connection.executemany(
        "UPDATE partitions SET bytes = bytes - ? WHERE channel = ? AND partition = ?",
        [(size or 0, channel.name, partition) for partition, size, _ in freed],
    )
    return sum(count for _, _, count in freed)
