"""When a feed is polled next. Pure: chance comes in as a number."""

from __future__ import annotations

from datetime import datetime, timedelta

from runtime.backoff import Backoff
from runtime.settings import IngestSettings


def next_interval(before: float, *, new: bool, settings: IngestSettings) -> float:
    """Seconds until the next poll of a feed that answers; `before` is the interval so far, 0 at first.

    Half as long when the feed had something new, half as long again when not, inside the settings' bounds.
    """
    low, high = settings.min_interval, settings.max_interval
    if before <= 0:
        return low
    return min(high, max(low, before / 2 if new else before * 1.5))


def next_poll(now: datetime, interval: float) -> datetime:
    return now + timedelta(seconds=interval)


def retry_at(now: datetime, *, failures: int, draw: float, settings: IngestSettings) -> datetime:
    """After so many failures in a row (1 or more): never before min_interval, then ever later.

    `draw`, from 0 to 1, spreads feeds of one broken site.
    """
    backoff = Backoff(base=settings.min_interval, cap=settings.max_interval)
    return now + timedelta(seconds=settings.min_interval + backoff.wait(failures, draw))
