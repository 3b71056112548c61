"""What becomes of each entry of a document, and that the counts say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from article.counts import Counts, Outcome, counted
from article.tables import EntryState
from ingest.entry import DeadEntry, Entry, ParsedFeed
from ingest.lists.subscriptions import subscription
from ingest.outcomes import Judged, judge
from runtime.settings import IngestSettings
from tests.ingest.documents import LONG, NOW

FEED = subscription("https://news.test/feed", now=NOW)
NOTHING = DeadEntry(key="nothing", raw=b"<item/>", reason="says nothing")
OUTCOMES: list[Outcome] = ["published", "unchanged", "revised", "duplicate", "dead"]


def entry(number: int, text: str = LONG) -> Entry:
    return Entry(link=f"https://news.test/{number}", title=f"Title {number}", text=text, text_is_full=True)


def read(known: dict[str, EntryState], *entries: Entry | DeadEntry, minutes: int = 0) -> Judged:
    parsed = ParsedFeed(
        entries=tuple(each for each in entries if isinstance(each, Entry)),
        dead=tuple(each for each in entries if isinstance(each, DeadEntry)),
    )
    now = NOW + timedelta(minutes=minutes)
    return judge(FEED, known, parsed, now=now, settings=IngestSettings())


def test_each_entry_has_one_outcome() -> None:
    known = read({}, entry(1), entry(2)).entries
    judged = read(known, entry(1), entry(2, "Other"), entry(3), entry(3, "Another"), NOTHING, minutes=1)
    assert judged.counts == Counts(seen=5, unchanged=1, revised=1, published=1, duplicate=1, dead=1)
    assert [draft.outcome for draft in judged.drafts] == ["revised", "published"]
    assert judged.dead == (NOTHING,)


def test_what_says_nothing_is_given_up_once() -> None:
    first = read({}, NOTHING, NOTHING)
    assert first.counts == Counts(seen=2, dead=1, duplicate=1)
    again = read(first.entries, NOTHING, minutes=1)
    assert (again.counts, again.dead) == (Counts(seen=1, unchanged=1), ())
    (remembered,) = again.entries.values()
    assert (remembered.dead, remembered.first_shown, remembered.last_shown) == (
        "says nothing",
        NOW,
        NOW + timedelta(minutes=1),
    )
    assert "given up" in again.notes[-1]


def test_an_entry_that_is_held_back_is_unchanged_until_it_is_published() -> None:
    known: dict[str, EntryState] = {}
    counts = []
    for minute, text in enumerate("abcdd"):
        judged = read(known, entry(1, text), minutes=minute)
        known = judged.entries
        counts.append(judged.counts)
    assert counts[3] == Counts(seen=1, unchanged=1)
    assert counts[4] == Counts(seen=1, revised=1)
    (remembered,) = known.values()
    assert remembered.revisions == 3
    assert remembered.first_shown == NOW


@given(st.lists(st.sampled_from(OUTCOMES)), st.lists(st.sampled_from(OUTCOMES)))
def test_counts_balance_and_can_be_added_and_taken_back(one: list[Outcome], two: list[Outcome]) -> None:
    both = counted(one).plus(counted(two))
    assert both == counted([*one, *two])
    assert both.without(two) == counted(one)
    assert both.is_balanced
    assert not replace(both, seen=both.seen + 1).is_balanced
