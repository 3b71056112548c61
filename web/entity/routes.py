"""`/entities/…`: somebody or something that articles name, by id or by name."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from web.entity.view import asked_for, look_up
from web.errors import NotThere
from web.pages import page
from web.parts import Parts


def entity_routes(parts: Parts) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/entities/{key:path}")
    def entity(request: Request, key: str) -> Response:
        found = look_up(parts.index(), key, parts.now())
        if found is None:
            raise unknown(key)
        return page(request, "entity/entity.html", found=found[0], asked=asked_for(key), now=parts.now())

    return router


def unknown(key: str) -> NotThere:
    return NotThere(f"“{key[:100]}”", "is named in no article", "search for a part of the name")
