"""Memory for bodies: so many bytes altogether, however many requests are under way.

    share = budget.share()
    await share.take(len(piece))     # waits while others hold what there is
    share.give_back()

Bodies grow as they come, and nobody knows how large they get. When all of the budget lies in bodies that want
more, the one that has waited longest gets what it wants beyond it, one at a time: so there is always one that
comes to its end, and never more in memory than the budget and one body.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Budget:
    """For one event loop."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._held = 0
        self._favoured: Share | None = None
        self._waiting: deque[tuple[Share, int, asyncio.Future[None]]] = deque()

    @property
    def held(self) -> int:
        """Bytes in bodies now."""
        return self._held

    def share(self) -> Share:
        return Share(self)

    def _may_take(self, share: Share, count: int) -> bool:
        if self._held + count <= self._total or self._favoured is share:
            return True
        if self._favoured is None:
            self._favoured = share
            return True
        return False

    def _grant(self, share: Share, count: int) -> None:
        self._held += count
        share.held += count

    def _return(self, share: Share) -> None:
        self._held -= share.held
        share.held = 0
        if self._favoured is share:
            self._favoured = None
        while self._waiting:
            first, count, turn = self._waiting[0]
            if not turn.done() and not self._may_take(first, count):
                return
            self._waiting.popleft()
            if not turn.done():  # else it was cancelled
                self._grant(first, count)
                turn.set_result(None)


class Share:
    """What one body holds of the budget. Nothing is held after `give_back`."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.held = 0

    def take_now(self, count: int) -> bool:
        """Whether there was room at once."""
        budget = self._budget
        free = not budget._waiting or budget._favoured is self
        if not free or not budget._may_take(self, count):
            return False
        budget._grant(self, count)
        return True

    async def take(self, count: int) -> None:
        """Waits for room, behind those that wait already."""
        if not self.take_now(count):
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._budget._waiting.append((self, count, turn))
            await turn

    def give_back(self) -> None:
        self._budget._return(self)
