"""Names of places that stand side by side: "Portland, Maine", "Bulgaria, Romania and Georgia"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from article.records import Entity

_INSIDE = re.compile(r",\s|\s\(")
_LISTED = re.compile(r"(?:,|;)\s(?:(?:and|or)\s)?(?:the\s)?|\s(?:and|or|&)\s(?:the\s)?")


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """By the number of an entity, the numbers of others: `outer` what follows it as the place that it may lie
    in, `inner` the other way round, `listed` those that stand in one list with it."""

    outer: Mapping[int, frozenset[int]]
    inner: Mapping[int, frozenset[int]]
    listed: Mapping[int, frozenset[int]]


def neighbours(entities: Sequence[Entity], sources: Mapping[str, str]) -> Neighbours:
    """`sources` maps a field to its text."""
    mentions = sorted(
        (mention.field, mention.start, mention.end, number)
        for number, entity in enumerate(entities)
        for mention in entity.mentions
    )
    outer: dict[int, set[int]] = defaultdict(set)
    inner: dict[int, set[int]] = defaultdict(set)
    listed: dict[int, set[int]] = defaultdict(set)
    for (field, _, end, first), (other_field, start, _, second) in pairwise(mentions):
        if field != other_field or not end <= start <= end + 12 or first == second:
            continue
        if _INSIDE.fullmatch(sources[field], end, start):
            outer[first].add(second)
            inner[second].add(first)
        if _LISTED.fullmatch(sources[field], end, start):
            listed[first].add(second)
            listed[second].add(first)
    return Neighbours(outer=_frozen(outer), inner=_frozen(inner), listed=_frozen(listed))


def _frozen(found: Mapping[int, set[int]]) -> Mapping[int, frozenset[int]]:
    return {number: frozenset(others) for number, others in found.items()}
