"""`/pipeline`: how far each stage is; `/pipeline/dead`: what was given up, and sending it again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from article.errors import BadInput, Busy
from web.pages import page
from web.parts import Parts
from web.pipeline import view
from web.pipeline.desk import Choice
from web.pipeline.view import PAGE_SIZE, Wanted

Said = Annotated[str, Query(max_length=10_000)]


def pipeline_routes(parts: Parts) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/pipeline")
    def pipeline(request: Request) -> Response:
        standing = parts.pipeline.standing()
        return page(request, "pipeline/pipeline.html", standing=standing, view=view, now=parts.now())

    def listed(request: Request, wanted: Wanted, *, problem: str = "", status: int = 200) -> Response:
        letters = parts.pipeline.letters(
            stage=wanted.stage,
            reason=wanted.reason,
            offset=(wanted.page - 1) * PAGE_SIZE,
            limit=PAGE_SIZE,
        )
        return page(
            request,
            "pipeline/dead.html",
            status=status,
            wanted=wanted,
            found=letters,
            pages=max(1, -(-letters.total // PAGE_SIZE)),
            redrive=parts.pipeline.last_redrive(),
            problem=problem,
            view=view,
            now=parts.now(),
        )

    @router.get("/pipeline/dead")
    def dead(
        request: Request,
        stage: Said = "",
        reason: Said = "",
        number: Annotated[int, Query(alias="page", ge=1, le=1_000)] = 1,
    ) -> Response:
        return listed(request, Wanted(stage=stage, reason=reason, page=number))

    @router.post("/pipeline/dead/redrive")
    def redrive(
        request: Request,
        which: Annotated[Literal["chosen", "reason", "all"], Form()] = "chosen",
        place: Annotated[list[str] | None, Form(max_length=PAGE_SIZE)] = None,
        stage: Annotated[str, Form(max_length=10_000)] = "",
        reason: Annotated[str, Form(max_length=10_000)] = "",
    ) -> Response:
        choices = {
            "chosen": Choice(places=frozenset(place or ())),
            "reason": Choice(stage=stage, reason=reason),
            "all": Choice(everything=True),
        }
        wanted = Wanted(stage=stage, reason=reason)
        try:
            parts.pipeline.redrive(choices[which])
        except Busy as error:
            return listed(request, wanted, problem=str(error), status=HTTPStatus.CONFLICT)
        except BadInput as error:
            return listed(request, wanted, problem=str(error), status=HTTPStatus.BAD_REQUEST)
        return RedirectResponse("/pipeline/dead", status_code=HTTPStatus.SEE_OTHER)

    @router.get("/pipeline/dead/{channel}/{partition}/{offset}")
    def letter(request: Request, channel: str, partition: str, offset: str) -> Response:
        opened = parts.pipeline.letter(f"{channel}/{partition}/{offset}")
        return page(
            request,
            "pipeline/letter.html",
            opened=opened,
            shown=view.shown(opened.value),
            redrive=parts.pipeline.last_redrive(),
            view=view,
            now=parts.now(),
        )

    @router.get("/pipeline/dead/{channel}/{partition}/{offset}/value")
    def value(channel: str, partition: str, offset: str) -> Response:
        return value_of(parts, f"{channel}/{partition}/{offset}")

    return router


def value_of(parts: Parts, place: str) -> Response:
    """The bytes as they were, to be kept and never shown by a browser: nobody knows what they are."""
    opened = parts.pipeline.letter(place)
    return Response(
        opened.value or b"",
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": 'attachment; filename="dead-letter.bin"',
            "X-Content-Type-Options": "nosniff",
        },
    )
