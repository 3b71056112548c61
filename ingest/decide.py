"""What one poll of a feed leads to. Pure: no I/O, no clock, no chance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from article.identity import article_id, content_hash
from article.tables import EntryState, FeedMemory, FeedState, Subscription
from ingest.damping import is_held_back, see
from ingest.draft import Draft, draft
from ingest.entry import Entry, Fetched, ParsedFeed
from ingest.notes import bounded
from ingest.schedule import next_interval, next_poll, retry_at
from runtime.settings import IngestSettings

_MOST_GONE = 10_000  # entries remembered that have left the feed; the memory is one record


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The feed's new state and, where a document was read, memory; the entries to publish in its order."""

    state: FeedState
    memory: FeedMemory | None = None
    drafts: tuple[Draft, ...] = ()


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
    entries, drafts, notes = _entries(subscription, known, fetched.parsed, now, settings)
    answered = _answered(before, fetched, now, settings, new=bool(drafts))
    title = fetched.parsed.title or before.title or subscription.title
    after = replace(answered, title=title, document_at=now, notes=bounded(notes))
    return _decision(after, _remembered(known, now, settings) | entries, drafts)


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
        decision.state, etag=None, last_modified=None, body_hash=None, next_poll=decision.state.polled
    )
    drafts = tuple(draft for draft in decision.drafts if draft.key in done)
    return _decision(half, {key: entry for key, entry in entries.items() if entry is not None}, drafts)


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


def _entries(
    subscription: Subscription,
    known: dict[str, EntryState],
    parsed: ParsedFeed,
    now: datetime,
    settings: IngestSettings,
) -> tuple[dict[str, EntryState], tuple[Draft, ...], list[str]]:
    entries: dict[str, EntryState] = {}
    drafts: list[Draft] = []
    twice = 0
    for entry in parsed.entries:
        key = _key(entry, subscription)
        if key in entries:
            twice += 1
            continue
        seen = see(known.get(key), article=key, content=_shown(entry), now=now)
        entries[key] = seen.state
        if seen.outcome:
            made = draft(
                entry,
                key=key,
                outcome=seen.outcome,
                subscription=subscription,
                feed_title=parsed.title,
                note=seen.note,
                now=now,
                fetch_pages=settings.fetch_pages,
            )
            drafts.append(made)
    notes = list(parsed.notes)
    if twice:
        notes.append(f"{twice} entries of the document stand in it more than once; the first of each counts")
    held = sum(is_held_back(entry) for entry in entries.values())
    if held:
        notes.append(f"{held} entries change at every fetch and are held back")
    return entries, tuple(drafts), notes


def _key(entry: Entry, subscription: Subscription) -> str:
    """The article's id, so that a guid that changes makes no new article, and one guid for two links two.

    The subscribed address counts, not where it moved to, so that a move makes no new articles either.
    """
    return article_id(
        link=entry.link,
        feed_url=subscription.url,
        entry_id=entry.entry_id,
        title=entry.title,
        published=entry.published,
    )


def _shown(entry: Entry) -> str:
    """The hash of what the feed shows of an entry, before any page."""
    return content_hash(title=entry.title, text=f"{entry.summary}\n{entry.text}", published=entry.published)


def _remembered(
    known: dict[str, EntryState], now: datetime, settings: IngestSettings
) -> dict[str, EntryState]:
    """Entries not forgotten yet, those shown last first where there are too many."""
    oldest = now - timedelta(days=settings.remember_entries_days)
    kept = [(key, entry) for key, entry in known.items() if entry.last_shown >= oldest]
    if len(kept) > _MOST_GONE:
        kept = sorted(kept, key=lambda item: item[1].last_shown, reverse=True)[:_MOST_GONE]
    return dict(kept)


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
