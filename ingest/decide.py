"""What one poll of a feed leads to. Pure: no I/O, no clock, no chance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from article.identity import article_id, content_hash
from article.tables import EntryState, FeedState, Subscription
from ingest.damping import is_held_back, see
from ingest.draft import Draft, draft
from ingest.entry import Entry, Fetched, ParsedFeed
from ingest.notes import bounded
from ingest.schedule import next_interval, next_poll, retry_at
from runtime.settings import IngestSettings

_MOST_GONE = 10_000  # entries remembered that have left the feed; the state is written at every poll


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The feed's new state, and the entries to publish in the feed's order."""

    state: FeedState
    drafts: tuple[Draft, ...] = ()


def decide(
    *,
    subscription: Subscription,
    state: FeedState | None,
    fetched: Fetched,
    now: datetime,
    settings: IngestSettings,
    draw: float = 0.5,
) -> Decision:
    """Never raises. `draw`, from 0 to 1, is the chance in the wait after a failure."""
    before = state or FeedState(id=subscription.id)
    if fetched.problem:
        return Decision(state=_failed(before, fetched, now, settings, draw))
    if fetched.parsed is None:
        return Decision(state=_answered(before, fetched, now, settings, _still_shown(before, now), new=False))
    entries, drafts, notes = _entries(subscription, before, fetched.parsed, now, settings)
    answered = _answered(before, fetched, now, settings, entries, new=bool(drafts))
    title = fetched.parsed.title or before.title or subscription.title
    return Decision(state=replace(answered, title=title, notes=bounded(notes)), drafts=drafts)


def current_url(subscription: Subscription, state: FeedState | None) -> str:
    """Where to poll: the subscribed address, or where it has moved for good."""
    return (state.url if state else None) or subscription.url


def validators(state: FeedState | None) -> tuple[str | None, str | None]:
    """ETag and Last-Modified to send. None while an entry is held back: its text must come again."""
    if state is None or _anything_held(state):
        return None, None
    return state.etag, state.last_modified


def is_known_body(state: FeedState | None, body_hash: str) -> bool:
    """Whether a document with this hash need not be read: it is the last one, and nothing is held back."""
    return state is not None and state.body_hash == body_hash and not _anything_held(state)


def only_done(before: FeedState | None, decision: Decision, done: frozenset[str]) -> FeedState:
    """The state when of the drafts only those with the keys `done` are published yet.

    The others stay as they were before, and without validators the next poll sees them again.
    """
    old = before.entries if before else {}
    waiting = {draft.key for draft in decision.drafts} - done
    entries = {
        key: old.get(key) if key in waiting else entry for key, entry in decision.state.entries.items()
    }
    return replace(
        decision.state,
        entries={key: entry for key, entry in entries.items() if entry is not None},
        etag=None,
        last_modified=None,
        body_hash=None,
        next_poll=decision.state.polled,
    )


def _entries(
    subscription: Subscription, before: FeedState, parsed: ParsedFeed, now: datetime, settings: IngestSettings
) -> tuple[dict[str, EntryState], tuple[Draft, ...], list[str]]:
    entries: dict[str, EntryState] = {}
    drafts: list[Draft] = []
    twice = 0
    for entry in parsed.entries:
        key = _key(entry, subscription)
        if key in entries:
            twice += 1
            continue
        seen = see(before.entries.get(key), article=key, content=_shown(entry), now=now)
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
    return _remembered(before, now, settings) | entries, tuple(drafts), notes


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


def _remembered(before: FeedState, now: datetime, settings: IngestSettings) -> dict[str, EntryState]:
    """Entries not forgotten yet, those shown last first where there are too many."""
    oldest = now - timedelta(days=settings.remember_entries_days)
    kept = [(key, entry) for key, entry in before.entries.items() if entry.last_shown >= oldest]
    if len(kept) > _MOST_GONE:
        kept = sorted(kept, key=lambda item: item[1].last_shown, reverse=True)[:_MOST_GONE]
    return dict(kept)


def _still_shown(before: FeedState, now: datetime) -> dict[str, EntryState]:
    """After an unchanged document: the entries of the last one are shown now too, and have not changed."""
    return {
        key: replace(entry, last_shown=now, changes=entry.changes if is_held_back(entry) else 0)
        if entry.last_shown == before.succeeded
        else entry
        for key, entry in before.entries.items()
    }


def _answered(
    before: FeedState,
    fetched: Fetched,
    now: datetime,
    settings: IngestSettings,
    entries: dict[str, EntryState],
    *,
    new: bool,
) -> FeedState:
    interval = next_interval(before.interval, new=new, settings=settings)
    fresh = fetched.parsed is not None
    return replace(
        before,
        url=fetched.moved_to or before.url,
        etag=fetched.etag if fresh else fetched.etag or before.etag,
        last_modified=fetched.last_modified if fresh else fetched.last_modified or before.last_modified,
        body_hash=fetched.body_hash or before.body_hash,
        polled=now,
        succeeded=now,
        next_poll=next_poll(now, interval),
        interval=interval,
        failures=0,
        status=fetched.status,
        problem="",
        entries=entries,
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


def _anything_held(state: FeedState) -> bool:
    return any(is_held_back(entry) for entry in state.entries.values())
