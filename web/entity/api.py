"""`/api/v1/entities/…`: an entity for programs: when, where and together with whom it is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse

from bus.envelope import timestamp
from index.present import page_as_json
from index.protocol import Page
from index.query import KEYWORD_FIELDS
from web.api.model import EntityAnswer
from web.entity.routes import unknown
from web.entity.view import EntityShown, look_up
from web.parts import Parts

Key = Annotated[
    str,
    Path(
        min_length=1,
        max_length=1_000,
        description='An id ("kb:hamas", "country:AF"), a name, or any form of it.',
    ),
]


def entity_api(parts: Parts) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["entities"])

    @router.get("/entities/{key:path}", response_model=EntityAnswer)
    def entity(key: Key) -> JSONResponse:
        """Somebody or something that articles name: who that is, when, where and together with whom it is
        named, and the latest articles."""
        found = look_up(parts.index(), key, parts.now())
        if found is None:
            raise unknown(key)
        return JSONResponse(_as_json(*found))

    return router


def _as_json(shown: EntityShown, page: Page) -> dict[str, object]:
    told = page_as_json(
        replace(page, facets={name: page.facets[name] for name in KEYWORD_FIELDS if name in page.facets})
    )
    bars = shown.chart.bars if shown.chart else ()
    return {
        "key": shown.key,
        "name": shown.name,
        "total": shown.total,
        "meanings": [
            {"type": each.kind, "name": each.name, "id": each.id or None, "articles": each.articles}
            for each in shown.meanings
        ],
        "span": shown.chart.span if shown.chart else None,
        "over_time": [{"start": timestamp(bar.start), "count": bar.count} for bar in bars],
        "facets": told["facets"],
        "hits": told["hits"],
    }
