from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.stream import in_order


def doubled(items: Iterator[int], *, budget: int = 10, at_least: int = 2) -> Iterator[int]:
    with ThreadPoolExecutor(2) as pool:
        yield from in_order(
            pool, lambda item: item * 2, items, cost=lambda item: item, budget=budget, at_least=at_least
        )


@given(st.lists(st.integers(0, 20), max_size=50), st.integers(1, 30), st.integers(1, 4))
def test_results_come_in_the_order_of_the_items(items: list[int], budget: int, at_least: int) -> None:
    assert list(doubled(iter(items), budget=budget, at_least=at_least)) == [item * 2 for item in items]


def test_a_result_comes_before_the_next_item_is_there() -> None:
    """A program that writes a line and waits for the answer before the next must not wait for ever."""
    answered = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        assert answered.wait(30)
        yield 2

    results = doubled(items())
    assert next(results) == 2
    answered.set()
    assert list(results) == [4]


def test_reading_ahead_stops_at_the_budget() -> None:
    taken: list[int] = []
    three_in_hand = threading.Event()

    def items() -> Iterator[int]:
        for item in range(100):
            taken.append(item)
            if item == 3:
                three_in_hand.set()
            yield item

    def held(item: int) -> int:
        assert three_in_hand.wait(30)
        return item

    with ThreadPoolExecutor(1) as pool:
        results = in_order(pool, held, items(), cost=lambda _: 5, budget=15, at_least=1)
        assert next(results) == 0
        # The first is out of hand, three are in it, and the next was read before it had to wait for room.
        assert max(taken) <= 4
        assert list(results) == list(range(1, 100))


def test_an_error_in_the_items_comes_behind_the_results_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("line 3")

    results = doubled(items())
    assert [next(results), next(results)] == [2, 4]
    with pytest.raises(ValueError, match="line 3"):
        next(results)


def test_who_stops_taking_results_stops_the_reading() -> None:
    endless = iter(range(10**9))
    results = doubled(endless)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    reader = [thread for thread in threading.enumerate() if thread.name == "stream-reader"]
    for thread in reader:
        thread.join(30)
        assert not thread.is_alive()
