"""The file: its schema, how it is opened, and SQLite's errors made the project's own."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from article.errors import BadConfiguration, Unavailable
from bus.channels import CHANNELS, Channel
from bus.protocol import Headers, Message

SCHEMA_VERSION = 1
_BUSY_SECONDS = 60

# `log` holds every record; `compacted` mirrors the channel so that a partial unique index can keep one
# record per key of a table. `partitions` counts what was ever written and the bytes of values now held.
_SCHEMA = """
CREATE TABLE log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL,
    key TEXT NOT NULL, value BLOB, headers TEXT NOT NULL, time INTEGER NOT NULL, compacted INTEGER NOT NULL
);
CREATE UNIQUE INDEX log_place ON log (channel, partition, offset);
CREATE UNIQUE INDEX log_table ON log (channel, key) WHERE compacted = 1;
CREATE TABLE partitions (
    channel TEXT NOT NULL, partition INTEGER NOT NULL,
    next_offset INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (channel, partition)
) WITHOUT ROWID;
CREATE TABLE offsets (
    grp TEXT NOT NULL, channel TEXT NOT NULL, partition INTEGER NOT NULL, next_offset INTEGER NOT NULL,
    PRIMARY KEY (grp, channel, partition)
) WITHOUT ROWID;
CREATE TABLE members (
    grp TEXT NOT NULL, channel TEXT NOT NULL, member TEXT NOT NULL,
    PRIMARY KEY (grp, channel, member)
) WITHOUT ROWID;
"""

_HEADERS = json.JSONEncoder(separators=(",", ":"))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@contextmanager
def own_errors(path: Path) -> Iterator[None]:
    """SQLite's errors as ours, naming the file and the way out."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "readonly" in text or "unable to open" in text:
            raise BadConfiguration(
                str(path), "cannot be written", "give this user the folder, or set WIREWATCH_DATA_DIR"
            ) from error
        if "full" in text:
            raise Unavailable(str(path), "the disk is full", "make room; nothing was lost") from error
        raise Unavailable(str(path), text, "is another program holding the file?") from error
    except sqlite3.DatabaseError as error:
        raise BadConfiguration(
            str(path), f"is not a usable log: {error}", "restore it from a backup or move it away"
        ) from error


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode; transactions are begun by name. Call inside `own_errors`."""
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    # FULL: a commit survives a power cut, so the index never holds what the log has forgotten.
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def create(path: Path, partitions: int) -> int:
    """Make the file and its tables where they are missing; the number of partitions that it has.

    An existing file keeps the number that it was made with, whatever is asked for.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadConfiguration(
            str(path.parent),
            f"cannot be made: {error.strerror}",
            "set WIREWATCH_DATA_DIR to a folder you own",
        ) from error
    with own_errors(path), _alone(path):
        connection = connect(path)
        try:
            # Stays with the file. Two processes that change it at the same moment would lock each other out.
            connection.execute("PRAGMA journal_mode = WAL")
            with transaction(connection):
                found = connection.execute("PRAGMA user_version").fetchone()[0]
                if found == 0:
                    for statement in _SCHEMA.split(";"):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
                elif found == SCHEMA_VERSION:
                    (partitions,) = connection.execute(
                        "SELECT COUNT(DISTINCT partition) FROM partitions"
                    ).fetchone()
                if found in (0, SCHEMA_VERSION):
                    # A file that an earlier release made lacks the channels that are new in this one.
                    connection.executemany(
                        "INSERT OR IGNORE INTO partitions (channel, partition) VALUES (?, ?)",
                        [(name, number) for name in CHANNELS for number in range(partitions)],
                    )
        finally:
            connection.close()
    if found not in (0, SCHEMA_VERSION):
        raise BadConfiguration(
            str(path),
            f"has format {found}, this release reads {SCHEMA_VERSION}",
            "run the release that wrote it, or start with an empty data folder",
        )
    return partitions


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time, by a lock that the kernel gives back when its holder ends."""
    try:
        lock = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BadConfiguration(
            str(path.parent),
            f"cannot be written: {error.strerror}",
            "set WIREWATCH_DATA_DIR to a folder you own",
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """A write transaction: all or nothing, one writer at a time over all processes."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def message_of(channel: Channel, row: tuple[int, int, str, bytes | None, str, int]) -> Message:
    """Of the columns partition, offset, key, value, headers, time."""
    partition, offset, key, value, headers, micros = row
    return Message(
        channel=channel,
        partition=partition,
        offset=offset,
        key=key,
        value=value,
        headers=unpack_headers(headers),
        time=from_micros(micros),
    )


def pack_headers(headers: Headers) -> str:
    """As JSON; Latin-1 gives every byte a character and back."""
    return _HEADERS.encode([[name, value.decode("latin-1")] for name, value in headers])


def unpack_headers(text: str) -> Headers:
    return tuple((name, value.encode("latin-1")) for name, value in json.loads(text))


def to_micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)
