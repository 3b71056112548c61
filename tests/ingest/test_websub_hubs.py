"""When a feed with a hub is due: after pushes, while they arrive, and when they no longer do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from article.codec import encode
from article.hubs import FeedHub, HubCall
from article.observed import FeedFlow
from article.tables import FeedState
from ingest.fetch.client import Fetcher
from ingest.lists.subscriptions import subscription
from ingest.websub import plan
from ingest.websub.hubs import Hubs
from ingest.websub.offer import Callbacks, Offer, short_hash
from runtime.metrics import Metrics
from runtime.settings import IngestSettings
from tests.ingest.documents import NOW

SETTINGS = IngestSettings(min_interval=60, max_interval=3600)
CALLBACKS = Callbacks(base="https://us.test/hub", key=b"k" * 32)
FEED = subscription("https://one.test/feed", now=NOW)
OFFER = Offer(hub="https://hub.test/", topic_url=FEED.url)
STATE = FeedState(
    id=FEED.id, polled=NOW, interval=300.0, next_poll=NOW, hub=OFFER.hub, topic_url=OFFER.topic_url
)
ASKED = plan.asked(
    None, OFFER, id=FEED.id, callback=short_hash(CALLBACKS.url(FEED.id, OFFER.topic_url)), now=NOW
)
LIVE = plan.verified(ASKED, None, NOW)


class At:
    """A clock that stands still."""

    def __init__(self, now: datetime) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()


class Rows:
    """A table with these rows."""

    def __init__(self, rows: Mapping[str, bytes]) -> None:
        self._rows = rows

    def get(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        return {key: self._rows[key] for key in keys if key in self._rows}

    def items(self) -> Iterator[tuple[str, bytes]]:
        yield from self._rows.items()


def hubs(clock: At, hub: FeedHub | None = LIVE) -> Hubs:
    one = Hubs(
        callbacks=CALLBACKS, fetcher=Fetcher(SETTINGS), settings=SETTINGS, clock=clock, metrics=Metrics()
    )
    one.load(Rows({hub.id: encode(hub), "broken": b"{"} if hub else {}))
    one.put(FEED, STATE)
    return one


def pushed(id: str = FEED.id) -> HubCall:
    return HubCall(id=id, kind="pushed", at=NOW)


def polled(minutes: float, **changed: object) -> FeedState:
    return STATE.but(polled=NOW + timedelta(minutes=minutes), **changed)


def minutes(due: datetime | None) -> float | None:
    return None if due is None else (due - NOW).total_seconds() / 60


def test_a_push_makes_a_poll_due_at_once_but_no_sooner_than_the_least_interval() -> None:
    clock = At(NOW + timedelta(minutes=5))
    one = hubs(clock)
    assert minutes(one.hear(pushed())) == 5
    clock.time = NOW + timedelta(seconds=30)
    assert minutes(one.hear(pushed())) == 1


def test_after_a_push_the_feed_is_polled_once_more_and_then_more_seldom() -> None:
    clock = At(NOW + timedelta(minutes=5))
    one = hubs(clock)
    one.hear(pushed())
    assert minutes(one.polled(polled(5), news=True)) == 6
    assert minutes(one.polled(polled(6), news=False)) == 6 + 20
    assert minutes(one.polled(polled(26), news=False)) == 26 + 20
    assert minutes(one.polled(polled(46, interval=3000.0), news=False)) == 46 + 60
    burst = FeedFlow(peak=40.0, window=20)  # ten minutes replace a third of what it shows
    assert minutes(one.polled(polled(46, flow=burst), news=False)) == pytest.approx(46 + 10)
    later = NOW + timedelta(minutes=90)
    assert one.polled(polled(46, next_poll=later), news=False) == later  # as the server asks
    assert one.polled(polled(46, retry_at=later), news=False) is None  # a page is due
    # Something came that was not pushed: the hub is not to be relied on.
    assert one.polled(polled(106), news=True) is None
    assert one.polled(polled(111), news=False) is None
    assert one.hear(pushed()) is not None


def test_without_pushes_the_state_says_when() -> None:
    one = hubs(At(NOW))
    assert one.polled(polled(5), news=False) is None
    ended = hubs(At(NOW + timedelta(days=11)))
    ended.hear(pushed())
    for _ in range(2):
        ended.polled(polled(5), news=True)
    assert ended.polled(polled(6), news=False) is None


def test_a_feed_that_fails_waits_as_it_must() -> None:
    one = hubs(At(NOW))
    one.hear(pushed())
    failing = polled(5, failures=1)
    assert one.polled(failing, news=False) is None
    assert one.hear(pushed()) is None


@pytest.mark.parametrize("hub", [None, ASKED, plan.failed(ASKED, "no", NOW)])
def test_a_push_counts_wherever_a_hub_was_asked(hub: FeedHub | None) -> None:
    """The confirmation may have been missed while the process was away."""
    assert (hubs(At(NOW), hub).hear(pushed()) is not None) == (hub is not None)


def test_other_feeds_are_not_ours() -> None:
    one = hubs(At(NOW))
    assert one.hear(pushed("other")) is None
    one.put(replace(FEED, paused=True), STATE)
    assert one.hear(pushed()) is None
    one.put(FEED, STATE)
    one.drop(FEED.id)
    assert one.hear(pushed()) is None


def test_what_hubs_say_is_written_down() -> None:
    one = hubs(At(NOW), ASKED)
    one.hear(HubCall(id=FEED.id, kind="verified", at=NOW, lease_seconds=86_400))
    (record,) = one.step()
    assert record.value == encode(plan.verified(ASKED, 86_400, NOW))
    one.committed()
    assert one.step() == []
