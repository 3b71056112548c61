"""How long to wait before trying again."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """Exponential back-off with full jitter: a wait is drawn evenly from 0 to min(cap, base · 2^(n-1)).

    Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """

    base: float = 1.0
    cap: float = 60.0

    def ceiling(self, failures: int) -> float:
        """The longest wait, in seconds, after so many failures in a row (1 or more)."""
        return min(self.cap, self.base * 2.0 ** min(failures - 1, 62))

    def wait(self, failures: int, draw: float | None = None) -> float:
        """Seconds to wait; `draw`, from 0 to 1, stands in for chance where the caller decides it."""
        chance = random.random() if draw is None else draw  # noqa: S311 - spreads load, hides nothing
        return chance * self.ceiling(failures)
