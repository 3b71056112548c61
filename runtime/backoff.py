"""How long to wait before trying again, and trying again."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from article.errors import Unavailable
from runtime.logging import get_logger
from runtime.shutdown import Stop

T = TypeVar("T")


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


def patiently(
    action: Callable[[], T],
    *,
    component: str,
    event: str,
    stop: Stop,
    backoff: Backoff | None = None,
    until: float = math.inf,
    waiting: Callable[[], None] = lambda: None,
) -> T:
    """What `action` returns, tried until what it needs is there; a try before another is logged as `event`,
    and `waiting` is called.

    Raises Unavailable when stopping meanwhile, and for the first try that fails at the monotonic time `until`
    or later; at once whatever else `action` raises.
    """
    waits = backoff or Backoff(base=0.5, cap=30.0)
    failures = 0
    while True:
        try:
            return action()
        except Unavailable as error:
            if time.monotonic() >= until:
                raise
            failures += 1
            waiting()
            wait = waits.wait(failures)
            get_logger(component).warning(event, reason=str(error), retry_in=round(wait, 1))
            if stop.wait(wait):
                raise
