"""Polls ten minutes apart unless a test says otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from article.tables import EntryState
from ingest.damping import Seen, is_held_back, see, wait
from tests.ingest.documents import NOW

TEN_MINUTES = timedelta(minutes=10)


def polls(contents: str, *, every: timedelta = TEN_MINUTES) -> list[Seen]:
    """One poll for each letter, which is the content that the entry shows at it."""
    seen: list[Seen] = []
    state: EntryState | None = None
    for number, content in enumerate(contents):
        seen.append(see(state, article="a", content=content, now=NOW + number * every))
        state = seen[-1].state
    return seen


def published(seen: list[Seen]) -> str:
    return "".join(one.state.content if one.is_due else "." for one in seen)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("aaaa", "a..."),
        ("abbb", "ab.."),
        ("abab", "aba."),
        ("abcd", "abc."),
        ("abcdd", "abc.d"),
        ("abcddd", "abc.d."),
        ("abcdefggh", "abc....gh"),
        ("abccdeff", "abc.de.f"),
        ("abcdc", "abc.."),
    ],
)
def test_what_is_published(shown: str, expected: str) -> None:
    assert published(polls(shown)) == expected


def test_the_first_is_published_and_the_next_are_revisions() -> None:
    assert [one.outcome for one in polls("aab")] == ["published", "unchanged", "revised"]


def test_a_text_that_changes_at_every_fetch_comes_again_when_the_wait_is_over() -> None:
    seen = polls("abcdefghijklmnopqrstuvwxyz", every=timedelta(minutes=30))
    times = [number / 2 for number, one in enumerate(seen) if one.is_due]  # in hours
    assert times[:3] == [0, 0.5, 1.0]
    assert all(later - earlier >= 1 for earlier, later in pairwise(times[2:]))
    assert seen[-1].state.changes == 25


def test_held_back_is_noted_on_what_is_published_afterwards() -> None:
    seen = polls("abcdd")
    assert [bool(one.note) for one in seen] == [False, False, False, False, True]
    assert "changes at every fetch" in seen[-1].note


def test_slow_changes_are_not_damped() -> None:
    assert published(polls("abcdef", every=timedelta(days=2))) == "abcdef"


def test_what_is_not_published_yet_stays_due() -> None:
    state = polls("abcd")[-1].state
    assert is_held_back(state)
    again = see(state, article="a", content="d", now=NOW + timedelta(days=1))
    assert again.outcome == "revised"
    assert not is_held_back(again.state)


def test_the_wait_doubles_up_to_a_day() -> None:
    hours = [wait(changes) / timedelta(hours=1) for changes in (0, 2, 3, 4, 5, 7, 8, 1000)]
    assert hours == [0, 0, 1, 2, 4, 16, 24, 24]


def test_when_it_was_shown_is_remembered() -> None:
    seen = polls("aa")
    assert [one.state.last_shown for one in seen] == [NOW, NOW + TEN_MINUTES]
    at: list[datetime] = [one.state.at for one in seen]
    assert at == [NOW, NOW]
