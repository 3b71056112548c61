"""Dates as headers and the metadata of pages have them, to aware UTC. Those of feeds: dates.py."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MAX = 64  # characters; no date is longer
_ISO = re.compile(r"\d{4}-?\d\d-?\d\d(?:[T ]|$)")
_OFFSET_WITHOUT_COLON = re.compile(r"([+-]\d\d)(\d\d)$")
_TOO_FINE = re.compile(r"(\.\d{6})\d+")
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


def parse_moment(value: str | None) -> datetime | None:
    """The instant that `value` names (ISO 8601 or RFC 5322), or None. Without an offset it is in UTC."""
    text = " ".join((value or "").split())
    if not text or len(text) > _MAX:
        return None
    try:
        return utc(_iso(text) if _ISO.match(text) else parsedate_to_datetime(text))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def utc(moment: datetime) -> datetime | None:
    """`moment` in UTC; None where it is no date that news can have (before 1900, a feed's empty value)."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    try:
        there = aware.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return there if there >= _EARLIEST else None


def is_absurd(moment: datetime, now: datetime) -> bool:
    """More than a day ahead: time zones and early publishing explain less than that."""
    return moment > now + timedelta(days=1)


def _iso(text: str) -> datetime:
    text = text.replace(" UTC", "Z").replace(" +", "+").replace(" -", "-")
    return datetime.fromisoformat(_OFFSET_WITHOUT_COLON.sub(r"\1:\2", _TOO_FINE.sub(r"\1", text)))
