"""When a host may be asked next."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.pacing import Pacing


def test_requests_to_one_host_are_spread_and_others_do_not_wait() -> None:
    pacing = Pacing()
    waits = [pacing.turn("a.test", now=100.0, delay=2.0, patience=10.0) for _ in range(3)]
    assert waits == [0.0, 2.0, 4.0]
    assert pacing.turn("b.test", now=100.0, delay=2.0, patience=10.0) == 0.0
    assert pacing.turn("a.test", now=107.0, delay=2.0, patience=10.0) == 0.0


def test_who_would_wait_too_long_takes_no_turn() -> None:
    pacing = Pacing()
    assert pacing.turn("a.test", now=0.0, delay=60.0, patience=30.0) == 0.0
    assert pacing.turn("a.test", now=0.0, delay=60.0, patience=30.0) is None
    assert pacing.turn("a.test", now=31.0, delay=60.0, patience=30.0) == 29.0


def test_a_host_that_rests_is_left_alone_until_then() -> None:
    pacing = Pacing()
    pacing.rest("a.test", until=50.0, now=0.0)
    pacing.rest("a.test", until=20.0, now=0.0)
    assert pacing.resting("a.test", now=10.0) == 40.0
    assert pacing.turn("a.test", now=10.0, delay=1.0, patience=30.0) is None
    assert pacing.turn("a.test", now=30.0, delay=1.0, patience=30.0) == 20.0
    assert pacing.resting("a.test", now=50.0) == 0.0
    assert pacing.resting("b.test", now=10.0) == 0.0


@given(steps=st.lists(st.tuples(st.floats(0, 5), st.floats(0.1, 3)), max_size=40))
def test_turns_never_come_closer_than_the_delay(steps: Sequence[tuple[float, float]]) -> None:
    pacing, now, last, gap = Pacing(), 0.0, None, 0.0
    for pause, delay in steps:
        now += pause
        wait = pacing.turn("a.test", now=now, delay=delay, patience=10.0)
        if wait is not None:
            assert last is None or now + wait >= last + gap - 1e-9
            last, gap = now + wait, delay


def test_what_is_past_is_forgotten() -> None:
    pacing = Pacing()
    for number in range(30_000):
        pacing.turn(f"{number}.test", now=float(number), delay=1.0, patience=1.0)
        pacing.rest(f"{number}.test", until=number + 1.0, now=float(number))
    assert len(pacing._next) <= 10_000
    assert len(pacing._rests) <= 10_000
