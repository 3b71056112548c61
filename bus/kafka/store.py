"""A copy on disk of the table partitions that one process owns, with the place up to which it is true.

The channel holds the truth; this file only saves reading it from the start. It says of each partition up to
which offset it has taken over the channel (`checkpoint`) and when it did. After a crash it is a little
behind and catches up (`restore`); what is in doubt is dropped and read anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from article.errors import BadConfiguration, Unavailable
from bus.channels import Channel

_CHUNK = 500
_SCHEMA = """
CREATE TABLE IF NOT EXISTS rows (
    channel TEXT NOT NULL, key TEXT NOT NULL, partition INTEGER NOT NULL, value BLOB NOT NULL,
    time INTEGER NOT NULL, PRIMARY KEY (channel, key)
);
CREATE INDEX IF NOT EXISTS rows_place ON rows (channel, partition);
CREATE TABLE IF NOT EXISTS checkpoints (
    channel TEXT NOT NULL, partition INTEGER NOT NULL, created TEXT NOT NULL,
    next_offset INTEGER NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (channel, partition)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """The copy of a partition holds what came before `next_offset`, as of `time`. `created` tells the channel
    from another of the same name that was deleted."""

    created: str
    next_offset: int
    time: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A change of a table: a value for a key, or its removal. `time` is when it was written."""

    key: str
    value: bytes | None
    offset: int
    time: datetime


class LocalStore:
    """Used by one thread at a time. Without a path it lies in a temporary file that goes with it."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._opened()
        except sqlite3.DatabaseError:
            if path is None:
                raise
            path.unlink(missing_ok=True)  # damaged: the channel has it all
            self._connection = self._opened()
        except OSError as error:
            raise BadConfiguration(
                str(path),
                f"cannot be written: {error.strerror}",
                "set WIREWATCH_DATA_DIR to a folder you own",
            ) from error

    def checkpoint(self, channel: Channel, partition: int) -> Checkpoint | None:
        row = self._connection.execute(
            "SELECT created, next_offset, time FROM checkpoints WHERE channel = ? AND partition = ?",
            (channel.name, partition),
        ).fetchone()
        if row is None:
            return None
        return Checkpoint(created=row[0], next_offset=row[1], time=datetime.fromtimestamp(row[2], UTC))

    def drop(self, channel: Channel, partition: int) -> None:
        with self._writing():
            for table in ("rows", "checkpoints"):
                self._connection.execute(
                    f"DELETE FROM {table} WHERE channel = ? AND partition = ?",  # noqa: S608 - one of two words
                    (channel.name, partition),
                )

    def apply(
        self,
        channel: Channel,
        partition: int,
        rows: Iterable[Row],
        *,
        behind: int,
        created: str,
        now: datetime,
    ) -> None:
        """Take over changes in the order of their offsets; the checkpoint is then `behind` them."""
        with self._writing():
            for row in rows:
                if row.value is None:
                    self._connection.execute(
                        "DELETE FROM rows WHERE channel = ? AND key = ?", (channel.name, row.key)
                    )
                else:
                    self._connection.execute(
                        "INSERT OR REPLACE INTO rows (channel, key, partition, value, time)"
                        " VALUES (?, ?, ?, ?, ?)",
                        (channel.name, row.key, partition, row.value, int(row.time.timestamp())),
                    )
            self._connection.execute(
                "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?)",
                (channel.name, partition, created, behind, int(now.timestamp())),
            )

    def get(self, channel: Channel, keys: Sequence[str], owned: Callable[[int], bool]) -> Mapping[str, bytes]:
        found: dict[str, bytes] = {}
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            rows = self._connection.execute(
                f"SELECT key, value, partition FROM rows WHERE channel = ? AND key IN ({marks})",  # noqa: S608 - only question marks are put in
                (channel.name, *chunk),
            )
            found.update((key, value) for key, value, partition in rows if owned(partition))
        return found

    def items(self, channel: Channel, owned: Callable[[int], bool]) -> Iterator[tuple[str, bytes]]:
        """In chunks by key, so that no read transaction stays open between them."""
        after = ""
        while rows := self._connection.execute(
            "SELECT key, value, partition FROM rows WHERE channel = ? AND key > ? ORDER BY key LIMIT ?",
            (channel.name, after, _CHUNK),
        ).fetchall():
            after = rows[-1][0]
            yield from ((key, value) for key, value, partition in rows if owned(partition))

    def forget(self, channel: Channel, *, before: datetime) -> int:
        """Remove rows that were written before; how many. The channel forgets them by itself."""
        with self._writing():
            return self._connection.execute(
                "DELETE FROM rows WHERE channel = ? AND time < ?", (channel.name, int(before.timestamp()))
            ).rowcount

    def close(self) -> None:
        self._connection.close()

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path or "", isolation_level=None, check_same_thread=False)
        with suppress(sqlite3.OperationalError):  # a temporary file has no log of its own
            connection.execute("PRAGMA journal_mode = WAL")
        # A power cut may cost the last changes, never the file; what is lost is read again.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.executescript(_SCHEMA)
        return connection

    def _writing(self) -> _Writing:
        return _Writing(self._connection, self._path)


class _Writing:
    """A write transaction; a full disk is said as such."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        self._connection = connection
        self._path = path

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._connection.execute("COMMIT" if error is None else "ROLLBACK")
        if isinstance(error, sqlite3.OperationalError):
            raise Unavailable(str(self._path or "temporary folder"), str(error), "make room") from error
