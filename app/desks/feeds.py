"""The feeds desk: what is watched, over the tables; discovery over ingest's own client."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from app.desks.tables import OpenTables, read_feeds
from app.watched_feeds import hub_row, told_of, with_pause
from app.watching import add_feed, change_feed, remove_feed, take_in, version_of
from article.errors import BadInput, Busy, FetchFailed
from article.tables import Subscription
from bus.channels import FEED_STATE, FEEDS
from bus.protocol import Bus
from ingest.fetch.client import Fetcher
from ingest.lists.discover import FoundFeed as Discovered
from ingest.lists.discover import discover
from ingest.lists.opml import write_opml
from ingest.lists.reading import parse_list
from ingest.lists.subscriptions import subscription
from ingest.rhythm.checkup import explained
from ingest.rhythm.health import health
from ingest.urls import checked_feed_url, without_credentials
from runtime.settings import IngestSettings
from web.errors import NotThere
from web.feeds.desk import (
    Added,
    FeedChange,
    FeedDetail,
    FeedHealth,
    FoundFeed,
    ListTaken,
    NewFeed,
    WatchedFeed,
)

_LOOKS = 4
"""Discoveries at once: each may ask forty times."""
_LOOK_SECONDS = 45.0
_MOST_LISTED = 20_000
"""Feeds of a list that is uploaded: they are added while the browser waits."""


class BusFeedsDesk:
    """A `web.feeds.desk.FeedsDesk`."""

    def __init__(self, bus: Bus, settings: IngestSettings, *, now: Callable[[], datetime]) -> None:
        self._bus = bus
        self._settings = settings
        self._now = now
        self._tables = OpenTables(bus)
        self._looks = threading.Semaphore(_LOOKS)

    def feeds(self) -> Sequence[WatchedFeed]:
        now = self._now()
        values = self._tables.all(FEEDS)
        states = self._tables.all(FEED_STATE)
        return sorted(
            (
                told_of(feed, state, health(feed, state, now), version=version_of(value))
                for feed, state, value in read_feeds(values, states)
            ),
            key=lambda feed: (feed.category, feed.url),
        )

    def feed(self, id: str) -> FeedDetail:
        now = self._now()
        values = self._tables.get(FEEDS, [id])
        for feed, state, value in read_feeds(values, self._tables.get(FEED_STATE, [id])):
            told = health(feed, state, now)
            rows = explained(feed, state, now=now, settings=self._settings)
            return FeedDetail(
                feed=told_of(feed, state, told, version=version_of(value)),
                given_title=feed.title,
                told=[
                    FeedHealth(
                        word=each.word,
                        unwell=each.unwell,
                        explanation=each.explanation,
                        remedy=each.remedy,
                    )
                    for each in told
                ],
                explained=rows | hub_row(self._bus, state, now),
            )
        raise NotThere(id, "is not watched", "see the list of feeds")

    def discover(self, address: str) -> Sequence[FoundFeed]:
        url = checked_feed_url(_whole(address))
        if not self._looks.acquire(blocking=False):
            raise Busy("discovery", f"{_LOOKS} sites are looked at already", "try again in a minute")
        try:
            return [_found(each) for each in asyncio.run(self._discover(url))]
        except TimeoutError as error:
            raise FetchFailed(
                without_credentials(url),
                f"was looked at for {_LOOK_SECONDS:g} s without an end",
                "give the address of its feed",
            ) from error
        finally:
            self._looks.release()

    def add(self, new: NewFeed) -> Added:
        now = self._now()
        feed = subscription(_whole(new.url), now=now, title=new.title, category=new.category)
        match = add_feed(self._bus, feed, now=now, force=new.anyway)
        watched = match.feed if match else feed
        return Added(
            id=watched.id,
            url=without_credentials(watched.url),
            outcome="added" if match is None else "already" if match.certain else "alike",
        )

    def change(self, id: str, change: FeedChange, *, version: str) -> None:
        now = self._now()
        change_feed(self._bus, id, lambda feed: _changed(feed, change, now), now=now, version=version)

    def remove(self, id: str, *, version: str) -> None:
        remove_feed(self._bus, id, version=version)

    def take_in(self, document: bytes) -> ListTaken:
        listed = list(islice(parse_list(document), _MOST_LISTED + 1))
        if len(listed) > _MOST_LISTED:
            raise BadInput(
                "the list", f"has more than {_MOST_LISTED:,} feeds", "take it in with `feeds import`"
            )
        if not listed:
            raise BadInput("the list", "holds no feeds", "give an OPML file, or an address a line")
        taken = take_in(self._bus, listed, now=self._now())
        return ListTaken(added=taken.new, known=taken.known, left_out=taken.bad, said=taken.said)

    def opml(self) -> bytes:
        return write_opml(feed for feed, _, _ in read_feeds(self._tables.all(FEEDS), {}))

    async def _discover(self, url: str) -> tuple[Discovered, ...]:
        async with asyncio.timeout(_LOOK_SECONDS), Fetcher(self._settings) as fetcher:
            return await discover(
                url, fetcher, now=self._now(), max_entries=self._settings.max_entries, everywhere=False
            )


def _changed(feed: Subscription, change: FeedChange, now: datetime) -> Subscription:
    title = feed.title if change.title is None else change.title
    category = feed.category if change.category is None else change.category
    tidied = subscription(feed.url, now=now, title=title, category=category)
    changed = replace(feed, title=tidied.title, category=tidied.category)
    if change.paused is None:
        return changed
    return with_pause(changed, paused=change.paused, now=now)


def _whole(address: str) -> str:
    """People leave out the scheme."""
    text = address.strip()
    return text if "://" in text or text.startswith("feed:") or not text else f"https://{text}"


def _found(feed: Discovered) -> FoundFeed:
    return FoundFeed(
        url=feed.url,
        title=feed.title,
        format=feed.format,
        entries=feed.entries,
        newest=feed.newest,
        comments=feed.comments,
    )
