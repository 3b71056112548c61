"""`/articles/…`: an article, its revisions, its way through the pipeline."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from article.records import EnrichedArticle
from web.article import revisions as comparing
from web.article import view
from web.errors import NotThere
from web.links import article_path
from web.pages import page
from web.parts import Parts

ALIKE = 8
LEAST_ALIKE = 0.5
"""The least cosine of what is shown as similar: below it articles have a subject in common at most."""

Revision = Annotated[int | None, Query(ge=1, le=1_000_000_000)]


def article_routes(parts: Parts) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/why")
    def why(request: Request, of: Annotated[str, Query(max_length=10_000)] = "") -> Response:
        """The way of an article by its address or id; without one, a box to ask in."""
        asked = of.strip()
        way = parts.articles.way(asked) if asked else None
        if way is not None and way.known:
            return RedirectResponse(f"{article_path(way.id)}/way", status_code=303)
        return page(request, "article/why.html", asked=asked, way=way, now=parts.now())

    @router.get("/articles/{id}")
    def article(request: Request, id: str) -> Response:
        found = parts.index().get(id)
        shown = view.article_shown(found or _from_stream(parts, id))
        similar = parts.index().similar(id, limit=ALIKE, minimum=LEAST_ALIKE, distinct=True)
        return page(
            request,
            "article/article.html",
            shown=shown,
            alike=view.alike(similar),
            indexed=found is not None,
            now=parts.now(),
        )

    @router.get("/articles/{id}/revisions")
    def revisions(request: Request, id: str, old: Revision = None, new: Revision = None) -> Response:
        kept = parts.articles.revisions(id)
        latest = kept[-1] if kept else parts.index().get(id)
        if latest is None:
            raise _nothing(id)
        chosen = comparing.choose(kept, old=old, new=new)
        return page(
            request,
            "article/revisions.html",
            latest=latest,
            kept=kept,
            compared=comparing.compare(*chosen) if chosen else None,
            view=comparing,
            now=parts.now(),
        )

    @router.get("/articles/{id}/way")
    def way(request: Request, id: str) -> Response:
        found = parts.articles.way(id)
        return page(
            request,
            "article/way.html",
            status=200 if found.known else 404,
            way=found,
            title=_title(parts, id),
            now=parts.now(),
        )

    return router


def _from_stream(parts: Parts, id: str) -> EnrichedArticle:
    """An article that is not in the index yet, or was too long ago."""
    kept = parts.articles.revisions(id)
    if not kept:
        raise _nothing(id)
    return kept[-1]


def _nothing(id: str) -> NotThere:
    return NotThere(
        f"article {id}", "is neither in the index nor in the stream", f"ask /articles/{id}/way why"
    )


def _title(parts: Parts, id: str) -> str:
    kept = parts.articles.revisions(id)
    return kept[-1].title if kept else ""
