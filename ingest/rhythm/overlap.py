"""Whether entries may have come and gone between two polls: what consecutive documents share. Pure.

A feed shows a window of its latest entries. While one document shares entries with the one before, nothing
can have slipped through between them; when it shares none, the feed may have run on by more than a window.
Entries are compared by the article's identity, so that neither order nor a new guid makes one new.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from article.observed import FeedFlow
from article.tables import EntryState
from ingest.rhythm.pace import began, hours_between, rate_of, went_on

_TOO_FEW = 3  # entries: a smaller window turns over with every entry and proves nothing
_DELETED = 2  # newer entries that a publisher may take out while older ones stay


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """`before` entries stood in the last document that had any; `kept` of them still hold the two together.

    This document shows `shown` entries, `new` of which were never seen.
    """

    before: int
    kept: int
    shown: int
    new: int

    @property
    def broken(self) -> bool:
        """Whether entries may lie between the two documents."""
        apart = self.before > 0 and self.kept == 0 and self.shown >= _TOO_FEW
        # Two servers that take turns, one behind the other, show what is known already.
        return apart and self.new * 2 > self.shown


def compare(known: Mapping[str, EntryState], shown: Collection[str]) -> Overlap:
    """The document that shows the entries `shown` against the `known` ones, as they stood before it.

    Entries that stay on top for good do not hold documents together: one counts only while no more than two
    newer ones have left before it.
    """
    latest = max((entry.last_shown for entry in known.values()), default=None)
    last = {key: entry for key, entry in known.items() if entry.last_shown == latest}
    left = sorted((entry.at for key, entry in last.items() if key not in shown), reverse=True)
    since = left[_DELETED] if len(left) > _DELETED else None
    kept = sum(key in shown and (since is None or entry.at >= since) for key, entry in last.items())
    return Overlap(before=len(last), kept=kept, shown=len(shown), new=sum(key not in known for key in shown))


def read(
    flow: FeedFlow,
    overlap: Overlap,
    *,
    dates: Iterable[datetime | None],
    since: datetime | None,
    now: datetime,
) -> FeedFlow:
    """After a document was read. `dates` are its entries'; `since` is the last good poll, None before any."""
    if since is None or (flow.window and not overlap.before):  # new, or what was known of it is lost
        first = began(dates, now=now)
        return replace(
            first,
            window=overlap.shown,
            gaps=flow.gaps,
            missed_up_to=flow.missed_up_to,
            last_gap=flow.last_gap,
            gap_hours=flow.gap_hours,
        )
    hours = hours_between(since, now)
    window = overlap.shown or flow.window
    if not overlap.broken:
        after = went_on(flow, new=overlap.new, hours=hours, now=now)
        share = overlap.kept / overlap.before if overlap.before and overlap.shown else flow.overlap
        return replace(after, window=window, overlap=share)
    missed = _missed(flow, overlap, dates, hours)
    after = went_on(flow, new=overlap.new, unseen=missed, hours=hours, now=now)
    return replace(
        after,
        window=window,
        overlap=0.0,
        gaps=flow.gaps + 1,
        missed_up_to=flow.missed_up_to + missed,
        last_gap=now,
        gap_hours=hours,
    )


def _missed(flow: FeedFlow, overlap: Overlap, dates: Iterable[datetime | None], hours: float) -> int:
    """As many as would have come at the pace of this document, or the feed's own; at least a window."""
    rate = max(flow.pace, rate_of(sorted(date for date in dates if date is not None)))
    return max(overlap.shown, round(rate * hours) - overlap.new)
