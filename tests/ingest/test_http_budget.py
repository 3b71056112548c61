"""Memory for bodies: never more than the budget and one body, and always somebody who comes to an end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.budget import Budget


def test_what_is_given_back_can_be_taken_again() -> None:
    async def story() -> None:
        budget = Budget(100)
        one, two = budget.share(), budget.share()
        await one.take(60)
        await two.take(40)
        assert budget.held == 100
        one.give_back()
        one.give_back()
        assert budget.held == 40
        await two.take(60)
        two.give_back()
        assert budget.held == 0

    asyncio.run(story())


def test_one_at_a_time_goes_beyond_the_budget_and_the_others_wait() -> None:
    async def story() -> None:
        budget = Budget(100)
        first, second = budget.share(), budget.share()
        await first.take(50)
        await second.take(50)
        await first.take(30)  # there is no room: it is the one that may go beyond
        assert not second.take_now(1)
        waits = asyncio.ensure_future(second.take(10))
        await asyncio.sleep(0)
        assert not waits.done()
        await first.take(30)
        assert budget.held == 160
        first.give_back()
        await waits
        assert budget.held == 60

    asyncio.run(story())


def test_who_is_cancelled_while_waiting_holds_nothing() -> None:
    async def story() -> None:
        budget = Budget(10)
        full, late, last = budget.share(), budget.share(), budget.share()
        await full.take(20)
        waits = asyncio.ensure_future(late.take(5))
        behind = asyncio.ensure_future(last.take(5))
        await asyncio.sleep(0)
        waits.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waits
        late.give_back()
        full.give_back()
        await behind
        assert (budget.held, late.held, last.held) == (5, 0, 5)

    asyncio.run(story())


@given(bodies=st.lists(st.lists(st.integers(1, 40), min_size=1, max_size=6), min_size=1, max_size=8))
def test_all_come_to_their_end_within_the_bound(bodies: Sequence[Sequence[int]]) -> None:
    async def story() -> None:
        budget = Budget(60)
        largest = max(sum(body) for body in bodies)

        async def one(body: Sequence[int]) -> None:
            share = budget.share()
            for piece in body:
                await share.take(piece)
                await asyncio.sleep(0)
                assert budget.held <= 60 + largest
            share.give_back()

        await asyncio.gather(*(one(body) for body in bodies))
        assert budget.held == 0

    asyncio.run(story())
