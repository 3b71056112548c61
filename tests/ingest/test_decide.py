from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.codec import decode, encode
from article.tables import EntryState, FeedMemory, FeedState
from ingest.decide import Decision, decide, is_known_body, only_done
from ingest.entry import Entry, Fetched, ParsedFeed
from ingest.lists.subscriptions import subscription
from ingest.rhythm.trust import Validators, current_url, validators
from runtime.settings import IngestSettings
from tests.ingest.documents import LONG, NOW

SETTINGS = IngestSettings(min_interval=60, max_interval=3600)
FEED = subscription("https://news.test/feed", now=NOW, title="Mine")
MINUTE = timedelta(minutes=1)


def entry(number: int, text: str = LONG) -> Entry:
    return Entry(link=f"https://news.test/{number}", title=f"Title {number}", text=text, text_is_full=True)


def shown(*entries: Entry, moved_to: str | None = None) -> Fetched:
    return Fetched(
        url=FEED.url,
        status=200,
        moved_to=moved_to,
        etag='"1"',
        last_modified="then",
        body_hash="h",
        parsed=ParsedFeed(title="News", entries=entries),
    )


def step(before: Decision | None, fetched: Fetched, minutes: float = 0) -> Decision:
    """The decision with what is remembered then: the memory from before where none is written."""
    decision = decide(
        subscription=FEED,
        state=before.state if before else None,
        memory=before.memory if before else None,
        fetched=fetched,
        now=NOW + minutes * MINUTE,
        settings=SETTINGS,
    )
    return decision if decision.memory else replace(decision, memory=before.memory if before else None)


def sent(state: FeedState) -> Validators:
    return validators(state, now=NOW, settings=SETTINGS)


def entries(decision: Decision) -> dict[str, EntryState]:
    return decision.memory.entries if decision.memory else {}


KNOWN = Validators(etag='"1"', last_modified="then")
UNCHANGED = Fetched(url=FEED.url, status=304)
FAILED = Fetched(url=FEED.url, status=500, problem="answers with status 500")


def test_a_first_poll() -> None:
    decision = step(None, shown(entry(1), entry(2)))
    assert [(draft.outcome, draft.article.title) for draft in decision.drafts] == [
        ("published", "Title 1"),
        ("published", "Title 2"),
    ]
    state = decision.state
    assert set(entries(decision)) == {draft.key for draft in decision.drafts}
    assert (state.entries, state.held, state.document_at) == (2, 0, NOW)
    assert (state.id, state.title, state.etag, state.last_modified, state.body_hash) == (
        FEED.id,
        "News",
        '"1"',
        "then",
        "h",
    )
    assert (state.polled, state.succeeded, state.next_poll) == (NOW, NOW, NOW + 1.125 * MINUTE)
    assert (state.failures, state.problem, state.status, state.url) == (0, "", 200, None)


def test_nothing_new() -> None:
    first = step(None, shown(entry(1)))
    second = step(first, shown(entry(1)), 1)
    assert second.drafts == ()
    assert second.state.interval == 120


def test_a_changed_entry_is_a_revision() -> None:
    first = step(None, shown(entry(1)))
    for changed in (
        entry(1, "Other text"),
        replace(entry(1), title="Other"),
        replace(entry(1), published=NOW),
    ):
        (draft,) = step(first, shown(changed), 1).drafts
        assert draft.outcome == "revised"
        assert draft.key in entries(first)


def test_white_space_is_no_change() -> None:
    first = step(None, shown(entry(1)))
    assert step(first, shown(entry(1, LONG.replace(" ", "\n"))), 1).drafts == ()


def test_a_guid_that_changes_makes_no_new_article_and_one_guid_for_two_links_two() -> None:
    first = step(None, shown(replace(entry(1), entry_id="a")))
    assert step(first, shown(replace(entry(1), entry_id="b")), 1).drafts == ()
    same_guid = [replace(entry(number), entry_id="same") for number in (1, 2)]
    assert len(step(None, shown(*same_guid)).drafts) == 2


def test_an_entry_twice_in_one_document_counts_once() -> None:
    decision = step(None, shown(entry(1), entry(1, "Other text")))
    (draft,) = decision.drafts
    assert draft.article.text == LONG
    assert "1 entries of the document stand in it more than once" in decision.state.notes[0]


def test_entries_without_a_link_are_told_apart() -> None:
    bare = [Entry(entry_id="1"), Entry(entry_id="2"), Entry(title="x"), Entry(title="x", published=NOW)]
    assert len(step(None, shown(*bare)).drafts) == 4


def test_a_304_leaves_everything_but_the_times() -> None:
    first = step(None, shown(entry(1)))
    second = step(first, UNCHANGED, 1)
    assert second.drafts == ()
    assert (second.state.etag, second.state.last_modified, second.state.body_hash) == ('"1"', "then", "h")
    assert (second.state.succeeded, second.state.document_at) == (NOW + MINUTE, NOW)
    assert second.state.entries == 1


@pytest.mark.parametrize("fetched", [UNCHANGED, FAILED])
def test_without_a_document_no_memory_is_read_or_written(fetched: Fetched) -> None:
    first = step(None, shown(entry(1)))
    decision = decide(
        subscription=FEED, state=first.state, memory=None, fetched=fetched, now=NOW, settings=SETTINGS
    )
    assert decision.memory is None
    assert decision.state.entries == 1


def test_what_the_last_document_showed_was_shown_until_the_next() -> None:
    first = step(None, shown(entry(1), entry(2)))
    unchanged = step(step(first, UNCHANGED, 1), UNCHANGED, 2)
    third = step(unchanged, shown(entry(2)), 3)
    shown_at = {key: seen.last_shown for key, seen in entries(third).items()}
    gone, still = (draft.key for draft in first.drafts)
    assert shown_at == {gone: NOW + 2 * MINUTE, still: NOW + 3 * MINUTE}
    fourth = step(third, shown(), 4)
    assert entries(fourth)[gone].last_shown == NOW + 2 * MINUTE


def test_a_failure_is_remembered_and_a_success_forgets_it() -> None:
    decision: Decision | None = None
    waits = []
    for failures in range(1, 5):
        decision = step(decision, FAILED)
        assert decision.drafts == ()
        state = decision.state
        assert (state.failures, state.problem, state.status) == (failures, "answers with status 500", 500)
        assert state.next_poll
        waits.append((state.next_poll - NOW).total_seconds())
    assert waits == [90, 120, 180, 300]
    good = step(decision, shown(entry(1))).state
    assert (good.failures, good.problem) == (0, "")


def test_a_failure_loses_nothing_of_what_was_known() -> None:
    first = step(None, shown(entry(1)))
    failed = step(first, FAILED, 1)
    assert (failed.state.etag, failed.state.succeeded) == (first.state.etag, first.state.succeeded)
    assert step(failed, shown(entry(1)), 2).drafts == ()


def test_a_permanent_move_changes_where_to_poll_and_no_ids() -> None:
    bare = Entry(entry_id="1", title="No link")
    first = step(None, shown(bare))
    assert current_url(FEED, first.state) == FEED.url
    moved = step(first, shown(bare, moved_to="https://new.test/feed"), 1)
    assert moved.drafts == ()
    assert current_url(FEED, moved.state) == "https://new.test/feed"
    failed = Fetched(url=FEED.url, moved_to="https://bad.test/", problem="is not XML")
    assert current_url(FEED, step(first, failed, 1).state) == FEED.url


def test_entries_that_left_are_remembered_for_a_time() -> None:
    first = step(None, shown(entry(1), entry(2)))
    gone = step(first, shown(entry(2)), 60)
    assert step(gone, shown(entry(1), entry(2)), 120).drafts == ()
    days = SETTINGS.remember_entries_days
    later = step(gone, shown(entry(2)), (days + 1) * 24 * 60)
    assert len(entries(later)) == later.state.entries == 1


def test_an_entry_that_a_304_still_shows_is_not_forgotten() -> None:
    state = step(None, shown(entry(1)))
    for day in range(1, 200):
        state = step(state, UNCHANGED, day * 24 * 60)
    assert entries(step(state, shown(entry(2)), 200 * 24 * 60)).keys() >= entries(state).keys()
    assert len(step(state, shown(entry(1)), 200 * 24 * 60).drafts) == 0


def test_while_an_entry_is_held_back_its_text_is_asked_for_again() -> None:
    decision: Decision | None = None
    for minute, text in enumerate("abcd"):
        decision = step(decision, shown(entry(1, text)), minute)
    assert decision
    assert "held back" in decision.state.notes[0]
    assert decision.state.held == 1
    assert sent(decision.state) == Validators()
    assert not is_known_body(decision.state, "h")
    after = step(decision, shown(entry(1, "d")), 5)
    assert [draft.article.text for draft in after.drafts] == ["d"]
    assert "changes at every fetch" in after.drafts[0].article.notes[0]
    assert sent(after.state) == KNOWN
    assert is_known_body(after.state, "h")


def test_an_entry_that_left_while_it_was_held_back_is_not_asked_for_again() -> None:
    decision: Decision | None = None
    for minute, text in enumerate("abcd"):
        decision = step(decision, shown(entry(1, text)), minute)
    gone = step(decision, shown(entry(2)), 5)
    assert gone.state.held == 0
    assert sent(gone.state) == KNOWN
    assert [draft.article.text for draft in step(gone, shown(entry(1, "d")), 6).drafts] == ["d"]


@pytest.mark.parametrize("problem", ["\x00", "x" * 10_000, "two\nlines"])
def test_a_problem_is_one_short_line(problem: str) -> None:
    line = step(None, Fetched(url=FEED.url, problem=problem)).state.problem
    assert 0 < len(line) <= 300
    assert "\n" not in line


def test_what_is_half_done_is_seen_again() -> None:
    first = step(None, shown(entry(1)))
    decision = step(first, shown(entry(1, "Changed"), entry(2), entry(3)), 1)
    done = decision.drafts[1].key
    half = only_done(first.state, first.memory, decision, frozenset([done]))
    assert [draft.key for draft in half.drafts] == [done]
    assert half.state.entries == 2
    for state in (half.state, step(half, replace(UNCHANGED, etag='"1"', conditional=False), 2).state):
        assert sent(state) == Validators()
        assert not is_known_body(state, "h")
    rest = step(half, shown(entry(1, "Changed"), entry(2), entry(3)), 2)
    assert [(draft.key, draft.outcome) for draft in rest.drafts] == [
        (decision.drafts[0].key, "revised"),
        (decision.drafts[2].key, "published"),
    ]
    assert step(rest, shown(entry(1, "Changed"), entry(2), entry(3)), 3).drafts == ()


# A history: at each poll, the text that each of four entries shows (None: not in the feed), or a 304.
TEXTS = st.sampled_from("abcde")
POLL = st.one_of(st.none(), st.lists(st.one_of(st.none(), TEXTS), min_size=4, max_size=4), st.just("failed"))
HISTORY = st.lists(st.tuples(POLL, st.integers(1, 200)), max_size=25)


def play(history: Sequence[tuple[object, int]]) -> tuple[Decision | None, list[list[str]], list[list[str]]]:
    """What is remembered last, and per entry the texts shown and the texts published, each in order."""
    decision: Decision | None = None
    minutes = 0
    seen: list[list[str]] = [[] for _ in range(4)]
    out: list[list[str]] = [[] for _ in range(4)]
    for poll, wait in history:
        minutes += wait
        if poll is None:
            fetched = UNCHANGED
        elif isinstance(poll, list):
            texts = [(number, text) for number, text in enumerate(poll) if text is not None]
            for number, text in texts:
                seen[number].append(text)
            fetched = shown(*(entry(number, text) for number, text in texts))
        else:
            fetched = FAILED
        decision = step(decision, fetched, minutes)
        for draft in decision.drafts:
            out[int(draft.article.title.split()[1])].append(draft.article.text)
        decision = kept(decision)
    return decision, seen, out


def kept(decision: Decision) -> Decision:
    """As it comes back from the bus."""
    memory = decision.memory and decode(FeedMemory, encode(decision.memory))
    return Decision(state=decode(FeedState, encode(decision.state)), memory=memory)


@given(HISTORY)
def test_whatever_a_feed_shows_is_published_once_per_content(history: list[tuple[object, int]]) -> None:
    last, seen, out = play(history)
    for shown_texts, published in zip(seen, out, strict=True):
        assert bool(shown_texts) == bool(published)
        assert published[:1] == shown_texts[:1]
        assert all(one != other for one, other in pairwise(published))
        remaining = iter(shown_texts)
        assert all(text in remaining for text in published)  # in the order in which they were shown
    if last:
        held = sum(one.content != one.published for one in entries(last).values())
        wrong = sum(bool(texts) and texts[-1] != out[number][-1] for number, texts in enumerate(seen))
        assert held == wrong  # what was shown last is published or still due


@given(HISTORY)
def test_when_a_feed_comes_to_rest_everything_that_it_shows_is_published(
    history: list[tuple[object, int]],
) -> None:
    rest = ["x", "y", "z", "x"]
    _, seen, out = play([*history, (rest, 1), (rest, 1)])
    assert [published[-1] for published in out] == rest
    _, _, again = play([*history, (rest, 1), (rest, 1), (rest, 1), (None, 1), (rest, 1)])
    assert again == out
    assert len(seen) == 4


@given(st.lists(TEXTS, max_size=3))
def test_up_to_two_changes_in_a_row_are_published_at_once(texts: list[str]) -> None:
    _, _, out = play([([text, None, None, None], 1) for text in texts])
    changes = [text for number, text in enumerate(texts) if number == 0 or texts[number - 1] != text]
    assert out[0] == changes


@given(HISTORY)
def test_deciding_is_pure(history: list[tuple[object, int]]) -> None:
    assert play(history) == play(history)
