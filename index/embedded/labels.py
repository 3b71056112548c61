"""What to show of a facet's value, asked of the newest article that has it, and remembered."""

from __future__ import annotations

import tantivy

from index.embedded.reader import Snapshot
from index.hits import Shown, plain_label, shown_in
from index.query import FacetName, keyword_field

MAX_REMEMBERED = 10_000


class Labels:
    """Safe to share between threads: the worst that a race does is to ask twice."""

    def __init__(self) -> None:
        self._remembered: dict[tuple[str, str], Shown] = {}

    def shown(self, snapshot: Snapshot, name: FacetName, key: str) -> Shown:
        field = keyword_field(name)
        if field is None:
            return Shown(label=key)
        if (plain := plain_label(field, key)) is not None:
            return Shown(label=plain)
        known = self._remembered.get((field, key))
        if known is None:
            query = tantivy.Query.term_query(snapshot.schema, f"count_{field}", key, "basic")
            found = snapshot.search(query, limit=1, newest=True)
            known = (
                shown_in(snapshot.article(found.places[0][1]), field, key)
                if found.places
                else Shown(label=key)
            )
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[field, key] = known
        return known
