"""What an answer's headers say about when to ask again (RFC 9111, RFC 9110 §10.2.3). Pure.

Servers write anything into these headers: what cannot be read counts as not said.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache

from ingest.formats.moment import parse_moment

_LONGEST = 10 * 365 * 86_400.0  # seconds; RFC 9111 §1.2.2 lets large numbers be cut
_DIRECTIVE = re.compile(r'\s*([\w!#$%&\'*+.^`|~-]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s,;"]*))?[^,]*(?:,|$)')
_SECONDS = re.compile(r"\d{1,20}(?:\.\d{0,9})?")
_NOT_FRESH = frozenset(("no-cache", "no-store"))
_MOST = 50  # directives that are looked at


def fresh_for(
    *, cache_control: str | None, expires: str | None, date: str | None, now: datetime
) -> float | None:
    """Seconds for which an answer is fresh, 0 where it is stale at once; None where it does not say.

    A shared cache's lifetime (s-maxage) counts too: what lies in one on the way cannot be newer. Only a lone
    `must-revalidate` says nothing about fresh answers (RFC 9111 §5.2.2.2). `Expires` counts from the server's
    own `Date`, so that a wrong clock does no harm.
    """
    lifetime = _lifetime(cache_control) if cache_control else None
    if lifetime is not None or expires is None:
        return lifetime
    moment = parse_moment(expires)  # "0" and "-1" are common, and mean the past (RFC 9111 §5.3)
    return _between(parse_moment(date) or now, moment) if moment else 0.0


def retry_at(retry_after: str | None, *, date: str | None, now: datetime) -> datetime | None:
    """The time that `Retry-After` names, as seconds or as a date; None where there is none, or it is past.

    A date counts from the server's own `Date`, as `Expires` does.
    """
    text = (retry_after or "").strip()
    if not text:
        return None
    seconds = _number(text)
    if seconds is None:
        moment = parse_moment(text)
        seconds = _between(parse_moment(date) or now, moment) if moment else 0.0
    return now + timedelta(seconds=seconds) if seconds > 0 else None


def clock_skew(date: str | None, *, now: datetime) -> float:
    """Seconds by which the server's clock is ahead of ours (negative: behind); 0 where it does not say."""
    moment = parse_moment(date)
    return (moment - now).total_seconds() if moment else 0.0


@lru_cache(maxsize=1024)
def _lifetime(cache_control: str) -> float | None:
    """Kept, because a few values are on most answers."""
    directives = _directives(cache_control)
    if _NOT_FRESH & directives.keys():
        return 0.0
    told = [directives[name] for name in ("max-age", "s-maxage") if name in directives]
    # What is not a number makes the answer stale, as RFC 9111 §4.2.1 encourages.
    return max(_number(value) or 0.0 for value in told) if told else None


def _directives(cache_control: str) -> dict[str, str]:
    """Directives in lower case with their values, unquoted; of one that is repeated the first counts."""
    found: dict[str, str] = {}
    for match in _DIRECTIVE.finditer(cache_control):
        found.setdefault(match[1].lower(), (match[2] or "").strip('"'))
        if len(found) >= _MOST:
            break
    return found


def _number(text: str) -> float | None:
    text = text.strip()
    return min(_LONGEST, float(text)) if _SECONDS.fullmatch(text) else None


def _between(start: datetime, end: datetime) -> float:
    return min(_LONGEST, max(0.0, (end - start).total_seconds()))
