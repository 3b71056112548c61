"""How often a feed asks to be polled, from what it writes.

Sources: RSS 2.0 (ttl, skipHours, skipDays), RSS 1.0 Modules: Syndication (updatePeriod, updateFrequency).
"""

from __future__ import annotations

from collections.abc import Iterable

from ingest.entry import Hints

_PERIODS = {
    "hourly": 3600.0,
    "daily": 86400.0,
    "weekly": 604800.0,
    "monthly": 2592000.0,
    "yearly": 31536000.0,
}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONGEST = 525_600  # minutes: a year


def read_hints(
    *,
    ttl: str = "",
    period: str = "",
    frequency: str = "",
    hours: Iterable[str] = (),
    days: Iterable[str] = (),
) -> Hints:
    """The hints as far as they can be read. Hour 24 is the first of the day, as RSS 0.91 counted."""
    every = _PERIODS.get(period.strip().lower())
    times = _number(frequency) or 1.0
    minutes = _number(ttl)
    skipped = {int(hour) % 24 for hour in map(_number, hours) if hour is not None and hour <= 24}
    rest = {_DAYS.index(day) for day in (name.strip().lower()[:3] for name in days) if day in _DAYS}
    return Hints(
        ttl=min(minutes, _LONGEST) if minutes else None,
        update_interval=every / times if every else None,
        skip_hours=tuple(sorted(skipped)) if len(skipped) < 24 else (),
        skip_days=tuple(sorted(rest)) if len(rest) < 7 else (),
    )


def _number(text: str) -> float | None:
    text = text.strip()[:12]
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < 1e9 else None
