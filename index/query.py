"""A search as a value: what to look for, what to filter by, and what to give back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from article.errors import BadQuery
from article.records import EntityType
from index.expression import (
    EVERYTHING,
    Between,
    Everything,
    Expression,
    Keyword,
    KeywordField,
    Or,
    children,
    conjunction,
    leaves,
)

TimeFacet = Literal["hour", "day", "week", "month"]
FacetName = KeywordField | TimeFacet
Sort = Literal["relevance", "newest"]

TIME_FACETS: tuple[TimeFacet, ...] = get_args(TimeFacet)
KEYWORD_FIELDS: tuple[KeywordField, ...] = get_args(KeywordField)

MAX_WINDOW = 10_000  # offset + limit; the default of Elasticsearch's index.max_result_window
MAX_FACET_SIZE = 1_000
MAX_BEGINNING = 100
MAX_SIMILAR = 1_000
MAX_TERMS = 256
MAX_DEPTH = 64

FIELD_OF_TYPE: dict[EntityType, KeywordField] = {
    "PER": "person",
    "ORG": "org",
    "LOC": "location",
    "NORP": "group",
    "EVENT": "event",
    "MISC": "other",
}


@dataclass(frozen=True, kw_only=True)
class EntityFilter:
    """An entity by name, by any form in which an article mentions it, or by knowledge-base id."""

    name: str
    type: EntityType | None = None


@dataclass(frozen=True, kw_only=True)
class Facet:
    """Values of a field with the number of found articles that have each: the `size` most frequent.

    Of a time facet the newest `size` spans that hold any article. Times are UTC, weeks begin on Monday.
    With `beginning`, only values of which a word begins so ("qai": al-qaida, qaisar); which articles are
    found does not depend on it.
    """

    name: FacetName
    size: int = 10
    beginning: str = ""


@dataclass(frozen=True, kw_only=True)
class Query:
    """A search.

    Of what an article has many of (entities, entity types, topics, places), all values must be there; of
    what it has one of (feed, language), any value does. Topics are given by code or label, places by name
    or country code, feeds by id, URL or title; case and accents do not count. The span of publication time
    includes `published_from` and excludes `published_to`.

    `sort` "relevance" falls back to "newest" where nothing in the expression is scored. `now` is the moment
    that an article's age is measured from; None leaves recency out of the score.

    Raises BadQuery when made with values that no index answers.
    """

    expression: Expression = EVERYTHING
    entities: tuple[EntityFilter, ...] = ()
    entity_types: tuple[EntityType, ...] = ()
    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    published_from: datetime | None = None
    published_to: datetime | None = None
    limit: int = 10
    offset: int = 0
    sort: Sort = "relevance"
    facets: tuple[Facet, ...] = ()
    highlight: bool = False
    now: datetime | None = None

    def __post_init__(self) -> None:
        if self.limit < 0 or self.offset < 0 or self.limit + self.offset > MAX_WINDOW:
            raise BadQuery(
                f"hits {self.offset} to {self.offset + self.limit}",
                f"only the first {MAX_WINDOW} can be listed",
                "narrow the search, by time for example",
            )
        for facet in self.facets:
            if facet.name not in KEYWORD_FIELDS + TIME_FACETS:
                raise BadQuery(f"facet {facet.name}", f"use {', '.join(KEYWORD_FIELDS + TIME_FACETS)}")
            if not 1 <= facet.size <= MAX_FACET_SIZE:
                raise BadQuery(f"facet {facet.name}", f"can list 1 to {MAX_FACET_SIZE} values")
            if facet.beginning:
                _check_beginning(facet)
        for moment in (self.published_from, self.published_to, self.now):
            _check_aware(moment)
        _check_size(self.whole())

    def whole(self) -> Expression:
        """The expression and all filters as one expression."""
        return conjunction((self.expression, *self._filters()))

    def _filters(self) -> tuple[Expression, ...]:
        filters: list[Expression] = [
            Keyword(FIELD_OF_TYPE[entity.type] if entity.type else "entity", entity.name)
            for entity in self.entities
        ]
        filters += [Keyword("entity_type", value) for value in self.entity_types]
        filters += [Keyword("topic", value) for value in self.topics]
        filters += [Keyword("place", value) for value in self.places]
        filters += _any_of("feed", self.feeds) + _any_of("lang", self.langs)
        if self.published_from or self.published_to:
            filters.append(Between(self.published_from, self.published_to))
        return tuple(filters)


def keyword_field(name: FacetName) -> KeywordField | None:
    """The field that a facet counts, None for a time facet."""
    return None if name in TIME_FACETS else name  # type: ignore[return-value]


def _any_of(field: KeywordField, values: tuple[str, ...]) -> list[Expression]:
    return [Or(tuple(Keyword(field, value) for value in values))] if values else []


def _check_aware(moment: datetime | None) -> None:
    if moment is not None and moment.utcoffset() is None:
        raise BadQuery(moment.isoformat(), "says no time zone", "give a time with an offset, or Z for UTC")


def _check_beginning(facet: Facet) -> None:
    _check_text(facet.beginning)
    if len(facet.beginning) > MAX_BEGINNING:
        raise BadQuery(f"facet {facet.name}", f"values begin with up to {MAX_BEGINNING} characters")
    if facet.name in TIME_FACETS:
        raise BadQuery(f"facet {facet.name}", "has spans of time, which begin with no word")


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadQuery(ascii(text), "is not Unicode text", "type it anew") from error


def _check_size(expression: Expression) -> None:
    """Iterative, because the tree may be deeper than Python's stack."""
    pending = [(expression, 1)]
    while pending:
        node, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise BadQuery("query", f"is nested more than {MAX_DEPTH} levels deep", "write it flatter")
        pending.extend((child, depth + 1) for child in children(node))
    terms = 0
    for leaf, _, _ in leaves(expression):
        terms += 1
        if isinstance(leaf, Between):
            _check_aware(leaf.start)
            _check_aware(leaf.end)
        elif not isinstance(leaf, Everything):
            _check_text(leaf.value if isinstance(leaf, Keyword) else leaf.text)
    if terms > MAX_TERMS:
        raise BadQuery(
            "query", f"has {terms} terms, the most is {MAX_TERMS}", "search for fewer things at once"
        )
