"""`/api/v1/suggest`: names that begin as somebody types, for the search box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter
from fastapi import Query as Param

from article.records import EntityType
from index.fold import fold
from index.protocol import ArticleIndex
from index.query import FIELD_OF_TYPE, MAX_BEGINNING
from index.suggest import MAX_SUGGESTIONS, entities_beginning
from web.parts import Parts

LEAST = 2  # characters; one begins too many names


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """`field` and `value` find it: as `field:"value"` in a query, or as a parameter of the search page.

    `id` is the knowledge base's, where it is known.
    """

    type: EntityType
    name: str
    articles: int
    field: str
    value: str
    id: str | None


@dataclass(frozen=True, kw_only=True)
class Suggestions:
    suggestions: Sequence[Suggestion]


def suggest_routes(parts: Parts) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["articles"])

    @router.get("/suggest")
    def suggest(
        q: Annotated[
            str,
            Param(
                max_length=MAX_BEGINNING, description="How a word of a name begins, two characters or more."
            ),
        ],
        limit: Annotated[int, Param(ge=1, le=MAX_SUGGESTIONS, description="Names to give.")] = 8,
    ) -> Suggestions:
        """Names of people, organisations, places and so on of which a word begins so, those of most
        articles first."""
        return Suggestions(suggestions=suggestions(parts.index(), q, limit=limit))

    return router


def suggestions(index: ArticleIndex, beginning: str, *, limit: int) -> tuple[Suggestion, ...]:
    if len(fold(beginning)) < LEAST:
        return ()
    return tuple(
        Suggestion(
            type=one.type,
            name=one.name,
            articles=one.count,
            field=FIELD_OF_TYPE[one.type],
            value=one.key,
            id=one.id,
        )
        for one in entities_beginning(index, beginning, limit=limit)
    )
