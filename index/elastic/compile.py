"""Expressions into the server's query language."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime

from index.elastic.documents import microseconds
from index.expression import (
    And,
    Between,
    Everything,
    Expression,
    Keyword,
    Not,
    Or,
    Phrase,
    Prefix,
    TextField,
    Word,
    is_scored,
)
from index.fold import fold, normal
from index.ranking import BOOSTS, TIE
from index.spacing import spaced

Json = dict[str, object]

NOTHING: Json = {"match_none": {}}
EVERYTHING: Json = {"match_all": {}}

_STEM_FIELDS: dict[TextField | None, tuple[str, ...]] = {
    None: ("title", "summary", "text", "names"),
    "title": ("title",),
    "text": ("summary", "text"),
}
# Title, body and names each count once, however many of a group's fields hold the beginning.
_WORD_FIELDS: dict[TextField | None, tuple[tuple[str, ...], ...]] = {
    None: (("title",), ("summary", "text"), ("names",)),
    "title": (("title",),),
    "text": (("summary", "text"),),
}
_WORD = re.compile(r"[^\W_]+")
_NESTING = 20  # the server reads 30 levels; a leaf takes up to four, what is around the query the others


def compiled(node: Expression) -> Json:
    """The query for an expression of any depth that `Query` allows."""
    return _query(node, 0)


def field_of(name: str) -> str:
    """The server's field of a text field of ours."""
    return "search.names" if name == "names" else name


def _query(node: Expression, level: int) -> Json:  # noqa: PLR0911 - one return for each node
    if level == _NESTING:
        return _nested_anew(_query(node, 0))
    match node:
        case Everything():
            return EVERYTHING
        case Word() | Phrase():
            return _text(node.field, node.text)
        case Prefix():
            return _prefix(node.field, node.text)
        case Keyword():
            return _keyword(node)
        case Between():
            return _between(node.start, node.end)
        case And():
            return _all(node.parts, level)
        case Or():
            return any_of([_scored(part, level + 1) for part in node.parts])
        case Not():
            return _all((node,), level)


def _all(parts: Sequence[Expression], level: int) -> Json:
    clauses: dict[str, list[Json]] = {"must": [], "filter": [], "must_not": []}
    for part in parts:
        if isinstance(part, Not):
            clauses["must_not"].append(_query(part.part, level + 1))
        else:
            clauses["must" if is_scored(part) else "filter"].append(_query(part, level + 1))
    return {"bool": {kind: found for kind, found in clauses.items() if found}}


def _scored(node: Expression, level: int) -> Json:
    """As one of several: what is not scored adds nothing."""
    return _query(node, level) if is_scored(node) else unscored(_query(node, level))


def _text(field: TextField | None, text: str) -> Json:
    return _over(
        _STEM_FIELDS[field],
        lambda name: {"match_phrase": {field_of(name): {"query": normal(text), "boost": BOOSTS[name]}}},
    )


def _over(fields: Sequence[str], one: Callable[[str], Json]) -> Json:
    queries = [one(name) for name in fields]
    return {"dis_max": {"queries": queries, "tie_breaker": TIE}} if len(queries) > 1 else queries[0]


def _prefix(field: TextField | None, text: str) -> Json:
    """Of a prefix that the analyser splits, the last part is a prefix, the others are words."""
    *whole, beginning = _WORD.findall(spaced(normal(text))) or [""]
    if not beginning:
        return NOTHING
    groups = [any_of([_beginning(name, beginning) for name in group]) for group in _WORD_FIELDS[field]]
    found = any_of([{"constant_score": {"filter": group}} for group in groups])
    if not whole:
        return found
    return {"bool": {"must": [found, *(_text(field, word) for word in whole)]}}


def _beginning(name: str, text: str) -> Json:
    return {"match_bool_prefix": {f"{field_of(name)}.words": {"query": text, "operator": "and"}}}


def _keyword(node: Keyword) -> Json:
    value = fold(node.value)
    if not value:
        return NOTHING
    return {"prefix" if node.prefix else "term": {f"search.terms.{node.field}": {"value": value}}}


def _between(start: datetime | None, end: datetime | None) -> Json:
    bounds = {"gte": start, "lt": end}
    if start is None and end is None:
        return EVERYTHING
    return {
        "range": {
            "search.time": {
                name: microseconds(moment) for name, moment in bounds.items() if moment is not None
            }
        }
    }


def any_of(queries: Sequence[Json]) -> Json:
    if len(queries) == 1:
        return queries[0]
    return {"bool": {"should": list(queries), "minimum_should_match": 1}}


def unscored(query: Json) -> Json:
    return {"constant_score": {"filter": query, "boost": 0.0}}


def _nested_anew(query: Json) -> Json:
    """A query that the server parses by itself, and whose levels it counts from one again."""
    return {"wrapper": {"query": base64.b64encode(json.dumps(query).encode()).decode()}}
