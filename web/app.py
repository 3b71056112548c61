"""The application: access, routes of each page and of the API, error pages."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.gzip import GZipMiddleware

from runtime.clock import SystemClock
from runtime.settings import WebSettings
from web.access.gate import Gate
from web.access.limits import Limits
from web.access.login import login_routes
from web.access.policy import policy_of
from web.api.document import document_routes, operation_id
from web.api.routes import api_routes
from web.article.api import article_api
from web.article.routes import article_routes
from web.entity.api import entity_api
from web.entity.routes import entity_routes
from web.errors import add_error_pages
from web.feeds.api import feeds_api
from web.feeds.routes import feeds_routes
from web.live.routes import live_routes
from web.monitor.measured import Measured
from web.monitor.routes import monitor_routes
from web.pages import STATIC
from web.parts import Parts
from web.pipeline.api import pipeline_api
from web.pipeline.routes import pipeline_routes
from web.search.routes import search_routes
from web.search.suggest import suggest_routes
from web.searches.api import searches_api
from web.searches.routes import searches_routes


def create_app(parts: Parts, settings: WebSettings) -> FastAPI:
    """Raises BadConfiguration for settings of access that are wrong."""
    policy, clock = policy_of(settings), SystemClock()
    failures = Limits(rate=0.2 if settings.rate else 0, burst=10)
    app = FastAPI(openapi_url=None, generate_unique_id_function=operation_id)
    add_error_pages(app)
    app.include_router(search_routes(parts))
    app.include_router(article_routes(parts))
    app.include_router(entity_routes(parts))
    app.include_router(feeds_routes(parts))
    app.include_router(feeds_api(parts))
    app.include_router(pipeline_routes(parts))
    app.include_router(pipeline_api(parts))
    app.include_router(searches_routes(parts, policy))
    app.include_router(searches_api(parts))
    app.include_router(live_routes(parts))
    app.include_router(login_routes(parts, policy, failures, clock))
    app.include_router(api_routes(parts))
    app.include_router(suggest_routes(parts))
    app.include_router(article_api(parts))
    app.include_router(entity_api(parts))
    app.include_router(document_routes(app))
    app.include_router(monitor_routes(parts))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(
        Gate,
        policy=policy,
        limits=Limits(rate=settings.rate, burst=settings.burst),
        failures=failures,
        clock=clock,
        now=parts.now,
    )
    app.add_middleware(Measured, metrics=parts.metrics)
    return app
