"""When a feed is polled next, and why then. Pure: chance comes in as a number.

A feed is polled about twice for each new entry that it has had of late. What it asks for itself (headers,
ttl, skipHours …) makes that longer, inside the settings' bounds. Above all stands that no entry is lost: at
the fastest pace that was seen, no more than a third of what the feed shows may be replaced between two polls.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from article.observed import FeedFlow, FeedHints
from ingest.rhythm.pace import peak_rate, recent_rate
from runtime.backoff import Backoff
from runtime.settings import IngestSettings

_POLLS_AN_ENTRY = 2.0
_REPLACED = 1 / 3  # of the window, at most, between two polls
_SMALL_WINDOW = 3  # entries; below, every new one would call for the shortest interval
_GROWTH = 2.0
_JITTER = 0.25  # of the interval, by which polls come earlier or, where that is not allowed, later by chance
_LONGEST_SKIP = timedelta(days=3)
_LONGEST_WAIT = timedelta(days=1)  # that a server that refuses may ask for; longer ones are mistakes or traps


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`interval` is in seconds, before chance spreads the polls; `reason` is for people."""

    interval: float
    next_poll: datetime
    reason: str


def plan(
    *,
    flow: FeedFlow,
    hints: FeedHints,
    before: float,
    now: datetime,
    settings: IngestSettings,
    draw: float,
) -> Plan:
    """After a poll that went well. `before` is the interval so far, 0 at first; `draw` is from 0 to 1."""
    interval, reason = _own(flow, before, now, settings)
    asked, who = _asked(hints, now)
    if min(asked, settings.max_interval) > interval:
        interval, reason = asked, who
    safe = safe_interval(flow, now)
    if safe < interval:
        interval, reason = safe, _told_safe(flow, now)
    if interval > settings.max_interval:
        interval, reason = settings.max_interval, f"{reason}; at most ingest.max_interval"
    if interval < settings.min_interval:
        interval, reason = settings.min_interval, f"{reason}; at least ingest.min_interval"
    earliest = max(settings.min_interval, min(asked, interval), interval * (1 - _JITTER))
    latest = max(interval, min(earliest * (1 + _JITTER), settings.max_interval, safe))
    due = now + timedelta(seconds=latest - draw * (latest - earliest))
    later = _after_skips(due, hints)
    if later > due and (later - now).total_seconds() <= safe:
        due, reason = later, "it asks not to be polled before (skipHours or skipDays)"
    return Plan(interval=interval, next_poll=due, reason=reason)


def retry(
    *, failures: int, wait_until: datetime | None, now: datetime, settings: IngestSettings, draw: float
) -> Plan:
    """After so many failures in a row (1 or more): never before min_interval, then ever later, never not.

    What the server asked for (Retry-After) counts up to a day. `draw` spreads feeds of one broken site.
    """
    backoff = Backoff(base=settings.min_interval, cap=settings.max_interval)
    interval = settings.min_interval + backoff.wait(failures, draw)
    due, reason = now + timedelta(seconds=interval), f"{failures} failures in a row"
    if wait_until and wait_until > due:
        late = timedelta(seconds=draw * settings.min_interval)
        due, reason = min(wait_until, now + _LONGEST_WAIT) + late, "its server asked to wait (Retry-After)"
    return Plan(interval=interval, next_poll=due, reason=reason)


def safe_interval(flow: FeedFlow, now: datetime) -> float:
    """Seconds in which the feed, at its fastest, replaces a third of what it shows; infinite if not known."""
    peak = peak_rate(flow, now)
    if not peak or not flow.window:
        return math.inf
    return 3600 * _REPLACED * max(flow.window, _SMALL_WINDOW) / peak


def _own(flow: FeedFlow, before: float, now: datetime, settings: IngestSettings) -> tuple[float, str]:
    """What the feed's own doing calls for; never more than twice the interval before."""
    if before <= 0:
        return settings.min_interval, "it is new: polled often at first, to learn its pace"
    recent = recent_rate(flow, now)
    wanted = 3600 / (_POLLS_AN_ENTRY * recent) if recent > 0 else math.inf
    if wanted > before * _GROWTH:
        return before * _GROWTH, "little came of late: twice as long as the time before"
    return wanted, f"{recent:.2g} new entries an hour came of late"


def _asked(hints: FeedHints, now: datetime) -> tuple[float, str]:
    """The longest wait that the feed asks for, in seconds."""
    waiting = (hints.wait_until - now).total_seconds() if hints.wait_until else 0.0
    return max(
        (hints.fresh, "its answer counts as fresh so long (Cache-Control or Expires)"),
        (hints.ttl, "its document asks for so long between polls (ttl or sy:updatePeriod)"),
        (waiting, "its server asked to wait (Retry-After)"),
    )


def _told_safe(flow: FeedFlow, now: datetime) -> str:
    return (
        f"up to {peak_rate(flow, now):.2g} new entries an hour came at once and it shows only {flow.window}:"
        " so that none falls off its end unseen"
    )


def _after_skips(due: datetime, hints: FeedHints) -> datetime:
    """`due`, or the first full hour after it that is not to be skipped (hours and days in UTC).

    A feed that would skip all week is not taken at its word.
    """
    later = due
    while later.hour in hints.skip_hours or later.weekday() in hints.skip_days:
        later = later.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        if later - due > _LONGEST_SKIP:
            return due
    return later
