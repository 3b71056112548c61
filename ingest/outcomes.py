"""What becomes of each entry of a document: published, revised, unchanged, duplicate, dead. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from article.counts import Counts, Outcome, counted
from article.identity import article_id, content_hash
from article.tables import EntryState, Subscription
from ingest.damping import is_held_back, see
from ingest.draft import Draft, draft
from ingest.entry import DeadEntry, Entry, ParsedFeed
from runtime.settings import IngestSettings

_MOST_GONE = 10_000  # entries remembered that have left the feed; the memory is one record


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What to remember of the document's entries, what to publish and give up of them, and how many.

    `drafts` and `dead` are only those that were not published or given up before.
    """

    entries: dict[str, EntryState]
    drafts: tuple[Draft, ...]
    dead: tuple[DeadEntry, ...]
    counts: Counts
    notes: tuple[str, ...]


def judge(
    subscription: Subscription,
    known: Mapping[str, EntryState],
    parsed: ParsedFeed,
    *,
    now: datetime,
    settings: IngestSettings,
) -> Judged:
    """`known` is what is remembered of the feed's entries."""
    entries: dict[str, EntryState] = {}
    drafts: list[Draft] = []
    outcomes: list[Outcome] = []
    for entry in parsed.entries:
        key = _key(entry, subscription)
        if key in entries:
            outcomes.append("duplicate")
            continue
        seen = see(known.get(key), article=key, content=_shown(entry), now=now)
        entries[key] = seen.state
        outcomes.append(seen.outcome)
        if seen.is_due:
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
    dead: list[DeadEntry] = []
    for nothing in parsed.dead:
        if nothing.key in entries:
            outcomes.append("duplicate")
            continue
        before = known.get(nothing.key)
        entries[nothing.key] = _given_up(before, nothing, now)
        outcomes.append("unchanged" if before else "dead")
        if before is None:
            dead.append(nothing)
    return Judged(
        entries=entries,
        drafts=tuple(drafts),
        dead=tuple(dead),
        counts=counted(outcomes),
        notes=_notes(parsed, entries, twice=outcomes.count("duplicate")),
    )


def remembered(
    known: Mapping[str, EntryState], now: datetime, settings: IngestSettings
) -> dict[str, EntryState]:
    """Entries not forgotten yet, those shown last first where there are too many."""
    oldest = now - timedelta(days=settings.remember_entries_days)
    kept = [(key, entry) for key, entry in known.items() if entry.last_shown >= oldest]
    if len(kept) > _MOST_GONE:
        kept = sorted(kept, key=lambda item: item[1].last_shown, reverse=True)[:_MOST_GONE]
    return dict(kept)


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


def _given_up(before: EntryState | None, dead: DeadEntry, now: datetime) -> EntryState:
    if before:
        return replace(before, last_shown=now)
    return EntryState(
        article=dead.key,
        content="",
        published="",
        first_shown=now,
        last_shown=now,
        at=now,
        dead=dead.reason,
    )


def _notes(parsed: ParsedFeed, entries: Mapping[str, EntryState], *, twice: int) -> tuple[str, ...]:
    notes = list(parsed.notes)
    if twice:
        notes.append(f"{twice} entries of the document stand in it more than once; the first of each counts")
    held = sum(is_held_back(entry) for entry in entries.values())
    if held:
        notes.append(f"{held} entries change at every fetch and are held back")
    if parsed.dead:
        notes.append(f"{len(parsed.dead)} entries say nothing and were given up; see `wirewatch dead list`")
    return tuple(notes)
