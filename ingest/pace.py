"""How fast new entries come, in entries per hour, from what the polls of a feed found. Pure.

Rates are moving averages over continuous time, so that irregular polls count by how long they cover. The
recent rate fades exponentially: a poll after `hours` with `new` entries moves it to
rate · e^(-hours/memory) + new/hours · (1 - e^(-hours/memory)). The pace is the plain average since the feed
is known, and later over about a week.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from article.observed import FeedFlow
from ingest.moment import is_absurd

_RECENT = 0.5  # hours of memory: short enough to see a burst begin, long enough that one entry is no burst
_LONG = 7 * 24.0  # hours: a week evens out nights and weekends
_PEAK_HALVES = 7 * 24.0  # hours in which the peak fades to half: a burst of last week is still prepared for
_LEAST_SPAN = 1.0  # hours: entries that were published all at once say nothing about a pace
_SHORTEST = 1 / 3600  # hours


def hours_between(start: datetime, end: datetime) -> float:
    """Never less than a second, which keeps rates finite."""
    return max(_SHORTEST, (end - start).total_seconds() / 3600)


def began(dates: Iterable[datetime | None], *, now: datetime) -> FeedFlow:
    """What a feed's first document tells by the dates of its entries; those in the future do not count."""
    known = sorted(date for date in dates if date is not None and not is_absurd(date, now))
    if not known:
        return FeedFlow(since=now, last_new=now)
    newest = min(now, known[-1])
    rate = rate_of(known)
    recent = rate * math.exp(-hours_between(newest, now) / _RECENT)
    return FeedFlow(pace=rate, recent=recent, peak=rate, since=min(now, known[0]), last_new=newest)


def rate_of(dates: list[datetime]) -> float:
    """Entries per hour over the span of `dates`, which are sorted; 0 for a single moment."""
    if len(dates) < 2 or dates[0] == dates[-1]:
        return 0.0
    return (len(dates) - 1) / max(_LEAST_SPAN, hours_between(dates[0], dates[-1]))


def went_on(flow: FeedFlow, *, new: int, hours: float, now: datetime, unseen: int = 0) -> FeedFlow:
    """After `hours` in which `new` entries came, and perhaps `unseen` ones that nobody can know of."""
    kept = math.exp(-hours / _RECENT)
    recent = flow.recent * kept + (new + unseen) / hours * (1 - kept)
    peak = max(flow.peak * 0.5 ** (hours / _PEAK_HALVES), recent - 1 / _RECENT)  # one entry is no burst
    if not new:
        return replace(flow, recent=recent, peak=peak)
    last_new = flow.last_new or now
    covers = hours_between(last_new, now)
    memory = min(_LONG, max(_LEAST_SPAN, hours_between(flow.since or last_new, now)))
    pace = flow.pace + min(1.0, covers / memory) * (new / covers - flow.pace)
    return replace(flow, recent=recent, peak=peak, pace=pace, last_new=now)
