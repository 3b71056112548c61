"""Mentions that the model missed of names that it found elsewhere in the same article."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from article.records import EntityType, MentionField
from enrich.abbreviations import is_acronym
from enrich.mentions import Found

# What a mention that was only recognised by its spelling is worth beside those that the model found.
DAMPING = 0.8
# Bounds the work: each name is one pass over the text, and a text has a few dozen.
MAX_NAMES = 200
MAX_ADDED = 2_000
# A surface that the model takes now for one type and now for another is ambiguous.
_AGREEMENT = 0.7
_SURE = 0.8


def missed_mentions(sources: Mapping[str, str], found: Sequence[Found]) -> list[Found]:
    """New mentions, not overlapping `found`: the same words, upper and lower case too, standing alone.

    Only names of several words and acronyms are looked for: one capitalised word may be anything.
    """
    taken = _Spans(found)
    added: list[Found] = []
    for surface, kind, score in _unambiguous(found):
        for field, source in sources.items():
            if is_acronym(surface) and source.isupper():
                continue  # among capitals only, IT and WHO are words
            for start in whole_words(source, surface):
                end = start + len(surface)
                if taken.add(field, start, end):
                    added.append(
                        Found(
                            field=cast(MentionField, field),
                            start=start,
                            end=end,
                            text=surface,
                            type=kind,
                            score=round(score * DAMPING, 4),
                        )
                    )
                    if len(added) >= MAX_ADDED:
                        return added
    return added


def _unambiguous(found: Sequence[Found]) -> Iterator[tuple[str, EntityType, float]]:
    """Surface, type and mean score of the names worth looking for, the longest first, at most MAX_NAMES."""
    by_surface: dict[str, list[Found]] = defaultdict(list)
    for mention in found:
        if _is_distinctive(mention.text):
            by_surface[mention.text].append(mention)
    for surface in sorted(by_surface, key=lambda surface: (-len(surface), surface))[:MAX_NAMES]:
        mentions = by_surface[surface]
        votes: dict[EntityType, float] = defaultdict(float)
        for mention in mentions:
            votes[mention.type] += mention.score
        kind = max(votes, key=lambda kind: (votes[kind], kind))
        total = sum(votes.values())
        mean = total / len(mentions)
        short = len(surface) == 2 and (len(mentions) < 2 or mean < _SURE)
        if votes[kind] >= _AGREEMENT * total and not short:
            yield surface, kind, mean


def _is_distinctive(surface: str) -> bool:
    return any(separator in surface for separator in " -") or is_acronym(surface)


def whole_words(source: str, surface: str) -> Iterator[int]:
    """Where `surface` stands in `source` with no letter, digit or joining sign beside it."""
    start = source.find(surface)
    while start >= 0:
        end = start + len(surface)
        if not _joins(source[start - 1 : start]) and not _joins(source[end : end + 1]):
            yield start
        start = source.find(surface, end)


def _joins(character: str) -> bool:
    return character.isalnum() or character in ("_", "-", "@", "#") if character else False


class _Spans:
    """Spans that do not overlap, by field."""

    def __init__(self, found: Sequence[Found]) -> None:
        self._spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for mention in found:
            self._spans[mention.field].append((mention.start, mention.end))
        for spans in self._spans.values():
            spans.sort()

    def add(self, field: str, start: int, end: int) -> bool:
        """Whether the span was free; then it is taken."""
        spans = self._spans[field]
        at = bisect_left(spans, (start, end))
        if at and spans[at - 1][1] > start:
            return False
        if at < len(spans) and spans[at][0] < end:
            return False
        spans.insert(at, (start, end))
        return True
