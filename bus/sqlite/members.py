"""Who is in a consumer group, across processes, without heartbeats or clocks.

Each member holds a lock (flock) on a file of its own. The kernel lets go of it when the process ends,
however it ends, so a lock that can be taken belonged to a member that is gone.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import uuid
from pathlib import Path

from article.errors import BadConfiguration


class Membership:
    """One member's place in a group. `join`, `present` and `leave` run inside the caller's transaction."""

    def __init__(self, folder: Path, *, group: str, channel: str) -> None:
        self.name = uuid.uuid4().hex
        self._folder = folder
        self._group = (group, channel)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._path(self.name), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise BadConfiguration(str(folder), f"cannot be written: {error.strerror}") from error
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def join(self, connection: sqlite3.Connection) -> None:
        connection.execute(
            "INSERT INTO members (grp, channel, member) VALUES (?, ?, ?)", (*self._group, self.name)
        )

    def leave(self, connection: sqlite3.Connection) -> None:
        self._remove(connection, self.name)

    def release(self) -> None:
        """Let go of the lock, after the transaction with `leave` is committed."""
        self._path(self.name).unlink(missing_ok=True)
        os.close(self._lock)

    def members(self, connection: sqlite3.Connection) -> list[str]:
        """Every member that is in the table, in the order that shares out the partitions."""
        return [
            member
            for (member,) in connection.execute(
                "SELECT member FROM members WHERE grp = ? AND channel = ? ORDER BY member", self._group
            )
        ]

    def gone(self, members: list[str]) -> list[str]:
        """Those of the members whose process has ended."""
        return [member for member in members if member != self.name and self._is_gone(member)]

    def remove(self, connection: sqlite3.Connection, members: list[str]) -> None:
        for member in members:
            self._remove(connection, member)
            self._path(member).unlink(missing_ok=True)

    def share(self, members: list[str], partitions: int) -> frozenset[int]:
        """This member's partitions: dealt out in turn; none where it is not in the group."""
        if self.name not in members:
            return frozenset()
        return frozenset(range(members.index(self.name), partitions, len(members)))

    def _remove(self, connection: sqlite3.Connection, member: str) -> None:
        connection.execute(
            "DELETE FROM members WHERE grp = ? AND channel = ? AND member = ?", (*self._group, member)
        )

    def _is_gone(self, member: str) -> bool:
        try:
            lock = os.open(self._path(member), os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return True
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(lock)
        return True

    def _path(self, member: str) -> Path:
        return self._folder / f"{member}.lock"
