"""When the page of an article that could not be had is tried again. Pure.

Four times, ever later, and only after failures that can pass: not where the site says that there is no such
page, that it is not for us, or that it is not free. An article is published at once with the feed's text; it
is published again when its page was had. A page is tried at its feed's first poll from then on, so that the
feed is asked no more often, and whatever keeps a feed from being polled keeps its site's pages from it, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from article.records import RawArticle
from article.sites import PageRetry

WAITS = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12))
MOST = 64  # articles of one feed that wait for their pages; of more than that, the site is down
_LONGEST = 20_000  # characters of a feed's text that is remembered meanwhile; a summary has a tenth of that
_JITTER = 0.25  # of a wait, at most, so that pages of different feeds on one site come apart

Retries = Mapping[str, PageRetry]


def due(retries: Retries, now: datetime) -> dict[str, PageRetry]:
    return {key: retry for key, retry in retries.items() if retry.at <= now}


def next_at(retries: Retries) -> datetime | None:
    """When the first of them is due."""
    return min((retry.at for retry in retries.values()), default=None)


def failed(
    retries: Retries, key: str, article: RawArticle, *, failures: int, now: datetime, draw: float
) -> dict[str, PageRetry]:
    """`retries` after the page of `article` could not be had for the `failures`-th time.

    `article` is what the feed alone tells of it. `draw`, from 0 to 1, is the chance in the wait.
    """
    others = without(retries, key)
    if failures > len(WAITS) or len(others) >= MOST or len(article.text) > _LONGEST:
        return others
    at = now + WAITS[failures - 1] * (1 + _JITTER * draw)
    return {**others, key: PageRetry(article=article, failures=failures, at=at)}


def without(retries: Retries, key: str) -> dict[str, PageRetry]:
    return {other: retry for other, retry in retries.items() if other != key}
