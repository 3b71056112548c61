"""Turns: so many at once altogether, so many at once for one key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Slots:
    """Waiting for a busy key takes no place from others: the key's turn comes first, then the common one."""

    def __init__(self, *, total: int, per_key: int) -> None:
        self._total = asyncio.Semaphore(total)
        self._per_key = per_key
        self._keys: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def hold(self, key: str) -> AsyncIterator[None]:
        semaphore, users = self._keys.get(key) or (asyncio.Semaphore(self._per_key), 0)
        self._keys[key] = (semaphore, users + 1)
        try:
            async with semaphore, self._total:
                yield
        finally:
            users = self._keys[key][1]
            if users == 1:
                del self._keys[key]
            else:
                self._keys[key] = (semaphore, users - 1)
