"""The OpenAPI document: what the routes say of themselves, and what holds for all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from article.schema import schema_file
from web.api.model import Problem

PATH = "/api/v1/openapi.json"
ARTICLES = ("/api/v1/articles/{id}", "/api/v1/articles/{id}/revisions/{number}")

Json = dict[str, object]

_DESCRIPTION = """\
Search and read the articles that Wirewatch has found, and change what it watches.

Reading is open on the machine that serves it, elsewhere and for any change send the token:
`Authorization: Bearer …` (`wirewatch serve --show-token` tells it). Times are RFC 3339 in UTC. What goes
wrong is told as problem details (RFC 9457): status 429 with Retry-After where a client asks too often, 503
while the index is away.
"""


def document_routes(app: FastAPI) -> APIRouter:
    """The document of all routes that `app` has when it is first asked for."""
    router = APIRouter(include_in_schema=False)
    made: list[Json] = []

    @router.get(PATH)
    def document() -> JSONResponse:
        if not made:
            made.append(openapi(app))
        return JSONResponse(made[0])

    return router


def operation_id(route: APIRoute) -> str:
    """Short, because clients that are made from the document call their functions so."""
    return "_".join([*map(str, route.tags[:1]), route.name])


def openapi(app: FastAPI) -> Json:
    made: Json = get_openapi(
        title="Wirewatch", version="1", description=_DESCRIPTION, routes=app.routes, summary="News, found"
    )
    components = _part(made, "components")
    schemas = _part(components, "schemas")
    for name in ("HTTPValidationError", "ValidationError"):  # ours are problem details, with status 400
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema()
    schemas |= _article_schemas()
    components["responses"] = {
        "Problem": {
            "description": "It was not done: `detail` says why, and what to do.",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for path, operations in _part(made, "paths").items():
        for method, operation in _parts(operations):
            responses = _part(operation, "responses")
            responses.pop("422", None)
            responses["default"] = {"$ref": "#/components/responses/Problem"}
            operation["security"] = [{}, {"token": []}] if method == "get" else [{"token": []}]
            if path in ARTICLES and method == "get":
                responses["200"] = _record("EnrichedArticle")
    return made


def _record(name: str) -> Json:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    return {"description": "The article.", "content": content}


def _article_schemas() -> Json:
    """The published JSON Schema of the record, its parts as components."""
    text = schema_file("enriched-article").read_text("utf-8")
    made: Json = json.loads(text.replace('"#/$defs/', '"#/components/schemas/'))
    return _part(made, "$defs")


def _part(whole: Mapping[str, object], name: str) -> Json:
    part = whole[name]
    if not isinstance(part, dict):
        raise TypeError(name)
    return part


def _parts(whole: object) -> list[tuple[str, Json]]:
    named = whole.items() if isinstance(whole, dict) else ()
    return [(name, part) for name, part in named if isinstance(part, dict)]
