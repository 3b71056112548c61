"""One poll of a feed to see what it would lead to: nothing is committed, and no pages are fetched."""

from __future__ import annotations

from dataclasses import dataclass

from article.tables import FeedMemory, FeedState, Subscription
from ingest.decide import Decision, decide
from ingest.entry import Fetched
from ingest.fetch.client import Fetcher
from ingest.pages.fetching import Pages
from ingest.poll import Poll
from ingest.workers import Workers
from runtime.clock import Clock
from runtime.settings import IngestSettings


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the poll got, and what would be decided."""

    fetched: Fetched
    decision: Decision


async def look(
    feed: Subscription,
    state: FeedState | None,
    memory: FeedMemory | None,
    *,
    settings: IngestSettings,
    clock: Clock,
) -> Look:
    """Polls `feed`, which stands as `state` says. Never raises for what the site does."""
    workers = Workers(processes=1, seconds=settings.read_timeout)
    try:
        async with Fetcher(settings) as fetcher:
            pages = Pages(fetcher=fetcher, workers=workers, settings=settings)
            poll = Poll(fetcher=fetcher, workers=workers, pages=pages, settings=settings, clock=clock)
            fetched = await poll.fetch(feed, state)
    finally:
        workers.close()
    decision = decide(
        subscription=feed,
        state=state,
        memory=memory,
        fetched=fetched,
        now=clock.now(),
        settings=settings,
    )
    return Look(fetched=fetched, decision=decision)
