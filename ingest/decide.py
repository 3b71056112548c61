"""What one poll of a feed leads to. Pure: no I/O, no clock, no chance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from article.tables import EntryState, FeedMemory, FeedState, Subscription
from ingest.damping import is_held_back
from ingest.draft import Draft
from ingest.entry import DeadEntry, Fetched
from ingest.notes import bounded
from ingest.outcomes import judge, remembered
from ingest.rhythm.overlap import compare
from ingest.rhythm.standing import after_answer, after_failure
from ingest.websub.offer import offered
from runtime.settings import IngestSettings

_NOTHING_TO_COMPARE = 'answers "not modified" (304) to a request without conditions; its server is at fault'


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
    if fetched.status == 304 and not fetched.conditional:
        fetched = replace(fetched, problem=_NOTHING_TO_COMPARE)
    if fetched.problem:
        failed = after_failure(subscription, before, fetched, now=now, settings=settings, draw=draw)
        return Decision(state=failed)
    answer = partial(after_answer, subscription, before, fetched, now=now, settings=settings, draw=draw)
    if fetched.parsed is None:
        return Decision(state=answer(overlap=None, changed=False))
    known = _known(state, memory)
    judged = judge(subscription, known, fetched.parsed, now=now, settings=settings)
    offer = offered(fetched)
    after = answer(overlap=compare(known, judged.entries.keys()), changed=bool(judged.drafts)).but(
        notes=bounded(judged.notes),
        counts=before.counts.plus(judged.counts),
        hub=offer.hub if offer else "",
        topic_url=offer.topic_url if offer else "",
    )
    kept = replace(
        memory or FeedMemory(id=after.id), entries=remembered(known, now, settings) | judged.entries
    )
    decision = _decision(after, kept, judged.drafts)
    return replace(decision, dead=judged.dead)


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
    new = decision.memory or FeedMemory(id=decision.state.id)
    entries = {key: old.get(key) if key in waiting else entry for key, entry in new.entries.items()}
    half = decision.state.but(
        etag=None,
        last_modified=None,
        body_hash=None,
        next_poll=decision.state.polled,
        counts=decision.state.counts.without(each.outcome for each in decision.drafts if each.key in waiting),
    )
    drafts = tuple(draft for draft in decision.drafts if draft.key in done)
    kept = replace(new, entries={key: entry for key, entry in entries.items() if entry is not None})
    part = _decision(half, kept, drafts)
    return replace(part, dead=decision.dead)


def _decision(state: FeedState, memory: FeedMemory, drafts: tuple[Draft, ...]) -> Decision:
    """After a document: what left the feed while it was held back cannot be had by asking again."""
    entries = memory.entries.values()
    held = sum(is_held_back(entry) and entry.last_shown == state.document_at for entry in entries)
    return Decision(
        state=state.but(held=held, entries=len(entries)),
        memory=memory,
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
