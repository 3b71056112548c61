from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.observed import FeedFlow, FeedHints
from ingest.rhythm.schedule import Plan, plan, retry, safe_interval
from runtime.settings import IngestSettings
from tests.ingest.documents import NOW  # a Sunday, 12:00

SETTINGS = IngestSettings(min_interval=60, max_interval=3600)
QUIET = FeedFlow()
NOTHING = FeedHints()
rates = st.floats(0, 1e6)
draws = st.floats(0, 1)
flows = st.builds(FeedFlow, pace=rates, recent=rates, peak=rates, window=st.integers(0, 5000))
hints = st.builds(
    FeedHints,
    fresh=st.floats(0, 1e9),
    ttl=st.floats(0, 1e9),
    skip_hours=st.lists(st.integers(0, 23)).map(tuple),
    skip_days=st.lists(st.integers(0, 6)).map(tuple),
    wait_until=st.none() | st.just(NOW + timedelta(days=400)),
)


def planned(
    flow: FeedFlow = QUIET, hints: FeedHints = NOTHING, *, before: float = 3600, draw: float = 0.0
) -> Plan:
    return plan(flow=flow, hints=hints, before=before, now=NOW, settings=SETTINGS, draw=draw)


def test_a_new_feed_is_polled_often_and_a_quiet_one_ever_less() -> None:
    interval, seen = 0.0, []
    for _ in range(8):
        interval = planned(before=interval).interval
        seen.append(interval)
    assert seen == [60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_a_feed_is_polled_twice_an_entry() -> None:
    assert planned(FeedFlow(recent=2.0)).interval == 900
    assert planned(FeedFlow(recent=1000.0)).interval == 60
    assert "2 new entries an hour" in planned(FeedFlow(recent=2.0)).reason
    assert "ingest.min_interval" in planned(FeedFlow(recent=1000.0)).reason


def test_a_feed_that_had_a_burst_is_polled_so_that_none_falls_off_its_end() -> None:
    flow = FeedFlow(peak=40.0, window=20)
    assert safe_interval(flow, NOW) == pytest.approx(600)
    assert planned(flow).interval == pytest.approx(600)
    assert "up to 40 new entries an hour" in planned(flow).reason


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        (FeedHints(fresh=1800), "Cache-Control or Expires"),
        (FeedHints(ttl=1800, fresh=300), "ttl or sy:updatePeriod"),
        (FeedHints(wait_until=NOW + timedelta(seconds=1800)), "Retry-After"),
    ],
)
def test_what_a_feed_asks_for_is_kept(asked: FeedHints, word: str) -> None:
    made = planned(FeedFlow(recent=10.0), asked)
    assert made.interval == 1800
    assert word in made.reason


@given(flows, hints, st.floats(0, 1e6), draws)
def test_chance_makes_no_poll_come_before_the_feed_asks_for_it(
    flow: FeedFlow, hints: FeedHints, before: float, draw: float
) -> None:
    made = planned(flow, hints, before=before, draw=draw)
    asked = min(max(hints.fresh, hints.ttl), made.interval)
    assert (made.next_poll - NOW).total_seconds() >= asked - 1e-5


def test_feeds_that_ask_for_the_same_spread_too() -> None:
    due = {
        planned(hints=FeedHints(ttl=1800), before=900, draw=number / 100).next_poll for number in range(100)
    }
    assert (min(due) - NOW, max(due) - NOW) >= (timedelta(seconds=1800), timedelta(seconds=2200))


def test_what_a_feed_asks_for_is_bounded() -> None:
    assert planned(FeedFlow(recent=10.0), FeedHints(fresh=1e8)).interval == 3600
    assert planned(FeedFlow(recent=10.0), FeedHints(fresh=1)).interval == 180


def test_what_a_feed_asks_for_does_not_count_where_entries_would_be_lost() -> None:
    made = planned(FeedFlow(recent=10.0, peak=40.0, window=20), FeedHints(ttl=3600))
    assert made.interval == pytest.approx(600)


@pytest.mark.parametrize(
    ("hours", "days", "hour", "day"),
    [
        ((12, 13, 14), (), 15, 1),
        ((13,), (), 14, 1),
        ((14,), (), 13, 1),
        (tuple(range(1, 24)), (), 0, 2),
        ((), (6,), 0, 2),
        ((0, 1), (6,), 2, 2),
        ((), (0, 1, 6), 0, 4),
        (tuple(range(24)), (), 13, 1),
        ((), tuple(range(7)), 13, 1),
        ((), (6, 0, 1, 2, 3), 13, 1),
    ],
)
def test_hours_and_days_to_skip(hours: tuple[int, ...], days: tuple[int, ...], hour: int, day: int) -> None:
    """Polled at 12:00 on a Sunday, next due an hour later."""
    made = planned(hints=FeedHints(skip_hours=hours, skip_days=days))
    assert made.next_poll == datetime(2026, 3, day, hour, tzinfo=UTC)


def test_no_hour_is_skipped_in_which_entries_may_be_lost() -> None:
    busy = FeedFlow(peak=6.0, window=20)
    assert planned(busy, FeedHints(skip_hours=(13,))).next_poll == NOW + timedelta(seconds=3600)


def test_feeds_that_are_added_at_once_spread() -> None:
    due = {planned(draw=number / 100).next_poll for number in range(100)}
    assert len(due) == 100
    assert max(due) - min(due) >= timedelta(minutes=14)


@given(flows, hints, st.floats(0, 1e6), draws)
def test_the_interval_stays_inside_its_bounds(
    flow: FeedFlow, hints: FeedHints, before: float, draw: float
) -> None:
    made = planned(flow, hints, before=before, draw=draw)
    wait = (made.next_poll - NOW).total_seconds()
    assert 60 <= made.interval <= 3600
    assert 60 - 1e-5 <= wait <= 3 * 86_400 + 3600
    assert made.reason
    if not hints.skip_hours and not hints.skip_days:
        assert wait <= min(3600, 1.25 * made.interval) + 1e-5


@given(flows, hints, st.floats(0, 1e6), draws)
def test_no_wait_is_longer_than_is_safe_or_the_least(
    flow: FeedFlow, hints: FeedHints, before: float, draw: float
) -> None:
    made = planned(flow, hints, before=before, draw=draw)
    assert (made.next_poll - NOW).total_seconds() <= max(60.0, safe_interval(flow, NOW)) + 1e-5


@given(st.integers(1, 10_000), draws)
def test_a_failing_feed_waits_between_the_least_and_the_longest(failures: int, draw: float) -> None:
    def at(failures: int) -> datetime:
        made = retry(failures=failures, wait_until=None, now=NOW, settings=SETTINGS, draw=draw)
        return made.next_poll

    assert timedelta(seconds=60) <= at(failures) - NOW <= timedelta(seconds=3660)
    assert at(failures) <= at(failures + 1)


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        (timedelta(hours=5), timedelta(hours=5)),
        (timedelta(days=4000), timedelta(days=1)),
        (timedelta(seconds=1), timedelta(seconds=60)),
    ],
)
def test_a_server_that_refuses_says_how_long(asked: timedelta, waits: timedelta) -> None:
    made = retry(failures=1, wait_until=NOW + asked, now=NOW, settings=SETTINGS, draw=0.0)
    assert made.next_poll - NOW == waits
