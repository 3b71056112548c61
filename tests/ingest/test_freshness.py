from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.rhythm.freshness import clock_skew, fresh_for, retry_at
from tests.ingest.documents import NOW

HERE = "Sun, 01 Mar 2026 12:00:00 GMT"  # NOW
ONE_HOUR_ON = "Sun, 01 Mar 2026 13:00:00 GMT"
anything = st.none() | st.text(max_size=80) | st.sampled_from(["max-age=", 'max-age="', "=,=", HERE])


def fresh(
    cache_control: str | None = None, *, expires: str | None = None, date: str | None = None
) -> float | None:
    return fresh_for(cache_control=cache_control, expires=expires, date=date, now=NOW)


@pytest.mark.parametrize(
    ("cache_control", "seconds"),
    [
        (None, None),
        ("", None),
        ("public", None),
        ("max-age=600", 600),
        ("public, Max-Age = 600", 600),
        ('max-age="600"', 600),
        ("max-age=600, max-age=5", 600),
        ("s-maxage=600, max-age=0", 600),
        ("max-age=900, s-maxage=60", 900),
        ("max-age=600, must-revalidate", 600),
        ("must-revalidate", None),
        ("no-cache", 0),
        ('no-cache="set-cookie, x", max-age=600', 0),
        ("max-age=600, NO-STORE", 0),
        ("max-age=-1", 0),
        ("max-age=soon", 0),
        ("max-age", 0),
        ("max-age=600;public", 600),
        ('community="max-age=5", max-age=600', 600),
        ("xmax-age=5", None),
        ("max-age=" + "9" * 20, 10 * 365 * 86_400),
        (", ,max-age=600", 600),
    ],
)
def test_cache_control(cache_control: str | None, seconds: float | None) -> None:
    assert fresh(cache_control) == seconds


@pytest.mark.parametrize(
    ("expires", "date", "seconds"),
    [
        (ONE_HOUR_ON, None, 3600),
        ("Sunday, 01-Mar-26 13:00:00 GMT", None, 3600),
        ("Sun Mar  1 13:00:00 2026", None, 3600),
        (HERE, "Sun, 01 Mar 2026 11:30:00 GMT", 1800),
        (HERE, None, 0),
        ("Sun, 01 Mar 2020 12:00:00 GMT", None, 0),
        ("0", None, 0),
        ("-1", None, 0),
        ("soon", None, 0),
        (ONE_HOUR_ON, "yesterday", 3600),
    ],
)
def test_expires(expires: str, date: str | None, seconds: float) -> None:
    assert fresh(expires=expires, date=date) == seconds


def test_cache_control_goes_before_expires() -> None:
    assert fresh("max-age=60", expires=ONE_HOUR_ON) == 60
    assert fresh("public", expires=ONE_HOUR_ON) == 3600


@pytest.mark.parametrize(
    ("retry_after", "date", "seconds"),
    [
        ("120", None, 120),
        (" 120 ", None, 120),
        ("0.5", None, 0.5),
        (ONE_HOUR_ON, None, 3600),
        (HERE, "Sun, 01 Mar 2026 11:30:00 GMT", 1800),
        ("0", None, None),
        ("-5", None, None),
        ("Sun, 01 Mar 2020 12:00:00 GMT", None, None),
        ("a while", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_retry_after(retry_after: str | None, date: str | None, seconds: float | None) -> None:
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert retry_at(retry_after, date=date, now=NOW) == expected


def test_a_wrong_clock_is_told() -> None:
    assert clock_skew(ONE_HOUR_ON, now=NOW) == 3600
    assert clock_skew("Sun, 01 Mar 2026 11:30:00 GMT", now=NOW) == -1800
    assert clock_skew(None, now=NOW) == clock_skew("?", now=NOW) == 0


@given(anything, anything, anything)
def test_whatever_stands_in_the_headers_is_a_length_of_time_or_nothing(
    first: str | None, second: str | None, date: str | None
) -> None:
    seconds = fresh(first, expires=second, date=date)
    assert seconds is None or 0 <= seconds <= 10 * 365 * 86_400
    until = retry_at(first, date=date, now=NOW)
    assert until is None or until > NOW


@given(st.integers(0, 10**9), st.lists(st.sampled_from(["public", "private", "x=1"]), max_size=3))
def test_max_age_is_found_among_others(seconds: int, others: list[str]) -> None:
    assert fresh(", ".join([*others, f"max-age={seconds}"])) == min(seconds, 10 * 365 * 86_400)
