"""Whether one article is what a search looks for, without an index: for saved searches and the live view.

The same terms as an index's, so that both agree: texts by the analyser, which makes what Elasticsearch makes,
names and codes by `index.document`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from article.records import EnrichedArticle
from index.document import document_of
from index.embedded.analysis import stems, words
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
from index.query import Query

Texts = tuple[tuple[str, ...], ...]


def matches(query: Query, article: EnrichedArticle) -> bool:
    return Matching(article).meets(query)


class Matching:
    """One article, which several searches look at; its texts are analysed once, when a search asks."""

    def __init__(self, article: EnrichedArticle) -> None:
        self._document = document_of(article)

    def meets(self, query: Query) -> bool:
        return self._holds(query.whole())

    def _holds(self, node: Expression) -> bool:  # noqa: PLR0911 - one return for each node
        match node:
            case Everything():
                return True
            case Word() | Phrase():
                return self._says(node.field, stems(node.text))
            case Prefix():
                return self._begins(node.field, words(node.text))
            case Keyword():
                return self._has(node)
            case Between():
                time = self._document.time
                return (node.start is None or node.start <= time) and (node.end is None or time < node.end)
            case And():
                return all(self._holds(part) for part in node.parts)
            case Or():
                return any(self._holds(part) for part in node.parts)
            case Not():
                return not self._holds(node.part)

    def _says(self, field: TextField | None, terms: Sequence[str]) -> bool:
        return bool(terms) and any(_runs(text, terms) for text in _of(field, self._stems))

    def _begins(self, field: TextField | None, terms: Sequence[str]) -> bool:
        """Of a prefix that the analyser splits, the last part is a prefix, the others are words."""
        if not terms:
            return False
        *whole, beginning = terms
        return any(word.startswith(beginning) for text in _of(field, self._words) for word in text) and all(
            self._says(field, stems(word)) for word in whole
        )

    def _has(self, node: Keyword) -> bool:
        value, found = fold(node.value), self._document.terms[node.field]
        if not value:
            return False
        return any(each.startswith(value) for each in found) if node.prefix else value in found

    @cached_property
    def _stems(self) -> Texts:
        return self._analysed(stems)

    @cached_property
    def _words(self) -> Texts:
        return self._analysed(words)

    def _analysed(self, terms: Callable[[str], list[str]]) -> Texts:
        """Title, summary, text, and each name: no phrase reaches from one into the next."""
        document = self._document
        texts = (document.title, document.summary, document.text, *document.names)
        return tuple(tuple(terms(text)) for text in texts)


def _of(field: TextField | None, texts: Texts) -> Texts:
    return {None: texts, "title": texts[:1], "text": texts[1:3]}[field]


def _runs(text: Sequence[str], terms: Sequence[str]) -> bool:
    """Whether the terms stand next to each other, in this order."""
    width, first = len(terms), terms[0]
    if width == 1:
        return first in text
    return any(term == first and list(text[at : at + width]) == list(terms) for at, term in enumerate(text))
