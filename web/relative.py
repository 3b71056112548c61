"""Moments as people say them, seen from now. Pure."""

from __future__ import annotations

from datetime import datetime

_UNITS = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))


def relative(moment: datetime, now: datetime) -> str:
    """As "in 4 min" or "3 h ago", in the largest unit of which there are two; "now" within five seconds."""
    seconds = (moment - now).total_seconds()
    if abs(seconds) < 5:
        return "now"
    said = lasting(abs(seconds))
    return f"in {said}" if seconds > 0 else f"{said} ago"


def lasting(seconds: float) -> str:
    unit, size = next(((unit, size) for unit, size in _UNITS if seconds >= 2 * size), _UNITS[-1])
    return f"{max(1, round(seconds / size)):,} {unit}"
