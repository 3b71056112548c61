"""What became of the entries that feeds have shown, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal

Outcome = Literal["published", "unchanged", "revised", "duplicate", "dead"]


@dataclass(frozen=True, kw_only=True)
class Counts:
    """A feed's entries by what became of them: seen = published + unchanged + revised + duplicate + dead.

    `seen` are the entries of all documents that were read, each counted in each of them; what was not read
    (status 304, the body of the time before) is not counted again. Of them were `published` those that the
    feed had not shown before, `revised` those published again with other content, `unchanged` those with
    nothing new or held back because they change at every fetch, `duplicate` those that stood in the same
    document before, and `dead` those that say nothing and were given up. An entry whose page was had later
    is one more, seen and revised.
    """

    seen: int = 0
    published: int = 0
    unchanged: int = 0
    revised: int = 0
    duplicate: int = 0
    dead: int = 0

    @property
    def is_balanced(self) -> bool:
        return self.seen == self.published + self.unchanged + self.revised + self.duplicate + self.dead

    def plus(self, other: Counts) -> Counts:
        return Counts(
            **{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
        )

    def without(self, outcomes: Iterable[Outcome]) -> Counts:
        """As if entries with these outcomes had not been seen yet."""
        left = counted(outcomes)
        return Counts(
            **{each.name: getattr(self, each.name) - getattr(left, each.name) for each in fields(self)}
        )


def counted(outcomes: Iterable[Outcome]) -> Counts:
    """One entry for each outcome."""
    found = Counter[str](outcomes)
    return Counts(seen=found.total(), **found)
