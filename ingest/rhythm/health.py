"""How a feed fares, in a word, with an explanation and what to do. Pure: from its state and the time.

Several things may be so of one feed: a feed that fails may have gaps, too. They are told gravest first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from article.observed import FeedFlow
from article.tables import FeedState, Subscription
from ingest.rhythm.durations import lasting, paced, shown
from ingest.rhythm.trust import is_stopped
from ingest.urls import without_credentials

HTML_PAGE = "is an HTML page, not a feed"  # how the problem of a feed begins that turned into one
_OVERDUE = timedelta(minutes=10)
_QUIET_LEAST = timedelta(days=7)  # a holiday is no death
_QUIET_ENTRIES = 10.0  # entries that should have come
_QUIET_UNKNOWN = timedelta(days=90)
_NEWS = timedelta(days=7)  # for so long something that happened once is told
_SKEW = 300.0  # seconds
_LONG_GAP = 6.0  # hours: a pause, not a pace

Word = Literal[
    "paused",
    "stopped",
    "turned into HTML",
    "failing",
    "overdue",
    "not polled yet",
    "incomplete",
    "quiet",
    "new format",
    "odd dates",
    "wrong clock",
    "untrue 304",
    "held back",
    "moved",
    "well",
]
_FINE = frozenset(("paused", "not polled yet", "untrue 304", "held back", "moved", "well"))


@dataclass(frozen=True, kw_only=True)
class Health:
    """One thing that is so of a feed."""

    word: Word
    explanation: str
    remedy: str = ""

    @property
    def unwell(self) -> bool:
        """Whether a person should look."""
        return self.word not in _FINE


def health(feed: Subscription, state: FeedState | None, now: datetime) -> tuple[Health, ...]:
    """What is so of the feed, gravest first; never empty."""
    if feed.paused:
        return (Health(word="paused", explanation="not polled", remedy="`wirewatch feeds resume` polls it"),)
    if state is None:
        return (_unpolled(feed, now),)
    if is_stopped(feed, state):
        return (
            Health(
                word="stopped",
                explanation=f"not polled since {shown(state.polled)}: {state.stopped}",
                remedy="`wirewatch feeds remove` it, or `wirewatch feeds resume` if it is back",
            ),
        )
    found = (
        *_failing(state, now),
        *_overdue(state, now),
        *_incomplete(state.flow, now),
        *_reformatted(state, now),
        *_quiet(state.flow, now),
        *_odd(feed, state, now),
    )
    return found or (Health(word="well", explanation="; ".join(state.notes) or "nothing is wrong"),)


def _unpolled(feed: Subscription, now: datetime) -> Health:
    if now - feed.added < _OVERDUE:
        return Health(word="not polled yet", explanation=f"added {shown(feed.added)}")
    return Health(
        word="overdue",
        explanation=f"never polled, though added {shown(feed.added)}",
        remedy="see that `wirewatch ingest` or `wirewatch run` is running",
    )


def _failing(state: FeedState, now: datetime) -> Iterator[Health]:
    if not state.failures:
        return
    since = state.failing_since or state.polled or now
    times = "once" if state.failures == 1 else f"{state.failures} times in a row"
    told = f"{state.problem} ({times}, since {shown(since)})"
    if state.problem.startswith(HTML_PAGE):
        remedy = "`wirewatch feeds discover` looks for the feed on the site"
        yield Health(word="turned into HTML", explanation=told, remedy=remedy)
        return
    remedy = "it is tried again by itself"
    if state.status in (404, 410) and now - since >= timedelta(days=1):
        remedy = "it has probably moved or ended: try `wirewatch feeds discover` on the site, or remove it"
    yield Health(word="failing", explanation=told, remedy=remedy)


def _overdue(state: FeedState, now: datetime) -> Iterator[Health]:
    if state.next_poll and now - state.next_poll > _OVERDUE:
        yield Health(
            word="overdue",
            explanation=f"was to be polled at {shown(state.next_poll)}, and was not",
            remedy="see that `wirewatch ingest` or `wirewatch run` is running and keeps up",
        )


def _incomplete(flow: FeedFlow, now: datetime) -> Iterator[Health]:
    if flow.last_gap is None or now - flow.last_gap >= _NEWS:
        return
    polls = "a poll" if flow.gaps == 1 else f"{flow.gaps} polls"
    after = lasting(3600 * flow.gap_hours)
    remedy = "it is polled more often now; if that does not help, lower ingest.min_interval"
    if flow.gap_hours > _LONG_GAP:
        remedy = "it could not be read for so long; nothing to do if that is over"
    yield Health(
        word="incomplete",
        explanation=(
            f"{polls} shared no entry with the one before: up to {flow.missed_up_to} may have been missed"
            f" (last at {shown(flow.last_gap)}, {after} after the feed was read before)"
        ),
        remedy=remedy,
    )


def _reformatted(state: FeedState, now: datetime) -> Iterator[Health]:
    if state.format_changed and now - state.format_changed < _NEWS:
        yield Health(
            word="new format",
            explanation=f"{state.format} since {shown(state.format_changed)}, {state.format_before} before",
            remedy="see that its new entries look right: `wirewatch why URL` shows one",
        )


def _quiet(flow: FeedFlow, now: datetime) -> Iterator[Health]:
    wait = timedelta(hours=_QUIET_ENTRIES / flow.pace) if flow.pace > 1e-6 else _QUIET_UNKNOWN
    if flow.last_new and now - flow.last_new > max(wait, _QUIET_LEAST):
        before = f"; before, {paced(flow.pace)} came" if flow.pace else ""
        yield Health(
            word="quiet",
            explanation=f"no new entry for {lasting((now - flow.last_new).total_seconds())}{before}",
            remedy="look whether the site has another feed now: `wirewatch feeds discover`",
        )


def _odd(feed: Subscription, state: FeedState, now: datetime) -> Iterator[Health]:
    if state.future:
        told = f"{state.future} entries of its last document are dated more than a day ahead"
        yield Health(
            word="odd dates", explanation=told, remedy="tell the publisher; they are kept as they are"
        )
    if abs(state.skew) > _SKEW:
        side = "ahead of" if state.skew > 0 else "behind"
        yield Health(
            word="wrong clock",
            explanation=f"its server's clock is {lasting(abs(state.skew))} {side} ours",
            remedy="if many feeds say so it is this machine's: `wirewatch doctor`",
        )
    if state.trust.distrusted_until and now < state.trust.distrusted_until:
        yield Health(
            word="untrue 304",
            explanation='its server said "not modified" of a document that had changed; until'
            f" {shown(state.trust.distrusted_until)} it is asked for whole",
        )
    if state.held:
        yield Health(word="held back", explanation=f"{state.held} entries change at every fetch and wait")
    if state.url and state.url != feed.url:
        yield Health(
            word="moved", explanation=f"polled at {without_credentials(state.url)}, as its site asked"
        )
