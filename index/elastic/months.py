"""The names of monthly indices: `wirewatch-articles-000001-2026.05`, by when an article was first seen.

That never changes, so an article lies in the same index in all of its revisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

GENERATION_DIGITS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """What an index's name says: the number of its generation, and its month as YYYY.MM."""

    generation: int
    month: str


def month_of(first_seen: datetime) -> str:
    """YYYY.MM in UTC. OverflowError for a time that UTC would put before year 1 or after 9999."""
    moment = first_seen.astimezone(UTC)
    return f"{moment.year:04}.{moment.month:02}"


def index_name(prefix: str, generation: int, month: str) -> str:
    return f"{prefix}-{generation:0{GENERATION_DIGITS}}-{month}"


def all_of(prefix: str, generation: int) -> str:
    """A pattern for the names of a generation's indices."""
    return index_name(prefix, generation, "*")


def named(prefix: str, name: str) -> Named | None:
    """What the name says, or None where it is no index of ours."""
    generation, _, month = name.removeprefix(f"{prefix}-").partition("-")
    if not name.startswith(f"{prefix}-") or len(generation) != GENERATION_DIGITS or not generation.isdigit():
        return None
    year, _, number = month.partition(".")
    if len(year) != 4 or len(number) != 2 or not (year + number).isdigit():
        return None
    return Named(generation=int(generation), month=month)
