from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.observed import FeedFlow
from article.tables import EntryState
from ingest.rhythm.overlap import Overlap, compare, read
from ingest.rhythm.pace import peak_rate, recent_rate
from tests.ingest.documents import NOW

HOUR = timedelta(hours=1)
documents = st.lists(st.integers(0, 60), max_size=30, unique=True)


def seen(key: str, *, shown: datetime = NOW, at: datetime = NOW) -> EntryState:
    return EntryState(article=key, content="", published="", last_shown=shown, at=at)


def known(numbers: Iterable[int], *, shown: datetime = NOW, at: datetime = NOW) -> dict[str, EntryState]:
    return {str(number): seen(str(number), shown=shown, at=at) for number in numbers}


def shown(numbers: Iterable[int]) -> list[str]:
    return [str(number) for number in numbers]


def after(
    before: Mapping[str, EntryState], numbers: Iterable[int], flow: FeedFlow, *, hours: float = 1
) -> FeedFlow:
    now = NOW + hours * HOUR
    return read(flow, compare(before, shown(numbers)), dates=(), since=NOW, now=now)


def test_a_window_that_moves_on() -> None:
    assert compare(known(range(20)), shown(range(5, 25))) == Overlap(before=20, kept=15, shown=20, new=5)


def test_only_the_last_document_with_entries_counts() -> None:
    before = known(range(10), shown=NOW - HOUR) | known(range(10, 20))
    assert compare(before, shown(range(15, 25))) == Overlap(before=10, kept=5, shown=10, new=5)


def test_a_feed_that_changed_its_order_is_the_same() -> None:
    found = compare(known(range(20)), shown(reversed(range(20))))
    assert (found.kept, found.new, found.broken) == (20, 0, False)


def test_what_stays_on_top_for_good_holds_nothing_together() -> None:
    pinned = known((100, 101), at=NOW - 100 * HOUR)
    found = compare(pinned | known(range(18)), shown([100, 101, *range(50, 68)]))
    assert (found.kept, found.new, found.broken) == (0, 18, True)


def test_an_entry_that_was_taken_out_proves_nothing() -> None:
    old = known(range(10), at=NOW - HOUR)
    found = compare(old | known((10, 11)), shown([*range(8), 12]))  # 10 and 11 are gone again
    assert (found.kept, found.broken) == (8, False)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ((), range(20)),  # there was nothing
        (range(20), ()),  # there is nothing
        (range(2), range(10, 12)),  # a window so small that every entry turns it over
    ],
)
def test_where_nothing_can_be_said_no_gap_is_counted(before: Iterable[int], now: Iterable[int]) -> None:
    assert after(known(before), now, FeedFlow(window=2)).gaps == 0


def test_two_servers_that_take_turns_leave_no_gap() -> None:
    before = known(range(20), shown=NOW - HOUR) | known(range(20, 40))
    assert after(before, range(19), FeedFlow(window=20)).gaps == 0


def test_a_gap_is_counted_with_what_may_have_been_missed() -> None:
    slow = FeedFlow(window=20, pace=1.0, since=NOW - 1000 * HOUR, last_new=NOW)
    first = after(known(range(20)), range(50, 70), slow)
    assert (first.gaps, first.missed_up_to, first.overlap) == (1, 20, 0.0)
    assert (first.last_gap, first.gap_hours) == (NOW + HOUR, 1.0)
    again = after(known(range(50, 70)), range(90, 110), first, hours=3)
    assert (again.gaps, again.missed_up_to) == (2, 40)


def test_a_gap_after_a_fast_time_may_have_swallowed_more() -> None:
    assert after(known(range(20)), range(50, 70), FeedFlow(window=20, pace=30.0), hours=2).missed_up_to == 40


def test_a_document_tells_its_own_pace() -> None:
    dates = [NOW + minutes * timedelta(minutes=2) for minutes in range(31)]  # 30 an hour
    found = compare(known(range(31)), shown(range(50, 81)))
    flow = read(FeedFlow(window=31), found, dates=dates, since=NOW, now=NOW + 3 * HOUR)
    assert flow.missed_up_to == 3 * 30 - 31


def test_the_share_that_is_still_shown() -> None:
    assert after(known(range(20)), range(5, 25), FeedFlow()).overlap == 0.75
    assert after(known(range(20)), (), FeedFlow(overlap=0.5, window=20)).overlap == 0.5
    assert after(known(range(20)), (), FeedFlow(window=20)).window == 20


def test_the_first_document_tells_a_pace_by_its_dates() -> None:
    dates = [NOW - number * HOUR for number in range(10)]
    first = read(FeedFlow(), compare({}, shown(range(10))), dates=dates, since=None, now=NOW)
    assert first.pace == pytest.approx(1.0)
    assert first.peak == pytest.approx(1.0)
    assert first.last_new == NOW
    assert (first.window, first.gaps, first.overlap) == (10, 0, None)


@pytest.mark.parametrize("dates", [[None] * 10, [NOW] * 10, [NOW + 1000 * HOUR] * 10, []])
def test_dates_that_tell_no_pace(dates: list[datetime | None]) -> None:
    first = read(FeedFlow(), compare({}, shown(range(10))), dates=dates, since=None, now=NOW)
    assert first.pace == first.peak == 0


def test_a_feed_that_is_dead_when_it_is_added_has_its_newest_date() -> None:
    dates = [NOW - 500 * HOUR, NOW - 400 * HOUR]
    first = read(FeedFlow(), compare({}, shown(range(2))), dates=dates, since=None, now=NOW)
    assert first.last_new == NOW - 400 * HOUR
    assert recent_rate(first, NOW) < 1e-100


def test_a_memory_that_was_lost_is_no_burst() -> None:
    flow = read(
        FeedFlow(window=20, gaps=1), compare({}, shown(range(20))), dates=(), since=NOW, now=NOW + HOUR
    )
    assert (flow.recent, flow.peak, flow.gaps) == (0, 0, 1)


def test_rates_fade() -> None:
    flow = FeedFlow(pace=2.0, recent=2.0, peak=2.0, last_new=NOW, as_of=NOW)
    later = NOW + 7 * 24 * HOUR
    assert recent_rate(flow, later) < 1e-9
    assert peak_rate(flow, later) == pytest.approx(1.0)
    after = read(flow, compare(known(range(5)), shown(range(5))), dates=(), since=later - HOUR, now=later)
    assert (after.pace, after.last_new, after.as_of) == (2.0, NOW, later)
    assert after.peak == pytest.approx(1.0)


@given(documents, documents)
def test_a_comparison_adds_up(before: list[int], now: list[int]) -> None:
    found = compare(known(before), shown(now))
    assert 0 <= found.kept <= min(found.before, found.shown)
    assert found.new == len(set(now) - set(before))
    assert found.before == len(before)


@given(documents, documents)
def test_order_does_not_count(before: list[int], now: list[int]) -> None:
    one = compare(known(before), shown(now))
    assert one == compare(known(sorted(before)), shown(sorted(now, reverse=True)))


@given(st.integers(3, 30), st.integers(0, 100))
def test_a_window_that_moves_has_a_gap_only_where_it_moved_by_more_than_itself(window: int, by: int) -> None:
    flow = after(known(range(window)), range(by, by + window), FeedFlow(window=window))
    assert flow.gaps == (by >= window)


@given(st.lists(st.tuples(documents, st.floats(0, 1000)), max_size=20))
def test_rates_are_never_negative_or_infinite(history: list[tuple[list[int], float]]) -> None:
    flow, remembered, now = FeedFlow(), dict[str, EntryState](), NOW
    since: datetime | None = None
    for numbers, hours in history:
        now += hours * HOUR
        flow = read(flow, compare(remembered, shown(numbers)), dates=(), since=since, now=now)
        remembered |= known(numbers, shown=now, at=now)
        since = now
    assert 0 <= flow.recent < 1e6
    assert 0 <= flow.pace < 1e6
    assert 0 <= flow.peak < 1e6
    assert flow.missed_up_to >= flow.gaps
