"""/metrics, under the rules for reading, and the probes, open to all."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from runtime.health import Report
from runtime.metrics import CONTENT_TYPE
from web.parts import Parts


def monitor_routes(parts: Parts) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/metrics")
    def metrics() -> Response:
        return Response(parts.metrics.page(), media_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})

    @router.get("/health/live")
    def live() -> Response:
        return _told(parts.live())

    @router.get("/health/ready")
    def ready() -> Response:
        return _told(parts.ready())

    return router


def _told(report: Report) -> Response:
    return JSONResponse(report.shown(), status_code=200 if report.ok else 503)
