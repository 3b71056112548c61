"""Expressions into the library's queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import tantivy

from index.beginning import literal
from index.embedded.analysis import stems, words
from index.embedded.schema import microseconds
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
)
from index.fold import fold
from index.ranking import BOOSTS, TIE

_STEM_FIELDS: dict[TextField | None, tuple[str, ...]] = {
    None: ("title", "summary", "text", "names"),
    "title": ("title",),
    "text": ("summary", "text"),
}
_WORD_FIELDS: dict[TextField | None, tuple[str, ...]] = {
    None: ("title_words", "body_words", "names_words"),
    "title": ("title_words",),
    "text": ("body_words",),
}
_MUST, _SHOULD, _MUST_NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot


class Compiler:
    """Turns expressions of bounded depth into queries over one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def query(self, node: Expression) -> tantivy.Query:  # noqa: PLR0911 - one return for each node
        match node:
            case Everything():
                return everything()
            case Word() | Phrase():
                return self._text(node.field, stems(node.text))
            case Prefix():
                return self._prefix(node.field, words(node.text))
            case Keyword():
                return self._keyword(node)
            case Between():
                return self._between(node.start, node.end)
            case And():
                return self._all(node.parts)
            case Or():
                return any_of([self.query(part) for part in node.parts])
            case Not():
                return self._all((node,))

    def _all(self, parts: Sequence[Expression]) -> tantivy.Query:
        clauses = [
            (_MUST_NOT, self.query(part.part)) if isinstance(part, Not) else (_MUST, self.query(part))
            for part in parts
        ]
        if all(occur == _MUST_NOT for occur, _ in clauses):
            clauses.append((_MUST, everything()))
        return tantivy.Query.boolean_query(clauses)

    def _text(self, field: TextField | None, terms: list[str]) -> tantivy.Query:
        if not terms:
            return tantivy.Query.empty_query()

        def one(name: str) -> tantivy.Query:
            if len(terms) == 1:
                return tantivy.Query.term_query(self._schema, name, terms[0])
            return tantivy.Query.phrase_query(self._schema, name, terms)

        return self._over(_STEM_FIELDS[field], one)

    def _over(self, fields: Sequence[str], one: Callable[[str], tantivy.Query]) -> tantivy.Query:
        found = [tantivy.Query.boost_query(one(name), BOOSTS[name]) for name in fields]
        return tantivy.Query.disjunction_max_query(found, TIE) if len(found) > 1 else found[0]

    def _prefix(self, field: TextField | None, terms: list[str]) -> tantivy.Query:
        """Of a prefix that the analyser splits, the last part is a prefix, the others are words."""
        if not terms:
            return tantivy.Query.empty_query()
        *whole, beginning = terms
        pattern = literal(beginning) + ".*"
        found = any_of(
            [tantivy.Query.regex_query(self._schema, name, pattern) for name in _WORD_FIELDS[field]]
        )
        return tantivy.Query.boolean_query(
            [(_MUST, found), *((_MUST, self._text(field, stems(word))) for word in whole)]
        )

    def _keyword(self, node: Keyword) -> tantivy.Query:
        name, value = f"term_{node.field}", fold(node.value)
        if not value:
            return tantivy.Query.empty_query()
        if node.prefix:
            found = tantivy.Query.regex_query(self._schema, name, literal(value) + ".*")
        else:
            found = tantivy.Query.term_query(self._schema, name, value, "basic")
        return unscored(found)

    def _between(self, start: datetime | None, end: datetime | None) -> tantivy.Query:
        if start is None and end is None:
            return everything()
        return unscored(
            tantivy.Query.range_query(
                self._schema,
                "time",
                tantivy.FieldType.Integer,
                lower_bound=None if start is None else microseconds(start),
                upper_bound=None if end is None else microseconds(end),
                include_upper=end is None,
            )
        )


def everything() -> tantivy.Query:
    return unscored(tantivy.Query.all_query())


def unscored(query: tantivy.Query) -> tantivy.Query:
    return tantivy.Query.const_score_query(query, 0.0)


def any_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.boolean_query([(_SHOULD, query) for query in queries])
