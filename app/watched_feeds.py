"""The feeds that are watched, each with its state, as the tables have them; and how to show one as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import datetime

from article.codec import decode, encode
from article.errors import BadInput, BadRecord
from article.hubs import FeedHub
from article.identity import feed_id
from article.tables import FeedState, Subscription
from bus.channels import FEED_HUBS, FEED_STATE, FEEDS
from bus.envelope import timestamp
from bus.protocol import Bus
from ingest.lists.subscriptions import subscriptions
from ingest.rhythm.health import Health
from ingest.urls import without_credentials
from ingest.websub.offer import Offer
from ingest.websub.plan import explained
from web.feeds.desk import WatchedFeed

Json = dict[str, object]


def watched(bus: Bus) -> list[tuple[Subscription, FeedState | None]]:
    """Sorted by category and URL. A state that cannot be read counts as none, as it does for ingest."""
    feeds = subscriptions(bus.table(FEEDS))
    states = bus.table(FEED_STATE).get([feed.id for feed in feeds])
    return [(feed, _state(states.get(feed.id))) for feed in feeds]


def find_feed(bus: Bus, url_or_id: str) -> Subscription:
    """Raises BadInput where it is not watched."""
    found = bus.table(FEEDS).get([url_or_id, feed_id(url_or_id)])
    for value in found.values():
        return decode(Subscription, value)
    raise BadInput(url_or_id, "is not watched", "see `wirewatch feeds list`")


def state_of(bus: Bus, feed: Subscription) -> FeedState | None:
    return _state(bus.table(FEED_STATE).get([feed.id]).get(feed.id))


def with_pause(feed: Subscription, *, paused: bool, now: datetime) -> Subscription:
    """Resumed now, it is polled again even if its site had said that it is gone for good."""
    return replace(feed, paused=paused, resumed=feed.resumed if paused else now)


def hub_row(bus: Bus, state: FeedState | None, now: datetime) -> dict[str, str]:
    """How the feed stands with its hub, where it offers one."""
    if state is None or not state.hub:
        return {}
    value = bus.table(FEED_HUBS).get([state.id]).get(state.id)
    try:
        hub = decode(FeedHub, value) if value is not None else None
    except BadRecord:
        hub = None
    return {"hub": explained(Offer(hub=state.hub, topic_url=state.topic_url), hub, now)}


def told_of(
    feed: Subscription, state: FeedState | None, told: tuple[Health, ...], *, version: str
) -> WatchedFeed:
    """A feed flat, with what most people and programs want to know."""
    known = state or FeedState(id=feed.id)
    return WatchedFeed(
        id=feed.id,
        url=without_credentials(feed.url),
        title=known.title or feed.title,
        category=feed.category,
        health=told[0].word,
        unwell=told[0].unwell,
        explanation=told[0].explanation,
        remedy=told[0].remedy,
        paused=feed.paused,
        stopped=known.stopped,
        polled=known.polled,
        succeeded=known.succeeded,
        failing_since=known.failing_since,
        next_poll=known.next_poll,
        interval=known.interval,
        status=known.status,
        failures=known.failures,
        problem=known.problem,
        notes=known.notes,
        format=known.format,
        last_new=known.flow.last_new,
        pace=known.flow.pace,
        overlap=known.flow.overlap,
        gaps=known.flow.gaps,
        missed_up_to=known.flow.missed_up_to,
        entries=known.entries,
        counts=known.counts,
        added=feed.added,
        version=version,
    )


def listed(feed: Subscription, state: FeedState | None, told: tuple[Health, ...]) -> Json:
    """A feed as `feeds list --json` has it, with the address as it was given."""
    row = asdict(told_of(feed, state, told, version=""))
    del row["version"]
    times = {name: timestamp(value) for name, value in row.items() if isinstance(value, datetime)}
    return row | times | {"url": feed.url}


def checked(
    feed: Subscription, state: FeedState | None, told: tuple[Health, ...], explained: dict[str, str]
) -> Json:
    """A feed as `feeds check --json` has it: the records themselves, and what there is to say of them."""
    return {
        "feed": _object(feed),
        "health": [
            {"word": each.word, "unwell": each.unwell, "explanation": each.explanation, "remedy": each.remedy}
            for each in told
        ],
        "explained": explained,
        "state": _object(state) if state else None,
    }


def _state(value: bytes | None) -> FeedState | None:
    try:
        return decode(FeedState, value) if value is not None else None
    except BadRecord:
        return None


def _object(record: Subscription | FeedState) -> Json:
    made: Json = json.loads(encode(record))
    return made
