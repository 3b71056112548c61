"""Which feed is due, by examples and beside a model that looks at every feed each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from article.tables import FeedState, Subscription
from ingest.agenda import Agenda
from ingest.lists.subscriptions import subscription
from tests.ingest.documents import NOW

SECOND = timedelta(seconds=1)
ONE, TWO, THREE = (subscription(f"https://{name}.test/", now=NOW) for name in ("one", "two", "three"))


def state(feed: Subscription, due: float, *, failures: int = 0) -> FeedState:
    return FeedState(id=feed.id, next_poll=NOW + due * SECOND, failures=failures)


def taken(agenda: Agenda, at: float, most: int = 100) -> list[str]:
    agenda.advance(NOW + at * SECOND)
    return [feed.id for _, (feed, _) in zip(range(most), agenda.take(), strict=False)]


def test_the_longest_overdue_comes_first_and_none_before_its_time() -> None:
    agenda = Agenda()
    agenda.put(ONE, state(ONE, 3))
    agenda.put(TWO, state(TWO, 2))
    agenda.put(THREE, None)  # never polled
    assert taken(agenda, 2) == [THREE.id, TWO.id]
    assert taken(agenda, 2.9) == []
    assert taken(agenda, 3) == [ONE.id]


def test_a_feed_is_given_out_once_until_its_poll_is_committed_and_with_its_state_then() -> None:
    agenda = Agenda()
    agenda.put(ONE, state(ONE, 0))
    assert taken(agenda, 5) == [ONE.id]
    agenda.put(replace(ONE, title="Renamed"), state(ONE, 0))
    assert taken(agenda, 5) == []
    agenda.polled(state(ONE, 7))
    assert taken(agenda, 6) == []
    agenda.advance(NOW + 7 * SECOND)
    assert list(agenda.take()) == [(replace(ONE, title="Renamed"), state(ONE, 7))]


def test_those_that_nobody_takes_keep_their_turn() -> None:
    agenda = Agenda()
    agenda.put(ONE, state(ONE, 1))
    agenda.put(TWO, state(TWO, 2))
    assert taken(agenda, 2, most=1) == [ONE.id]
    agenda.put(THREE, None)
    assert taken(agenda, 3) == [TWO.id, THREE.id]


def test_what_was_dropped_or_put_off_does_not_come() -> None:
    agenda = Agenda()
    for feed in (ONE, TWO, THREE):
        agenda.put(feed, None)
    agenda.drop(ONE.id)
    assert taken(agenda, 0) == [TWO.id, THREE.id]
    agenda.drop(TWO.id)
    agenda.polled(state(TWO, 1))
    agenda.postpone(THREE.id, NOW + 9 * SECOND)
    assert taken(agenda, 8) == []
    assert taken(agenda, 9) == [THREE.id]


IDS = st.sampled_from([ONE, TWO, THREE])
TIMES = st.integers(0, 5)


class Agendas(RuleBasedStateMachine):
    """Against a dictionary of what is due when."""

    @initialize()
    def begin(self) -> None:
        self.agenda = Agenda()
        self.now = 0
        self.feeds: dict[str, tuple[bool, bool]] = {}  # paused, failing
        self.due: dict[str, int] = {}
        self.busy: set[str] = set()

    @rule(feed=IDS, paused=st.booleans(), wait=TIMES, failures=st.integers(0, 1))
    def put(self, feed: Subscription, paused: bool, wait: int, failures: int) -> None:
        at = self.now + wait
        self.agenda.put(replace(feed, paused=paused), state(feed, at, failures=failures))
        self.feeds[feed.id] = (paused, bool(failures))
        self.due.pop(feed.id, None)
        if feed.id not in self.busy and not paused:
            self.due[feed.id] = at

    @rule(feed=IDS)
    def drop(self, feed: Subscription) -> None:
        self.agenda.drop(feed.id)
        self.feeds.pop(feed.id, None)
        self.due.pop(feed.id, None)
        self.busy.discard(feed.id)

    @rule(wait=TIMES, failures=st.integers(0, 1), feed=IDS)
    def polled(self, wait: int, failures: int, feed: Subscription) -> None:
        if feed.id in self.busy:
            at = self.now + wait
            self.agenda.polled(state(feed, at, failures=failures))
            self.busy.discard(feed.id)
            paused = self.feeds[feed.id][0]
            self.feeds[feed.id] = (paused, bool(failures))
            if not paused:
                self.due[feed.id] = at

    @rule(wait=TIMES, most=st.integers(0, 3))
    def take(self, wait: int, most: int) -> None:
        self.now += wait
        got = taken(self.agenda, self.now, most)
        ready = {id for id, at in self.due.items() if at <= self.now}
        assert set(got) <= ready
        assert len(got) == min(most, len(ready))
        for id in got:
            del self.due[id]
            self.busy.add(id)

    @invariant()
    def counts_are_right(self) -> None:
        self.agenda.advance(NOW + self.now * SECOND)
        assert self.agenda.counts() == {
            "watched": len(self.feeds),
            "due": len(self.busy) + sum(at <= self.now for at in self.due.values()),
            "failing": sum(failing and not paused for paused, failing in self.feeds.values()),
            "stopped": 0,
            "paused": sum(paused for paused, _ in self.feeds.values()),
        }


TestAgendas = Agendas.TestCase


@given(st.lists(TIMES, min_size=1, max_size=20))
def test_feeds_come_in_the_order_in_which_they_are_due(times: list[int]) -> None:
    agenda = Agenda()
    feeds = [subscription(f"https://{number}.test/", now=NOW) for number in range(len(times))]
    for feed, at in zip(feeds, times, strict=True):
        agenda.put(feed, state(feed, at))
    agenda.advance(NOW + 5 * SECOND)
    given_out = [before.next_poll for _, before in agenda.take() if before and before.next_poll]
    assert given_out == sorted(given_out)
    assert len(given_out) == len(times)
