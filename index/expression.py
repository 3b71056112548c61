"""What a search looks for, as a tree. Every index compiles these nodes into its own query language.

    Everything                     every article
    Word, Phrase, Prefix           in the analysed text: stemmed, accents and case folded
    Keyword                        a whole name, label or code, compared in the form of `fold`
    Between                        a span of publication time
    And, Or, Not                   of the above

Word, Phrase and Prefix add to an article's score; the others only decide whether it is found.
Without a field, text nodes look in title, summary, text and the names of entities and places; a word that
the analyser splits ("covid-19") is looked for as a phrase.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

TextField = Literal["title", "text"]
"""`text` is the summary and the text of an article."""

KeywordField = Literal[
    "entity",
    "person",
    "org",
    "location",
    "group",
    "event",
    "other",
    "entity_type",
    "topic",
    "place",
    "country",
    "feed",
    "lang",
]


@dataclass(frozen=True, slots=True)
class Everything:
    pass


EVERYTHING = Everything()


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words next to each other, in this order."""

    text: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin so, as they are written in the article: not stemmed."""

    text: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class Keyword:
    """A value that the article has; with `prefix`, one that begins so."""

    field: KeywordField
    value: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Between:
    """Published (where unknown: first seen) at `start` or later and before `end`; None is open."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Expression


Text = Word | Phrase | Prefix
Leaf = Everything | Text | Keyword | Between
Expression = Leaf | And | Or | Not


def children(node: Expression) -> tuple[Expression, ...]:
    if isinstance(node, And | Or):
        return node.parts
    return (node.part,) if isinstance(node, Not) else ()


def leaves(node: Expression) -> Iterator[tuple[Leaf, int, bool]]:
    """Every leaf with its depth and whether it is wanted (false below an odd number of Nots)."""
    pending: list[tuple[Expression, int, bool]] = [(node, 0, True)]
    while pending:
        current, depth, wanted = pending.pop()
        if isinstance(current, And | Or | Not):
            inside = wanted != isinstance(current, Not)
            pending.extend((child, depth + 1, inside) for child in reversed(children(current)))
        else:
            yield current, depth, wanted


def is_scored(node: Expression) -> bool:
    """Whether anything in it tells a better match from a worse one."""
    return any(wanted and isinstance(leaf, Word | Phrase | Prefix) for leaf, _, wanted in leaves(node))


def conjunction(parts: tuple[Expression, ...]) -> Expression:
    """All of the parts, in the plainest form."""
    needed = tuple(part for part in parts if not isinstance(part, Everything))
    if not needed:
        return EVERYTHING
    return needed[0] if len(needed) == 1 else And(needed)
