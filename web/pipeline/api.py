"""`/api/v1/pipeline` and `/api/v1/dead`: how far each stage is and what it gave up, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response

from article.errors import Busy
from runtime.printable import printable
from web.parts import Parts
from web.pipeline.desk import Choice, DeadLetter, Letters, Redrive, Standing
from web.pipeline.routes import value_of

Said = Annotated[str, Query(max_length=10_000)]


@dataclass(frozen=True, kw_only=True)
class Header:
    """`value` has what is not printable as escapes."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class LetterDetail:
    letter: DeadLetter
    headers: Sequence[Header]


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Letters by `places`, or all of a `stage` and a `reason`, each where it is given, or `everything`."""

    places: Sequence[str] = ()
    stage: str = ""
    reason: str = ""
    everything: bool = False


def pipeline_api(parts: Parts) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["pipeline"])

    @router.get("/pipeline")
    def pipeline() -> Standing:
        """What waits for each stage, what it has done, how fast; rates are articles a minute."""
        return parts.pipeline.standing()

    @router.get("/dead")
    def dead(
        stage: Said = "",
        reason: Said = "",
        offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
        limit: Annotated[int, Query(ge=0, le=500)] = 50,
    ) -> Letters:
        """Records that were given up and wait, oldest first, and how many of them for which reason."""
        return parts.pipeline.letters(stage=stage, reason=reason, offset=offset, limit=limit)

    @router.get("/dead/redrive")
    def last_redrive() -> Redrive:
        """The sending again that this process is at, or was at last."""
        return parts.pipeline.last_redrive()

    @router.post("/dead/redrive", status_code=HTTPStatus.ACCEPTED)
    def redrive(chosen: Chosen) -> Redrive:
        """Begin to send letters again; status 409 while that is under way already. GET tells how it ended."""
        choice = Choice(
            places=frozenset(chosen.places),
            stage=chosen.stage,
            reason=chosen.reason,
            everything=chosen.everything,
        )
        try:
            return parts.pipeline.redrive(choice)
        except Busy as error:
            raise HTTPException(HTTPStatus.CONFLICT, str(error)) from error

    @router.get("/dead/{channel}/{partition}/{offset}")
    def letter(channel: str, partition: str, offset: str) -> LetterDetail:
        """One letter with its headers. `place` in the list is channel/partition/offset."""
        opened = parts.pipeline.letter(f"{channel}/{partition}/{offset}")
        headers = [Header(name=name, value=printable(value)) for name, value in opened.headers]
        return LetterDetail(letter=opened.letter, headers=headers)

    @router.get(
        "/dead/{channel}/{partition}/{offset}/value",
        response_class=Response,
        responses={200: {"content": {"application/octet-stream": {}}}},
    )
    def value(channel: str, partition: str, offset: str) -> Response:
        """The record's value, byte for byte."""
        return value_of(parts, f"{channel}/{partition}/{offset}")

    return router
