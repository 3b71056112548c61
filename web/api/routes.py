"""`/api/v1`: search and articles. Whatever goes wrong is told as problem details (RFC 9457)."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from article.codec import encode
from article.records import EnrichedArticle
from index.present import page_as_json
from index.query import MAX_WINDOW
from web.api.asked import MAX_LIMIT, SearchAsked
from web.api.model import SearchAnswer, SimilarAnswer
from web.errors import NotThere
from web.parts import Parts

ArticleId = Annotated[str, Path(min_length=1, max_length=64, description="An article's `id`.")]


def api_routes(parts: Parts) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["articles"])

    @router.get("/search", response_model=SearchAnswer)
    def search(request: Request, asked: Annotated[SearchAsked, Query()]) -> JSONResponse:
        """Search the articles. As `wirewatch search --json` has them, with the address of the next page."""
        found = parts.index().search(asked.query(parts.now()))
        beyond = asked.offset + len(found.hits)
        more = asked.limit > 0 and beyond < min(found.total, MAX_WINDOW)
        return JSONResponse(
            {**page_as_json(found), "next": _page_at(request, asked, beyond) if more else None}
        )

    @router.get("/articles/{id}", responses={200: {"model": None}})
    def article(
        id: ArticleId,
        embedding: Annotated[bool, Query(description="With the 384 numbers of its embedding.")] = False,
    ) -> Response:
        """An article with all that was found in it, as it stands in `wirewatch.enriched`."""
        found = _found(parts, id)
        record = found if embedding else replace(found, embedding=())
        return Response(encode(record), media_type="application/json")

    @router.get("/articles/{id}/similar", response_model=SimilarAnswer)
    def similar(
        id: ArticleId,
        limit: Annotated[int, Query(ge=0, le=MAX_LIMIT, description="Articles to give.")] = 10,
        minimum: Annotated[float, Query(ge=-1, le=1, description="The least cosine.")] = 0.0,
        distinct: Annotated[bool, Query(description="Leave out reprints of the article.")] = True,
    ) -> JSONResponse:
        """Articles about the same: the nearest embeddings first. None where the article has no embedding."""
        page = parts.index().similar(id, limit=limit, minimum=minimum, distinct=distinct)
        if not page.hits:
            _found(parts, id)
        return JSONResponse(page_as_json(page))

    return router


def _found(parts: Parts, id: str) -> EnrichedArticle:
    found = parts.index().get(id)
    if found is None:
        raise NotThere(f"article {id}", "is not in the index", "search for it; it may not be indexed yet")
    return found


def _page_at(request: Request, asked: SearchAsked, offset: int) -> str:
    """The address of this search from another hit on."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in _PAGE]
    limit = min(asked.limit, MAX_WINDOW - offset)
    return f"{request.url.path}?{urlencode([*kept, ('limit', limit), ('offset', offset)])}"


_PAGE = ("limit", "offset")
