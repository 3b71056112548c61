"""`/api/v1/articles/…`: revisions and the way through, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from article.codec import encode
from article.records import EnrichedArticle
from web.article.desk import Way
from web.article.difference import Change, difference
from web.article.revisions import choose
from web.errors import NotThere
from web.parts import Parts

ArticleId = Annotated[str, Path(min_length=1, max_length=64, description="An article's `id`.")]
Number = Annotated[int, Path(ge=1, le=1_000_000_000, description="The revision's number.")]
Asked = Annotated[int | None, Query(ge=1, le=1_000_000_000, description="A revision that is kept.")]


@dataclass(frozen=True, kw_only=True)
class Revision:
    """`finished` is when it was enriched, `seen` when the feed showed it; `characters` are of its text."""

    revision: int
    seen: datetime
    finished: datetime
    status: Literal["complete", "partial", "failed"]
    title: str
    characters: int
    content_hash: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Two revisions, word by word: what is the same and gone is the old one, what is the same and new the
    new one."""

    old: int
    new: int
    title: Sequence[Change]
    summary: Sequence[Change]
    text: Sequence[Change]


def article_api(parts: Parts) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["articles"])

    @router.get("/articles/{id}/revisions")
    def revisions(id: ArticleId) -> Sequence[Revision]:
        """The revisions that the stream keeps, oldest first; none where it has forgotten the article."""
        return [_revision(each) for each in parts.articles.revisions(id)]

    @router.get("/articles/{id}/revisions/{number}", responses={200: {"model": None}})
    def revision(id: ArticleId, number: Number) -> Response:
        """A revision as it stands in `wirewatch.enriched`."""
        for each in parts.articles.revisions(id):
            if each.revision == number:
                return Response(encode(each), media_type="application/json")
        raise NotThere(f"revision {number} of article {id}", "is not kept", "list those that are")

    @router.get("/articles/{id}/difference")
    def compared(id: ArticleId, old: Asked = None, new: Asked = None) -> Difference:
        """What changed between two revisions: those asked for, otherwise the latest and the one before."""
        chosen = choose(parts.articles.revisions(id), old=old, new=new)
        if chosen is None:
            raise NotThere(f"article {id}", "has no two revisions that are kept", "list those that are")
        before, after = chosen
        return Difference(
            old=before.revision,
            new=after.revision,
            title=difference(before.title, after.title),
            summary=difference(before.summary, after.summary),
            text=difference(before.text, after.text),
        )

    @router.get("/articles/{id}/way")
    def way(id: ArticleId) -> Way:
        """Everything known about its way through the pipeline, as `wirewatch why --json` tells it."""
        return parts.articles.way(id)

    return router


def _revision(article: EnrichedArticle) -> Revision:
    return Revision(
        revision=article.revision,
        seen=article.seen,
        finished=article.enrichment.finished,
        status=article.enrichment.status,
        title=article.title,
        characters=len(article.text),
        content_hash=article.content_hash,
    )
