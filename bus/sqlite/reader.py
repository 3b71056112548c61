"""Reading a channel without a group."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from bus.channels import Channel
from bus.protocol import Message
from bus.sqlite.store import connect, message_of, own_errors

_WAIT_STEP = 0.05
_MAX_RECORDS = 500
_NO_END = 2**63 - 1


class SqliteReader:
    """Messages of all partitions in the order in which they were written."""

    def __init__(
        self, path: Path, channel: Channel, *, from_start: bool, behind: str | None, until_now: bool
    ) -> None:
        self._path = path
        self._channel = channel
        with own_errors(path):
            self._connection = connect(path)
            (end,) = self._connection.execute("SELECT COALESCE(MAX(seq), 0) FROM log").fetchone()
            self._committed = dict(
                self._connection.execute(
                    "SELECT partition, next_offset FROM offsets WHERE grp = ? AND channel = ?",
                    (behind, channel.name),
                ).fetchall()
            )
        self._after = 0 if from_start or behind else end
        self._last = end if until_now else _NO_END

    def poll(self, timeout: float) -> Sequence[Message]:
        deadline = time.monotonic() + timeout
        while True:
            if messages := self._read():
                return messages
            left = deadline - time.monotonic()
            if left <= 0 or self._last != _NO_END:
                return ()
            time.sleep(min(_WAIT_STEP, left))

    def close(self) -> None:
        self._connection.close()

    def _read(self) -> list[Message]:
        """Something, unless there is nothing more: a chunk may hold only what the group has read."""
        while chunk := self._chunk():
            found = [one for one in chunk if one.offset >= self._committed.get(one.partition, 0)]
            if found:
                return found
        return []

    def _chunk(self) -> list[Message]:
        with own_errors(self._path):
            rows = self._connection.execute(
                "SELECT seq, partition, offset, key, value, headers, time FROM log"
                " WHERE channel = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
                (self._channel.name, self._after, self._last, _MAX_RECORDS),
            ).fetchall()
        if rows:
            self._after = rows[-1][0]
        return [message_of(self._channel, row[1:]) for row in rows]
