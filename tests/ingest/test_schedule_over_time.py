"""Feeds that live for weeks, polled as the schedule says. Pure: time is a number that the test moves on."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from article.observed import FeedFlow, FeedHints
from article.tables import EntryState, FeedState
from ingest.entry import Entry, Fetched, Hints, ParsedFeed
from ingest.lists.subscriptions import subscription
from ingest.rhythm.overlap import Overlap, compare
from ingest.rhythm.standing import after_answer, after_failure
from runtime.settings import IngestSettings
from tests.ingest.documents import NOW

SETTINGS = IngestSettings(min_interval=60, max_interval=3600)
FEED = subscription("https://news.test/feed", now=NOW)
HOUR = timedelta(hours=1)
NO_HINTS = Hints()


def draws(seed: int) -> Iterator[float]:
    chance = random.Random(seed)  # noqa: S311 - the same at every run
    while True:
        yield chance.random()


def at(hours: float) -> datetime:
    return NOW + hours * HOUR


def steady(every: float, *, until: float, start: float = 0.0) -> list[float]:
    """The hours at which entries come."""
    return [start + number * every for number in range(int((until - start) / every))]


@dataclass(kw_only=True)
class Life:
    """A feed that shows the latest `window` of the entries that came at `times` (hours, sorted).

    Without `dated`, its entries have no dates. It fails in the hours between `fails`.
    """

    times: Sequence[float]
    window: int = 20
    dated: bool = False
    hints: Hints = NO_HINTS
    fails: tuple[float, float] = (0.0, 0.0)
    draws: Iterator[float] = field(default_factory=lambda: draws(1))
    state: FeedState = field(default_factory=lambda: FeedState(id=FEED.id))
    memory: dict[str, EntryState] = field(default_factory=dict)
    polls: list[float] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    hour: float = 0.0

    def until(self, hours: float) -> Life:
        while self.hour < hours:
            self.polls.append(self.hour)
            self.state = self.polled(at(self.hour))
            assert self.state.next_poll
            self.hour = (self.state.next_poll - NOW) / HOUR
        return self

    def polled(self, now: datetime) -> FeedState:
        draw = next(self.draws)
        if self.fails[0] <= self.hour < self.fails[1]:
            failed = Fetched(url=FEED.url, problem="cannot connect")
            return after_failure(FEED, self.state, failed, now=now, settings=SETTINGS, draw=draw)
        came = bisect_right(self.times, self.hour)
        fetched, overlap = Fetched(url=FEED.url, status=304), None
        if str(came) != self.state.body_hash:
            fetched, overlap = self.document(came, now)
        return after_answer(
            FEED,
            self.state,
            fetched,
            overlap=overlap,
            changed=bool(overlap and overlap.new),
            now=now,
            settings=SETTINGS,
            draw=draw,
        )

    def document(self, came: int, now: datetime) -> tuple[Fetched, Overlap]:
        numbers = range(max(0, came - self.window), came)
        self.seen |= set(numbers)
        entries = tuple(Entry(published=at(self.times[n]) if self.dated else None) for n in numbers)
        parsed = ParsedFeed(entries=entries, hints=self.hints)
        overlap = compare(self.memory, [str(number) for number in numbers])
        entry = EntryState(article="", content="", published="", last_shown=now, at=now)
        self.memory = {
            str(number): replace(self.memory.get(str(number), entry), last_shown=now) for number in numbers
        }
        return Fetched(url=FEED.url, status=200, body_hash=str(came), parsed=parsed), overlap

    @property
    def flow(self) -> FeedFlow:
        return self.state.flow

    def lost(self, since: float) -> set[int]:
        """Entries that came after `since`, have left the feed again, and were never seen."""
        last = bisect_right(self.times, self.polls[-1]) - self.window
        return {n for n, time in enumerate(self.times) if time >= since and n < last} - self.seen

    def polls_between(self, start: float, end: float) -> int:
        return sum(start <= hour < end for hour in self.polls)


def bursts(*starts: float, length: float = 4.0, every: float = 1 / 40) -> list[float]:
    """Nothing, and then 40 entries an hour for some hours, at each of the starts."""
    return [time for start in starts for time in steady(every, start=start, until=start + length)]


@pytest.mark.parametrize("dated", [False, True])
def test_a_feed_with_bursts_loses_no_entry_once_its_overlap_got_thin(dated: bool) -> None:
    days = [24 * day + 9.3 for day in range(1, 15)]
    life = Life(times=[-30.0, -20.0, *bursts(*days)], dated=dated).until(24 * 16)
    assert life.flow.gaps <= 1  # the first burst, which nothing foretold
    assert not life.lost(since=24 * 2)
    # At most one poll's time of the first burst is lost, too.
    assert len(life.lost(since=0)) <= 40
    assert life.flow.missed_up_to >= len(life.lost(since=0))


def test_a_burst_is_still_prepared_for_after_a_quiet_week_and_does_not_cost_much() -> None:
    life = Life(times=bursts(10.0, 10.0 + 7 * 24)).until(10 * 24)
    assert not life.lost(since=24)
    assert life.polls_between(2 * 24, 3 * 24) <= 24 * 7  # far from every minute


@settings(max_examples=10)
@given(st.lists(st.floats(1, 100), min_size=2, max_size=4), st.integers(10, 60), st.integers(0, 2**16))
def test_no_entry_is_lost_after_the_first_thin_overlap_whenever_bursts_come(
    gaps: list[float], window: int, seed: int
) -> None:
    starts = [sum(gaps[: number + 1]) + 5 * number for number in range(len(gaps))]
    speed = 2 * window  # entries an hour: within an hour the window is replaced twice
    life = Life(times=bursts(*starts, every=1 / speed), window=window, draws=draws(seed)).until(
        starts[-1] + 10
    )
    thin = starts[0] + 1.1  # by then one poll at least has seen the first burst
    assert not life.lost(since=thin)


def test_a_steady_feed_is_polled_about_twice_an_entry() -> None:
    life = Life(times=steady(0.5, until=200)).until(200)
    assert 3 * 24 <= life.polls_between(100, 124) <= 6 * 24
    assert life.flow.pace == pytest.approx(2.0, rel=0.2)
    assert life.flow.gaps == 0
    assert not life.lost(since=0)


@pytest.mark.parametrize("dated", [False, True])
def test_a_dead_feed_is_polled_as_seldom_as_is_allowed(dated: bool) -> None:
    life = Life(times=[-9000.0, -8000.0], dated=dated).until(48)
    assert life.state.interval == 3600
    assert life.polls_between(0, 24) <= 40
    assert life.polls_between(24, 48) <= 33  # an hour, less the jitter


def test_a_feed_that_wakes_up_is_polled_more_often_at_once() -> None:
    life = Life(times=steady(0.05, start=50, until=60)).until(60)
    assert life.polls_between(52, 60) >= 8 * 20
    assert not life.lost(since=51)


def test_hints_make_polls_rarer_and_lose_nothing() -> None:
    times = steady(0.25, until=100)
    asked = Life(times=times, hints=Hints(ttl=60), window=20).until(100)
    eager = Life(times=times, window=20).until(100)
    assert len(asked.polls) < len(eager.polls) / 3
    assert asked.state.hints == FeedHints(ttl=3600)
    assert not asked.lost(since=0)


def test_hours_that_are_skipped_are_not_polled() -> None:
    night = Hints(skip_hours=(0, 1, 2, 3, 4, 5))
    life = Life(times=steady(3.0, until=200), hints=night).until(150)
    assert life.polls_between(12.01, 17.99) == 0  # NOW is noon
    assert not life.lost(since=0)


def test_an_outage_is_one_gap_and_no_reason_to_hurry() -> None:
    life = Life(times=steady(1.0, until=400), fails=(50.0, 150.0)).until(200)
    assert (life.flow.gaps, life.flow.missed_up_to) == (1, 80)
    assert life.flow.gap_hours > 99
    assert len(life.lost(since=0)) == pytest.approx(80, abs=2)
    assert life.polls_between(160, 184) <= 5 * 24


def test_ten_thousand_feeds_that_are_added_at_once_spread_over_the_hour() -> None:
    same = draws(7)
    hours = [hour for _ in range(300) for hour in Life(times=[], draws=same).until(10).polls if 8 <= hour < 9]
    per_minute = [sum(8 + m / 60 <= hour < 8 + (m + 1) / 60 for hour in hours) for m in range(60)]
    assert max(per_minute) <= 4 * len(hours) / 60
