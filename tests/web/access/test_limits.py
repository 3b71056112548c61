"""Token buckets: bursts, the long run, and bounded memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from web.access.limits import Limits


def test_a_burst_is_allowed_and_then_the_rate_holds() -> None:
    limits = Limits(rate=2, burst=3)
    for _ in range(3):
        assert limits.wait("a", 0.0) == 0
        limits.take("a", 0.0)
    assert limits.wait("a", 0.0) == 0.5
    assert limits.wait("a", 0.5) == 0
    assert limits.wait("b", 0.0) == 0


def test_no_rate_is_no_limit() -> None:
    limits = Limits(rate=0, burst=1)
    for _ in range(10):
        limits.take("a", 0.0)
    assert limits.wait("a", 0.0) == 0
    assert len(limits) == 0


def test_memory_is_bounded_and_who_asked_last_is_remembered() -> None:
    limits = Limits(rate=1, burst=1, most=10)
    for number in range(1000):
        limits.take(f"client {number}", 0.0)
    assert len(limits) == 10
    assert limits.wait("client 999", 0.0) == 1
    assert limits.wait("client 0", 0.0) == 0


@given(st.lists(st.floats(min_value=0, max_value=3), max_size=60))
def test_never_more_than_the_burst_and_what_the_rate_adds(pauses: list[float]) -> None:
    limits, now, made = Limits(rate=2, burst=5), 0.0, 0
    for pause in pauses:
        now += pause
        if limits.wait("a", now) == 0:
            limits.take("a", now)
            made += 1
        assert made <= 5 + 2 * now + 1e-6
