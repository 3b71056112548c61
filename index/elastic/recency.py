"""The bonus for being recent, added to the score of what is found.

    bonus(age) = RECENCY_WEIGHT · 0.5 ^ (age / recency_days)     up to RECENCY_HALVINGS · recency_days

What is dated a little ahead, as by a clock or time zone that is wrong, counts as new; further ahead is a
date that nobody should rank by, and gets nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from index.protocol import RECENCY_HALVINGS, RECENCY_WEIGHT

Json = dict[str, object]

_AHEAD = 1 / 7  # of recency_days: a day of a week
_NEXT_TO_NOTHING = 1e-6  # where no function holds, or those that do weigh 0, the server adds 1


def with_recency(query: Json, now: datetime, recency_days: float) -> Json:
    """The same articles as `query`, their scores with the bonus."""
    half = timedelta(days=recency_days)
    oldest, newest = now - RECENCY_HALVINGS * half, now + _AHEAD * half
    fading: Json = {"origin": now.isoformat(), "scale": f"{round(half.total_seconds())}s", "decay": 0.5}
    return {
        "function_score": {
            "query": query,
            "functions": [
                {"weight": _NEXT_TO_NOTHING},
                {"weight": RECENCY_WEIGHT, "filter": _between(oldest, now), "exp": {"time": fading}},
                {"weight": RECENCY_WEIGHT, "filter": _between(now, newest)},
            ],
            "score_mode": "sum",
            "boost_mode": "sum",
        }
    }


def _between(start: datetime, end: datetime) -> Json:
    return {"range": {"time": {"gte": start.isoformat(), "lt": end.isoformat()}}}
