"""One type for each name of an article, except where the model is sure that one name is two things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from article.records import EntityType
from enrich.mentions import Found
from enrich.names import normalise

SURE = 0.95
"""The score from which a mention keeps a type that the article's other mentions of the name do not have:
"Leeds" the club beside Leeds the town. It is worth 0.5 of exact-span F1 on CoNLL-2003's development set and
nothing on others; from 0.8 to 0.98 it is the same."""

# Only these are different things under one name. A group is NORP, ORG or MISC as one looks at it.
_DISTINCT: frozenset[EntityType] = frozenset({"PER", "ORG", "LOC"})


def agree_on_types(found: Sequence[Found]) -> list[Found]:
    """`found` with the type that the article's mentions of the same spelling vote for."""
    by_spelling: dict[str, list[Found]] = defaultdict(list)
    for mention in found:
        by_spelling[normalise(mention.text)].append(mention)
    votes = {spelling: vote(group) for spelling, group in by_spelling.items()}
    return [_settled(mention, votes[normalise(mention.text)]) for mention in found]


def vote(mentions: Iterable[Found]) -> EntityType:
    """The type with the greatest sum of scores."""
    votes: dict[EntityType, float] = defaultdict(float)
    for mention in mentions:
        votes[mention.type] += mention.score
    return max(votes, key=lambda kind: (votes[kind], kind))


def _settled(mention: Found, kind: EntityType) -> Found:
    if mention.type == kind or (mention.score >= SURE and {mention.type, kind} <= _DISTINCT):
        return mention
    return replace(mention, type=kind)
