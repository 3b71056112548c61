"""Turns: so many at once altogether, so many at once for one key."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from types import TracebackType


@dataclass(slots=True)
class _Key:
    turns: asyncio.Semaphore
    users: int = 0


class Slots:
    """Waiting for a busy key takes no place from others: the key's turn comes first, then the common one."""

    def __init__(self, *, total: int, per_key: int) -> None:
        self._total = asyncio.Semaphore(total)
        self._per_key = per_key
        self._keys: dict[str, _Key] = {}

    def hold(self, key: str) -> _Turn:
        """`async with slots.hold(key)`: inside it is the key's turn."""
        return _Turn(self, key)


class _Turn:
    """A class, for a generator costs each request as much again as the two semaphores."""

    __slots__ = ("_key", "_slots")

    def __init__(self, slots: Slots, key: str) -> None:
        self._slots, self._key = slots, key

    async def __aenter__(self) -> None:
        slots = self._slots
        key = slots._keys.get(self._key)
        if key is None:
            key = slots._keys[self._key] = _Key(asyncio.Semaphore(slots._per_key))
        key.users += 1
        try:
            await key.turns.acquire()
        except BaseException:
            self._leave(key)
            raise
        try:
            await slots._total.acquire()
        except BaseException:
            key.turns.release()
            self._leave(key)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        key = self._slots._keys[self._key]
        self._slots._total.release()
        key.turns.release()
        self._leave(key)

    def _leave(self, key: _Key) -> None:
        key.users -= 1
        if not key.users:
            del self._slots._keys[self._key]
