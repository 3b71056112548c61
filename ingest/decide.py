"""What one poll of a feed leads to. Pure: no I/O, no clock, no chance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from article.tables import EntryState, FeedMemory, FeedState, Subscription
from ingest.damping import is_held_back
from ingest.draft import Draft
from ingest.entry import DeadEntry, Fetched
from ingest.notes import bounded
from ingest.outcomes import judge, remembered
from ingest.schedule import next_interval, next_poll, retry_at
from runtime.settings import IngestSettings


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The feed's new state and, where a document was read, memory; the entries to publish in its order.

    `dead` are entries to give up: dead letters of the same commit.
    """

    state: FeedState
    memory: FeedMemory | None = None
    drafts: tuple[Draft, ...] = ()
    dead: tuple[DeadEntry, ...] = ()


def decide(
    *,
    subscription: Subscription,
    state: FeedState | None,
    memory: FeedMemory | None,
    fetched: Fetched,
    now: datetime,
    settings: IngestSettings,
    draw: float = 0.5,
) -> Decision:
    """Never raises. `memory` counts only where a document was read, and may be None where there was none.

    `draw`, from 0 to 1, is the chance in the wait after a failure.
    """
    before = state or FeedState(id=subscription.id)
    if fetched.problem:
        return Decision(state=_failed(before, fetched, now, settings, draw))
    if fetched.parsed is None:
        return Decision(state=_answered(before, fetched, now, settings, new=False))
    known = _known(state, memory)
    judged = judge(subscription, known, fetched.parsed, now=now, settings=settings)
    answered = _answered(before, fetched, now, settings, new=bool(judged.drafts))
    title = fetched.parsed.title or before.title or subscription.title
    counts = before.counts.plus(judged.counts)
    after = replace(answered, title=title, document_at=now, notes=bounded(judged.notes), counts=counts)
    decision = _decision(after, remembered(known, now, settings) | judged.entries, judged.drafts)
    return replace(decision, dead=judged.dead)


def current_url(subscription: Subscription, state: FeedState | None) -> str:
    """Where to poll: the subscribed address, or where it has moved for good."""
    return (state.url if state else None) or subscription.url


def validators(state: FeedState | None) -> tuple[str | None, str | None]:
    """ETag and Last-Modified to send. None while an entry is held back: its text must come again."""
    if state is None or state.held:
        return None, None
    return state.etag, state.last_modified


def is_known_body(state: FeedState | None, body_hash: str) -> bool:
    """Whether a document with this hash need not be read: it is the last one, and nothing is held back."""
    return state is not None and state.body_hash == body_hash and not state.held


def only_done(
    state: FeedState | None, memory: FeedMemory | None, decision: Decision, done: frozenset[str]
) -> Decision:
    """The decision when of its drafts only those with the keys `done` are published yet.

    `state` and `memory` are those from before the poll. The others stay as they were then, and without
    validators the next poll sees them again.
    """
    old = _known(state, memory)
    waiting = {draft.key for draft in decision.drafts} - done
    new = decision.memory.entries if decision.memory else {}
    entries = {key: old.get(key) if key in waiting else entry for key, entry in new.items()}
    half = replace(
        decision.state,
        etag=None,
        last_modified=None,
        body_hash=None,
        next_poll=decision.state.polled,
        counts=decision.state.counts.without(each.outcome for each in decision.drafts if each.key in waiting),
    )
    drafts = tuple(draft for draft in decision.drafts if draft.key in done)
    part = _decision(half, {key: entry for key, entry in entries.items() if entry is not None}, drafts)
    return replace(part, dead=decision.dead)


def _decision(state: FeedState, entries: dict[str, EntryState], drafts: tuple[Draft, ...]) -> Decision:
    """After a document: what left the feed while it was held back cannot be had by asking again."""
    held = sum(is_held_back(entry) and entry.last_shown == state.document_at for entry in entries.values())
    return Decision(
        state=replace(state, held=held, entries=len(entries)),
        memory=FeedMemory(id=state.id, entries=entries),
        drafts=drafts,
    )


def _known(state: FeedState | None, memory: FeedMemory | None) -> dict[str, EntryState]:
    """The entries as they stood at the last good poll.

    What the feed's last document showed it went on showing unchanged while it was the last one.
    """
    entries = memory.entries if memory else {}
    if state is None or state.document_at is None or state.succeeded in (None, state.document_at):
        return entries
    return {
        key: replace(entry, last_shown=state.succeeded, changes=entry.changes if is_held_back(entry) else 0)
        if entry.last_shown == state.document_at
        else entry
        for key, entry in entries.items()
    }


def _answered(
    before: FeedState, fetched: Fetched, now: datetime, settings: IngestSettings, *, new: bool
) -> FeedState:
    interval = next_interval(before.interval, new=new, settings=settings)
    fresh = fetched.parsed is not None
    etag, last_modified = fetched.etag, fetched.last_modified
    if not fresh:  # without a hash, something of the last document is still due
        etag = (etag or before.etag) if before.body_hash else None
        last_modified = (last_modified or before.last_modified) if before.body_hash else None
    return replace(
        before,
        url=fetched.moved_to or before.url,
        etag=etag,
        last_modified=last_modified,
        body_hash=fetched.body_hash or before.body_hash,
        polled=now,
        succeeded=now,
        next_poll=next_poll(now, interval),
        interval=interval,
        failures=0,
        status=fetched.status,
        problem="",
    )


def _failed(
    before: FeedState, fetched: Fetched, now: datetime, settings: IngestSettings, draw: float
) -> FeedState:
    failures = before.failures + 1
    return replace(
        before,
        polled=now,
        next_poll=retry_at(now, failures=failures, draw=draw, settings=settings),
        failures=failures,
        status=fetched.status,
        problem=bounded((fetched.problem, "failed"))[0],
    )
