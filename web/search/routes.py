"""`/`: the search page."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from article.errors import BadQuery
from web.pages import page
from web.parts import Parts
from web.search.asked import Asked, read_asked
from web.search.searching import search


def search_routes(parts: Parts) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/", response_class=HTMLResponse)
    def searched(request: Request) -> HTMLResponse:
        now, asked = parts.now(), Asked(q=request.query_params.get("q", ""))
        try:
            asked = read_asked(request.query_params.multi_items())
            found = search(parts.index(), asked, now)
        except BadQuery as error:
            return page(request, "search.html", status=400, asked=asked, problem=error, found=None, now=now)
        return page(request, "search.html", asked=asked, problem=None, found=found, now=now)

    return router
