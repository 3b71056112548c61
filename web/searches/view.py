"""What the feeds of a saved search say, as plain values: one entry for each article found, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from index.protocol import Hit
from index.query import Query
from index.syntax import parse
from web.searches.desk import KeptSearch

ENTRIES = 50

Done = Literal["saved", "changed", "removed", "unhooked"]
NOTICES: dict[Done, str] = {
    "saved": "It is saved.",
    "changed": "It is changed.",
    "removed": "It is removed.",
    "unhooked": "The webhook is removed.",
}


@dataclass(frozen=True, kw_only=True)
class FeedOf:
    """`own` is the feed's address, `home` where the search's page is, `base` where all pages are."""

    search: KeptSearch
    hits: Sequence[Hit]
    base: str
    own: str

    @property
    def home(self) -> str:
        return f"{self.base}/searches/{self.search.id}"

    @property
    def updated(self) -> datetime:
        return max((updated(hit) for hit in self.hits), default=self.search.changed)


def entries_of(search: KeptSearch) -> Query:
    """Raises BadQuery where another version has saved what this one cannot parse."""
    return Query(expression=parse(search.query), sort="newest", limit=ENTRIES)


def updated(hit: Hit) -> datetime:
    """When the revision came in: that makes an entry new to a reader that has it already."""
    return hit.seen if hit.revision > 1 else hit.first_seen
