"""How fast new entries come, in entries per hour, from what the polls of a feed found. Pure.

Rates are moving averages over continuous time, so that irregular polls count by how long they cover. The
recent rate fades exponentially: a poll after `hours` with `new` entries moves it to
rate · e^(-hours/memory) + new/hours · (1 - e^(-hours/memory)). The pace is the plain average since the feed
is known, and later over about a week. Polls that find nothing change no rate: what fades is worked out when
it is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from article.observed import FeedFlow
from ingest.formats.moment import is_absurd

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
        return FeedFlow(since=now, last_new=now, as_of=now)
    newest = min(now, known[-1])
    rate = rate_of(known)
    since = min(now, known[0])
    return FeedFlow(pace=rate, recent=rate, peak=rate, since=since, last_new=newest, as_of=newest)


def recent_rate(flow: FeedFlow, now: datetime) -> float:
    """Over the last half hour or so."""
    return flow.recent * math.exp(-hours_between(flow.as_of, now) / _RECENT) if flow.as_of else flow.recent


def peak_rate(flow: FeedFlow, now: datetime) -> float:
    """The fastest that was seen, the less the longer ago."""
    return flow.peak * 0.5 ** (hours_between(flow.as_of, now) / _PEAK_HALVES) if flow.as_of else flow.peak


def rate_of(dates: list[datetime]) -> float:
    """Entries per hour over the span of `dates`, which are sorted; 0 for a single moment."""
    if len(dates) < 2 or dates[0] == dates[-1]:
        return 0.0
    return (len(dates) - 1) / max(_LEAST_SPAN, hours_between(dates[0], dates[-1]))


def went_on(flow: FeedFlow, *, new: int, hours: float, now: datetime, unseen: int = 0) -> FeedFlow:
    """After a document with `new` entries, and perhaps `unseen` ones that nobody can know of.

    They came in the `hours` since the last good poll.
    """
    share = 1 - math.exp(-hours / _RECENT)
    recent = recent_rate(flow, now) + (new + unseen) / hours * share
    peak = max(peak_rate(flow, now), recent - 1 / _RECENT)  # one entry is no burst
    after = replace(flow, recent=recent, peak=peak, as_of=now)
    if not new:
        return after
    last_new = flow.last_new or now
    covers = hours_between(last_new, now)
    memory = min(_LONG, max(_LEAST_SPAN, hours_between(flow.since or last_new, now)))
    pace = flow.pace + min(1.0, covers / memory) * (new / covers - flow.pace)
    return replace(after, pace=pace, last_new=now)
