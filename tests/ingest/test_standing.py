from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.codec import decode, encode
from article.observed import FeedHints
from article.tables import FeedMemory, FeedState
from ingest.decide import decide
from ingest.entry import Entry, Fetched, Hints, ParsedFeed
from ingest.lists.subscriptions import subscription
from runtime.settings import IngestSettings
from tests.article.strategies import feed_states
from tests.ingest.documents import NOW

SETTINGS = IngestSettings(min_interval=60, max_interval=3600)
FEED = subscription("https://news.test/feed", now=NOW)
HOUR = timedelta(hours=1)
UNCHANGED = Fetched(url=FEED.url, status=304)
FAILED = Fetched(url=FEED.url, status=503, problem="answers with status 503")


def document(*dates: datetime | None, format: str = "rss 2.0", hints: Hints | None = None) -> Fetched:
    entries = tuple(
        Entry(link=f"https://news.test/{number}", published=date) for number, date in enumerate(dates)
    )
    parsed = ParsedFeed(title="News", entries=entries, format=format, hints=hints or Hints())
    return Fetched(url=FEED.url, status=200, body_hash="h", parsed=parsed)


def after(*polls: Fetched, state: FeedState | None = None) -> FeedState:
    """The state after these polls, an hour apart."""
    memory: FeedMemory | None = None
    now = NOW
    for fetched in polls:
        decision = decide(
            subscription=FEED,
            state=state,
            memory=memory,
            fetched=fetched,
            now=now,
            settings=SETTINGS,
            draw=0.0,
        )
        state, memory = decision.state, decision.memory or memory
        now += HOUR
    assert state
    return state


def test_what_a_document_asks_for() -> None:
    asked = Hints(ttl=30, update_interval=3600.0, skip_hours=(1, 2), skip_days=(6,))
    expected = FeedHints(ttl=3600.0, skip_hours=(1, 2), skip_days=(6,))
    assert after(document(hints=asked)).hints == expected
    assert after(document(hints=asked), UNCHANGED, FAILED).hints == expected
    assert after(document(hints=asked), document()).hints == FeedHints()


def test_what_an_answer_asks_for() -> None:
    fresh = replace(UNCHANGED, cache_control="max-age=600")
    assert after(document(), fresh).hints.fresh == 600
    assert after(document(), fresh, UNCHANGED).hints.fresh == 600  # RFC 9111 §4.3.4: what a 304 lacks stays
    assert after(document(), fresh, document()).hints.fresh == 0
    assert after(document(), fresh, replace(UNCHANGED, cache_control="no-cache")).hints.fresh == 0


@pytest.mark.parametrize("fetched", [FAILED, UNCHANGED, document()])
def test_a_server_may_ask_to_wait_with_any_answer(fetched: Fetched) -> None:
    state = after(document(), replace(fetched, retry_after="1800"))
    assert state.hints.wait_until == NOW + HOUR + timedelta(seconds=1800)
    assert state.next_poll
    assert state.next_poll >= state.hints.wait_until
    assert "Retry-After" in state.reason
    assert after(document(), replace(fetched, retry_after="1800"), UNCHANGED).hints.wait_until is None


def test_a_server_that_refuses_is_not_asked_before_its_time() -> None:
    state = after(replace(FAILED, retry_after="20000"))
    assert state.next_poll == NOW + timedelta(seconds=20_000)


def test_a_change_of_format_is_remembered() -> None:
    first = after(document(format="rss 2.0"), document(format="rss 2.0"))
    assert (first.format, first.format_before, first.format_changed) == ("rss 2.0", "", None)
    changed = after(document(format="rss 2.0"), document(format="atom 1.0"), document(format="atom 1.0"))
    assert (changed.format, changed.format_before) == ("atom 1.0", "rss 2.0")
    assert changed.format_changed == NOW + HOUR


def test_entries_of_the_future_are_counted() -> None:
    assert after(document(NOW, None, NOW + 48 * HOUR, NOW + 3 * HOUR)).future == 1
    assert after(document(NOW + 48 * HOUR), document(NOW)).future == 0


def test_a_server_whose_clock_is_wrong_is_noticed() -> None:
    assert after(replace(document(), date="Sun, 01 Mar 2026 14:00:00 GMT")).skew == 7200


@given(feed_states, st.sampled_from([UNCHANGED, FAILED, document(), document(NOW, NOW - HOUR, None)]))
def test_whatever_the_state_was_the_next_one_is_sound(state: FeedState, fetched: Fetched) -> None:
    then = after(fetched, state=state)
    assert decode(FeedState, encode(then)) == then
    assert then.polled == NOW
    assert bool(then.failures) == bool(then.problem) == (then.failing_since is not None)
    assert then.next_poll
    assert NOW < then.next_poll <= NOW + timedelta(days=3, hours=2)
