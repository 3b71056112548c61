"""The application: access, routes of each page and of the API, error pages."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from runtime.settings import WebSettings
from web.errors import add_error_pages
from web.pages import STATIC
from web.parts import Parts
from web.search.routes import search_routes


def create_app(parts: Parts, settings: WebSettings) -> FastAPI:  # noqa: ARG001 - access takes them
    app = FastAPI(
        title="Wirewatch", version="1", openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None
    )
    add_error_pages(app)
    app.include_router(search_routes(parts))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
