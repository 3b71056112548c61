"""Names that the model split in one place and saw whole in another of the same article."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from enrich.mentions import Found
from enrich.propagate import DAMPING, MAX_NAMES, whole_words

_SPLITS_FOR_ONE = 3
"""How often a name may be split for each time that it was seen whole. It is worth 0.1 to 0.4 of exact-span F1
on three development sets (CoNLL-2003, Worldwide, UNER), and any number from 1 is nearly as good."""


def restore_wholes(sources: Mapping[str, str], found: Sequence[Found]) -> list[Found]:
    """`found` with names whole where only parts of them were found, in the order of the article.

    "al Qaeda in the Arabian Peninsula", once seen, is no "al Qaeda" and "Arabian Peninsula" elsewhere. A part
    must lie within the name: what reaches beyond it is a name of its own.
    """
    mentions = _Mentions(found)
    by_surface: dict[str, list[Found]] = defaultdict(list)
    for mention in found:
        if " " in mention.text or "-" in mention.text:
            by_surface[mention.text].append(mention)
    for surface in sorted(by_surface, key=lambda surface: (-len(surface), surface))[:MAX_NAMES]:
        seen = by_surface[surface]
        split = [
            (field, start, parts)
            for field, source in sources.items()
            for start in whole_words(source, surface)
            if (parts := mentions.inside(field, start, start + len(surface)))
        ]
        if len(split) <= _SPLITS_FOR_ONE * len(seen):
            for field, start, parts in split:
                whole = replace(seen[0], field=parts[0].field, start=start, end=start + len(surface))
                mentions.exchange(field, parts, replace(whole, score=round(whole.score * DAMPING, 4)))
    return mentions.in_order(sources)


class _Mentions:
    """Mentions that do not overlap, by field and place."""

    def __init__(self, found: Sequence[Found]) -> None:
        self._starts: dict[str, list[int]] = defaultdict(list)
        self._at: dict[tuple[str, int], Found] = {}
        for mention in found:
            self._starts[mention.field].append(mention.start)
            self._at[mention.field, mention.start] = mention
        for starts in self._starts.values():
            starts.sort()

    def inside(self, field: str, start: int, end: int) -> list[Found]:
        """The mentions within the span; none where one fills it or reaches beyond it."""
        starts = self._starts[field]
        first, last = bisect_left(starts, start), bisect_left(starts, end)
        if first and self._at[field, starts[first - 1]].end > start:
            return []
        parts = [self._at[field, each] for each in starts[first:last]]
        if parts and (parts[-1].end > end or (parts[0].start, parts[0].end) == (start, end)):
            return []
        return parts

    def exchange(self, field: str, parts: Sequence[Found], whole: Found) -> None:
        for part in parts:
            del self._at[field, part.start]
            self._starts[field].remove(part.start)
        insort(self._starts[field], whole.start)
        self._at[field, whole.start] = whole

    def in_order(self, fields: Mapping[str, str]) -> list[Found]:
        return [self._at[field, start] for field in fields for start in self._starts[field]]
