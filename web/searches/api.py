"""`/api/v1/searches`: saved searches and webhooks, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header

from web.parts import Parts
from web.searches.desk import KeptSearch, MadeWebhook, NewSearch, NewWebhook, Tested

Version = Annotated[str, Header(alias="If-Match", max_length=64, description="The search's `version`.")]


def searches_api(parts: Parts) -> APIRouter:
    router = APIRouter(prefix="/api/v1/searches", tags=["searches"])

    @router.get("")
    def searches() -> Sequence[KeptSearch]:
        """The searches that are kept, sorted by name."""
        return parts.searches.searches()

    @router.post("", status_code=HTTPStatus.CREATED)
    def save(new: NewSearch) -> KeptSearch:
        """Keep a search. Its feeds are at /searches/{id}.atom and /searches/{id}.json."""
        return parts.searches.save(new)

    @router.get("/{id}")
    def search(id: str) -> KeptSearch:
        """One search."""
        return parts.searches.search(id)

    @router.put("/{id}", status_code=HTTPStatus.NO_CONTENT)
    def change(id: str, new: NewSearch, version: Version) -> None:
        """Look for something else, or under another name."""
        parts.searches.change(id, new, version=version)

    @router.delete("/{id}", status_code=HTTPStatus.NO_CONTENT)
    def remove(id: str, version: Version) -> None:
        """Keep it no longer, with its webhook and what waits for that."""
        parts.searches.remove(id, version=version)

    @router.put("/{id}/webhook")
    def set_webhook(id: str, new: NewWebhook) -> MadeWebhook:
        """Send what matches from now on to this address. The secret is told this once, and a new one each
        time."""
        return parts.searches.set_webhook(id, new)

    @router.delete("/{id}/webhook", status_code=HTTPStatus.NO_CONTENT)
    def remove_webhook(id: str) -> None:
        """Send no more; what waits is dropped."""
        parts.searches.remove_webhook(id)

    @router.post("/{id}/webhook/test")
    def test_webhook(id: str) -> Tested:
        """Send a test now, and tell what the receiver says."""
        return parts.searches.test_webhook(id)

    return router
