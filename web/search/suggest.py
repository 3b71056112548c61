"""`/api/v1/suggest`: names that begin as somebody types, for the search box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter
from fastapi import Query as Param

from article.records import EntityType
from index.expression import Keyword
from index.fold import fold
from index.protocol import ArticleIndex
from index.query import FIELD_OF_TYPE, Facet, Query
from web.parts import Parts

MAX_LENGTH = 100
LEAST = 2  # characters; one begins too many names
_LOOKED_AT = 50  # of each type: names that stand beside the one that is meant come in between


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """`field` and `value` find it: as `field:"value"` in a query, or as a parameter of the search page."""

    type: EntityType
    name: str
    articles: int
    field: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Suggestions:
    suggestions: Sequence[Suggestion]


def suggest_routes(parts: Parts) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["articles"])

    @router.get("/suggest")
    def suggest(
        q: Annotated[
            str, Param(max_length=MAX_LENGTH, description="How a name begins, two characters or more.")
        ],
        limit: Annotated[int, Param(ge=1, le=50, description="Names to give.")] = 8,
    ) -> Suggestions:
        """Names of people, organisations, places and so on that begin so, those of most articles first."""
        return Suggestions(suggestions=suggestions(parts.index(), q, limit=limit))

    return router


def suggestions(index: ArticleIndex, beginning: str, *, limit: int) -> tuple[Suggestion, ...]:
    wanted = fold(beginning)
    if len(wanted) < LEAST:
        return ()
    facets = tuple(Facet(name=field, size=_LOOKED_AT) for field in FIELD_OF_TYPE.values())
    page = index.search(Query(expression=Keyword("entity", wanted, prefix=True), limit=0, facets=facets))
    found = (
        Suggestion(type=kind, name=bucket.label, articles=bucket.count, field=field, value=bucket.key)
        for kind, field in FIELD_OF_TYPE.items()
        for bucket in page.facets[field]
        if fold(bucket.label).startswith(wanted) or bucket.key.startswith(wanted)
    )
    return tuple(sorted(found, key=lambda each: (-each.articles, each.name)))[:limit]
