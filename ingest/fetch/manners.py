"""What a request for a page must pass before each hop: the site's robots.txt, and the host's turn.

A host that answered 429 or 503, for a feed or a page, is left alone by pages until the time it named.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from article.errors import FetchFailed
from ingest.fetch.errors import StatusFailed
from ingest.fetch.pacing import Pacing
from ingest.fetch.response import Response
from ingest.fetch.robots import Robots
from ingest.fetch.target import Target
from ingest.rhythm.freshness import retry_at
from ingest.urls import without_credentials
from runtime.settings import IngestSettings

_BUSY = frozenset((429, 503))
_REST = 60.0  # seconds for a host that says too many requests and not until when


class Manners:
    """`get` fetches robots.txt, through the same safe client; `is_own` tells hosts that may be hurried."""

    def __init__(
        self,
        get: Callable[[str], Awaitable[Response]],
        settings: IngestSettings,
        *,
        is_own: Callable[[Target], bool],
    ) -> None:
        self._settings = settings
        self._is_own = is_own
        self._robots = Robots(get, at_once=settings.concurrency) if settings.robots else None
        self._pages, self._feeds = Pacing(), Pacing()

    async def before_page(self, target: Target) -> None:
        """Waits for the page's turn. Raises FetchFailed where it may not be read, or not soon enough."""
        delay = 0.0 if self._is_own(target) else self._settings.page_delay
        if self._robots:
            delay = max(delay, (await self._robots.check(target)).delay)
        now = asyncio.get_running_loop().time()
        wait = self._pages.turn(target.host, now=now, delay=delay, patience=self._settings.page_patience)
        if wait:
            await asyncio.sleep(wait)
        resting = self._pages.resting(target.host, now=asyncio.get_running_loop().time())
        if wait is None or resting:
            raise FetchFailed(
                without_credentials(target.text),
                f"{target.host} wants fewer requests than its pages need",
                "it is tried again later",
            )

    async def before_feed(self, target: Target) -> None:
        """Waits for the poll's turn, however late it is."""
        now = asyncio.get_running_loop().time()
        wait = self._feeds.turn(target.host, now=now, delay=self._settings.feed_delay, patience=float("inf"))
        if wait:
            await asyncio.sleep(wait)

    def heard(self, target: Target, error: StatusFailed) -> None:
        """Takes note of a host that says it is busy."""
        if error.status not in _BUSY:
            return
        now, time = datetime.now(UTC), asyncio.get_running_loop().time()
        until = retry_at(error.headers.retry_after, date=error.headers.date, now=now)
        rest = (until - now).total_seconds() if until else _REST if error.status == 429 else 0.0
        self._pages.rest(target.host, until=time + rest, now=time)
