"""Rates from counts that are looked at now and then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.desks.rates import BEFORE, LATELY, Rates, Sample

NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)


def watched(*points: tuple[float, int]) -> Rates:
    """Of articles done by seconds after noon."""
    rates = Rates()
    for seconds, done in points:
        rates.take(Sample(at=NOON + timedelta(seconds=seconds), done={"enrich": done}, waiting={}))
    return rates


def test_nothing_is_said_before_there_are_two_looks() -> None:
    assert watched().per_minute("enrich", LATELY) is None
    assert watched((0, 5)).per_minute("enrich", LATELY) is None
    assert watched((0, 5), (1, 9)).per_minute("enrich", LATELY) is None


def test_a_rate_is_of_its_own_span() -> None:
    rates = watched((0, 0), (600, 600), (630, 600), (660, 610))
    assert rates.per_minute("enrich", LATELY) == 10
    assert rates.per_minute("enrich", BEFORE) == 610 / 11


def test_a_gap_counts_with_its_time() -> None:
    assert watched((0, 0), (120, 100)).per_minute("enrich", LATELY) is None
    assert watched((0, 0), (120, 100)).per_minute("enrich", BEFORE) == 50


def test_a_channel_that_was_made_anew_gives_no_negative_rate() -> None:
    assert watched((0, 500), (30, 3)).per_minute("enrich", LATELY) == 0


def test_only_a_quarter_of_an_hour_is_kept() -> None:
    rates = watched(*((10 * number, number) for number in range(1000)))
    assert rates.per_minute("enrich", timedelta(days=1)) == 6
    assert rates.per_minute("enrich", BEFORE) == 6


def test_a_stage_that_begins_later_has_a_rate_of_its_own() -> None:
    rates = watched((0, 0), (60, 60))
    for seconds, done in ((70, 5), (80, 25)):
        at = NOON + timedelta(seconds=seconds)
        rates.take(Sample(at=at, done={"enrich": 70, "notify": done}, waiting={}))
    assert rates.per_minute("notify", LATELY) == 120
    assert rates.per_minute("deliver", LATELY) is None
