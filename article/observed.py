"""Parts of FeedState: what was observed of a feed over many polls, and what the next polls make of it.

They have slots because they are in memory for every feed.
"""

from __future__ import annotations

from dataclasses import dataclass

from article.records import Time


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedHints:
    """How seldom the feed asks to be polled. Zero and empty: it does not say.

    `fresh` is how many seconds its last answer may count as fresh (Cache-Control, Expires), `ttl` the seconds
    between polls that its document asks for (ttl, sy:updatePeriod). `skip_hours` are hours of the day in UTC,
    0 to 23, and `skip_days` days of the week, Monday is 0, at which it is not to be polled. `wait_until` is
    what the last answer asked for (Retry-After).
    """

    fresh: float = 0.0
    ttl: float = 0.0
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    wait_until: Time | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedFlow:
    """How fast new entries come, and whether any may have been missed.

    Rates are entries per hour: `pace` over the last week or so, but not from before `since`, as it stood
    when the last new entry came at `last_new`; `recent` over half an hour and `peak` the fastest that was
    seen, both as they stood at `as_of`, fading since. `window` is how many entries the feed shows at
    once, `overlap` the share of the document before the last that the last one still showed, None while
    nothing can be said. `gaps` counts polls whose document shared no entry with the one before,
    `missed_up_to` how many entries may have been missed by them all; the last was at `last_gap`,
    `gap_hours` after the feed was read before.
    """

    pace: float = 0.0
    recent: float = 0.0
    peak: float = 0.0
    since: Time | None = None
    last_new: Time | None = None
    as_of: Time | None = None
    window: int = 0
    overlap: float | None = None
    gaps: int = 0
    missed_up_to: int = 0
    last_gap: Time | None = None
    gap_hours: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedTrust:
    """How far the server's word is taken.

    `body_at` is when a body last came whole, rather than "not modified". `confirmed` counts requests in a row
    that were made without validators to try them, and found them true; `lies` those that found them false.
    `probing`: the feed has changed, and the validators kept are those from before, to be tried once more.
    Until `distrusted_until` no validators are sent. Until `move_doubted_until` a permanent redirect is
    followed, but the subscribed address stays the one that is polled.
    """

    body_at: Time | None = None
    confirmed: int = 0
    lies: int = 0
    probing: bool = False
    distrusted_until: Time | None = None
    move_doubted_until: Time | None = None
