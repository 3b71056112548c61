from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.schedule import next_interval, retry_at
from runtime.settings import IngestSettings
from tests.ingest.documents import NOW

SETTINGS = IngestSettings(min_interval=60, max_interval=3600)


def test_a_new_feed_is_polled_often_and_a_quiet_one_ever_less() -> None:
    interval = next_interval(0, new=True, settings=SETTINGS)
    seen = [interval]
    for _ in range(12):
        interval = next_interval(interval, new=False, settings=SETTINGS)
        seen.append(interval)
    assert seen[:4] == [60, 90, 135, 202.5]
    assert seen[-1] == 3600
    assert next_interval(3600, new=True, settings=SETTINGS) == 1800


@given(st.floats(0, 1e9), st.booleans())
def test_the_interval_stays_inside_its_bounds(before: float, new: bool) -> None:
    assert 60 <= next_interval(before, new=new, settings=SETTINGS) <= 3600


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_failing_feed_waits_between_the_least_and_the_longest(failures: int, draw: float) -> None:
    at = retry_at(NOW, failures=failures, draw=draw, settings=SETTINGS)
    assert timedelta(seconds=60) <= at - NOW <= timedelta(seconds=3660)
    assert at <= retry_at(NOW, failures=failures + 1, draw=draw, settings=SETTINGS)
