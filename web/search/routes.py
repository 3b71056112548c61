"""`/`: the search page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from index.query import Query as Search
from index.syntax import parse
from web.pages import page
from web.parts import Parts
from web.search import view

PAGE_SIZE = 20


def search_routes(parts: Parts) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/", response_class=HTMLResponse)
    def search(request: Request, q: Annotated[str, Query()] = "") -> HTMLResponse:
        found = parts.index().search(
            Search(expression=parse(q), limit=PAGE_SIZE, highlight=True, now=parts.now())
        )
        return page(request, "search.html", q=q, found=found, view=view)

    return router
