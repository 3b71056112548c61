"""Whether an entry that a feed shows is due: new, changed, held back because it changes at every fetch.

An entry whose content changed at three polls in a row is held back until it stays the same at one poll, or
until a wait since its last publication is over: 1 h after the third change, doubling to at most 24 h. As
long as what was shown last is not what was published last, the entry is still due, so nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from article.counts import Outcome
from article.tables import EntryState

HOLD_FROM = 3  # changes in a row
_FIRST_WAIT = timedelta(hours=1)
_LONGEST_WAIT = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What to remember, what became of the entry, and what to say about it where it is to be published."""

    state: EntryState
    outcome: Outcome = "unchanged"
    note: str = ""

    @property
    def is_due(self) -> bool:
        return self.outcome != "unchanged"


def see(before: EntryState | None, *, article: str, content: str, now: datetime) -> Seen:
    """An entry of the feed, with `content`, the hash of what it shows, against what is remembered of it."""
    if before is None:
        first = EntryState(
            article=article, content=content, published=content, first_shown=now, last_shown=now, at=now
        )
        return Seen(state=first, outcome="published")
    changes = before.changes + 1 if content != before.content else 0
    shown = replace(before, content=content, last_shown=now, changes=changes)
    if content == before.published or _held(shown, now):
        return Seen(state=shown)
    return Seen(
        state=replace(shown, published=content, at=now, revisions=before.revisions + 1),
        outcome="revised",
        note=_note(max(changes, before.changes)),
    )


def is_held_back(state: EntryState) -> bool:
    return state.content != state.published


def wait(changes: int) -> timedelta:
    """How long after its last publication an entry is held back that has changed so many times in a row."""
    if changes < HOLD_FROM:
        return timedelta(0)
    return min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(changes - HOLD_FROM, 10)))


def _held(state: EntryState, now: datetime) -> bool:
    return state.changes >= HOLD_FROM and now - state.at < wait(state.changes)


def _note(changes: int) -> str:
    if changes < HOLD_FROM:
        return ""
    return f"its text changes at every fetch (at {changes} in a row); versions in between were not published"
