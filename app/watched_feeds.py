"""The feeds that are watched, each with its state, as the tables have them; and how to show one as JSON."""

from __future__ import annotations

import json
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
from ingest.websub.offer import Offer
from ingest.websub.plan import explained

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


def listed(feed: Subscription, state: FeedState | None, told: tuple[Health, ...]) -> Json:
    """A feed as `feeds list --json` has it: what most programs want, flat."""
    known = state or FeedState(id=feed.id)
    return {
        "id": feed.id,
        "url": feed.url,
        "title": known.title or feed.title,
        "category": feed.category,
        "health": told[0].word,
        "unwell": told[0].unwell,
        "explanation": told[0].explanation,
        "remedy": told[0].remedy,
        "paused": feed.paused,
        "stopped": known.stopped,
        "polled": _time(known.polled),
        "succeeded": _time(known.succeeded),
        "failing_since": _time(known.failing_since),
        "next_poll": _time(known.next_poll),
        "interval": known.interval,
        "status": known.status,
        "failures": known.failures,
        "problem": known.problem,
        "notes": list(known.notes),
        "format": known.format,
        "last_new": _time(known.flow.last_new),
        "pace": known.flow.pace,
        "overlap": known.flow.overlap,
        "gaps": known.flow.gaps,
        "missed_up_to": known.flow.missed_up_to,
        "entries": known.entries,
        "counts": _object(known)["counts"],
    }


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


def _time(moment: datetime | None) -> str | None:
    return timestamp(moment) if moment else None
