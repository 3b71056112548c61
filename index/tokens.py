"""What people type, cut into tokens, each with its place so that an error can point at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from article.errors import BadQuery

_SPACE = re.compile(r"\s+")
_FIELD = re.compile(r"([A-Za-z_]+):")
_WORD = re.compile(r'[^\s()"“”„]+')
_CLOSING = {'"': '"', "“": "”“", "„": "“”", "”": "”"}
_EXCERPT = 24


class Kind(Enum):
    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    FIELD = auto()
    WORD = auto()
    PHRASE = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """`at` counts code points from the start of the query."""

    kind: Kind
    text: str
    at: int


def tokens(query: str, fields: frozenset[str]) -> Iterator[Token]:
    """The tokens of `query`, END last. A name before a colon is a field only if it is one of `fields`.

    Raises BadQuery for a quote that is not closed and for an unknown field.
    """
    at, after_field = 0, False
    while True:
        if space := _SPACE.match(query, at):
            at = space.end()
        if at == len(query):
            yield Token(Kind.END, "", at)
            return
        token, at = _next(query, at, frozenset() if after_field else fields)
        after_field = token is not None and token.kind is Kind.FIELD  # "topic:medtop:1" has one field
        if token is not None:
            yield token


def _next(query: str, at: int, fields: frozenset[str]) -> tuple[Token | None, int]:
    char = query[at]
    if char in "()":
        return Token(Kind.OPEN if char == "(" else Kind.CLOSE, char, at), at + 1
    if char in _CLOSING:
        return _phrase(query, at)
    follows = query[at + 1 : at + 2]
    if char in "-+" and follows.strip():
        return (Token(Kind.NOT, char, at) if char == "-" else None), at + 1
    if found := _field(query, at, fields):
        return found
    match = _WORD.match(query, at)
    assert match is not None  # noqa: S101 - whatever is no space, bracket or quote is a word
    word = match.group()
    kind = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}.get(word, Kind.WORD)
    return Token(kind, word, at), match.end()


def _phrase(query: str, at: int) -> tuple[Token, int]:
    closing = _CLOSING[query[at]]
    end = min((found for mark in closing if (found := query.find(mark, at + 1)) > 0), default=-1)
    if end < 0:
        raise bad_query(query, at, "this quotation mark is never closed", 'add the closing "')
    return Token(Kind.PHRASE, query[at + 1 : end], at), end + 1


def _field(query: str, at: int, fields: frozenset[str]) -> tuple[Token, int] | None:
    match = _FIELD.match(query, at)
    if match is None or not fields:
        return None
    name, end = match.group(1).lower(), match.end()
    if name in fields:
        return Token(Kind.FIELD, name, at), end
    follows = query[end : end + 1]
    if not follows.strip() or follows in "/:)":
        return None  # "Breaking: …" and "https://…" are text
    known = ", ".join(sorted(fields))
    raise bad_query(query, at, f"no field is called {name!r}", f"fields are {known}; quote text with a colon")


def bad_query(query: str, at: int, problem: str, remedy: str = "") -> BadQuery:
    """The error for a problem at a place: `…ukraine ▸(war OR peace…`."""
    before, after = query[max(0, at - _EXCERPT) : at], query[at : at + _EXCERPT]
    left = "…" if at > _EXCERPT else ""
    right = "…" if at + _EXCERPT < len(query) else ""
    excerpt = f"{left}{before}▸{after}{right}".encode("utf-8", "replace").decode()
    return BadQuery(f"query, character {at + 1}, {excerpt}", problem, remedy, at=at)
