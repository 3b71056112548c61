"""Times as people say them."""

from __future__ import annotations

from datetime import datetime

_UNITS = (("d", 86_400.0), ("h", 3600.0), ("min", 60.0))


def lasting(seconds: float) -> str:
    """`seconds` in the largest unit of which there are two or more: "90 s", "36 h", "3 d"."""
    for unit, size in _UNITS:
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.2g} s"


def shown(moment: datetime | None) -> str:
    """To the minute, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"


def paced(per_hour: float) -> str:
    """A rate of entries, in the unit in which it is at least one: "3.2 an hour", "2 a day", "1.5 a week"."""
    for unit, hours in (("an hour", 1), ("a day", 24), ("a week", 168)):
        if per_hour * hours >= 1:
            return f"{per_hour * hours:.2g} {unit}"
    return "less than one a week"
