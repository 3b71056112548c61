"""Reading a compacted channel by key."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from bus.channels import Channel
from bus.sqlite.store import own_errors

_CHUNK = 500


class SqliteTable:
    """`owned` says which partitions may be seen; None is all of them."""

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        channel: Channel,
        owned: Callable[[], frozenset[int]] | None = None,
    ) -> None:
        self._path = path
        self._connection = connection
        self._channel = channel
        self._owned = owned

    def get(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        found: dict[str, bytes] = {}
        with own_errors(self._path):
            for start in range(0, len(keys), _CHUNK):
                chunk = keys[start : start + _CHUNK]
                marks = ",".join("?" * len(chunk))
                rows = self._connection.execute(
                    "SELECT key, value, partition FROM log"  # noqa: S608 - only question marks are put in
                    f" WHERE channel = ? AND key IN ({marks}) AND compacted = 1 AND value IS NOT NULL",
                    (self._channel.name, *chunk),
                )
                found.update((key, value) for key, value, partition in rows if self._sees(partition))
        return found

    def items(self) -> Iterator[tuple[str, bytes]]:
        """In chunks by key, so that no read transaction stays open between them."""
        after = ""
        while True:
            with own_errors(self._path):
                rows = self._connection.execute(
                    "SELECT key, value, partition FROM log"
                    " WHERE channel = ? AND compacted = 1 AND key > ? ORDER BY key LIMIT ?",
                    (self._channel.name, after, _CHUNK),
                ).fetchall()
            if not rows:
                return
            after = rows[-1][0]
            yield from (
                (key, value) for key, value, partition in rows if value is not None and self._sees(partition)
            )

    def _sees(self, partition: int) -> bool:
        return self._owned is None or partition in self._owned()
