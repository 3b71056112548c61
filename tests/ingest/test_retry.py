from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.records import FeedRef, RawArticle
from article.sites import PageRetry
from ingest.pages.retry import MOST, WAITS, due, failed, next_at, without
from tests.ingest.documents import NOW

ARTICLE = RawArticle(
    id="a", content_hash="", feed=FeedRef(id="f", url="https://news.test/feed"), seen=NOW, text="A summary."
)


def test_the_waits_grow_and_end() -> None:
    retries: dict[str, PageRetry] = {}
    waits = []
    for failures in range(1, len(WAITS) + 1):
        retries = failed(retries, "a", ARTICLE, failures=failures, now=NOW, draw=0.0)
        waits.append(retries["a"].at - NOW)
        assert retries["a"].failures == failures
    assert waits == list(WAITS)
    assert failed(retries, "a", ARTICLE, failures=len(WAITS) + 1, now=NOW, draw=0.0) == {}


@given(st.floats(0, 1), st.integers(1, len(WAITS)))
def test_chance_makes_a_wait_longer_by_a_quarter_at_most(draw: float, failures: int) -> None:
    at = failed({}, "a", ARTICLE, failures=failures, now=NOW, draw=draw)["a"].at
    assert WAITS[failures - 1] <= at - NOW <= WAITS[failures - 1] * 1.25


def test_a_page_is_due_when_its_time_has_come() -> None:
    retries = failed({}, "a", ARTICLE, failures=1, now=NOW, draw=0.0)
    later = failed(retries, "b", ARTICLE, failures=2, now=NOW, draw=0.0)
    assert next_at(later) == NOW + WAITS[0]
    assert due(later, NOW + WAITS[0] - timedelta(seconds=1)) == {}
    assert due(later, NOW + WAITS[0]) == retries
    assert next_at(without(later, "a")) == NOW + WAITS[1]
    assert next_at({}) is None


@pytest.mark.parametrize("number", [MOST, MOST + 5])
def test_so_many_wait_and_no_more(number: int) -> None:
    retries: dict[str, PageRetry] = {}
    for key in map(str, range(number)):
        retries = failed(retries, key, ARTICLE, failures=1, now=NOW, draw=0.0)
    assert list(retries) == [str(key) for key in range(MOST)]
    again = failed(retries, "0", ARTICLE, failures=2, now=NOW, draw=0.0)
    assert again["0"].failures == 2


def test_a_long_text_is_not_kept_for_it() -> None:
    assert failed({}, "a", replace(ARTICLE, text="x" * 30_000), failures=1, now=NOW, draw=0.0) == {}
