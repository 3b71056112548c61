"""`/api/v1/feeds`: what is watched, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body, Header, HTTPException, Query, Response

from article.errors import FetchFailed
from web.feeds.desk import Added, FeedChange, FeedDetail, FoundFeed, ListTaken, NewFeed, WatchedFeed
from web.feeds.view import Show, Wanted, feed_list
from web.parts import Parts

Version = Annotated[str, Header(alias="If-Match", max_length=64, description="The feed's `version`.")]


@dataclass(frozen=True, kw_only=True)
class FeedPage:
    """`total` feeds were asked for; these are those of the page."""

    total: int
    page: int
    pages: int
    feeds: Sequence[WatchedFeed]


@dataclass(frozen=True, kw_only=True)
class Address:
    """Of a site, one of its pages, or a feed."""

    address: str


def feeds_api(parts: Parts) -> APIRouter:
    router = APIRouter(prefix="/api/v1/feeds", tags=["feeds"])

    @router.get("")
    def feeds(
        find: Annotated[str, Query(max_length=200)] = "",
        show: Show = "all",
        category: Annotated[str, Query(max_length=1_000)] = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> FeedPage:
        """The feeds that are watched, sorted by category and address, fifty on a page."""
        wanted = Wanted(find=find, show=show, category=category, page=page)
        shown = feed_list(parts.feeds.feeds(), wanted)
        return FeedPage(total=shown.total, page=page, pages=shown.pages, feeds=shown.feeds)

    already = {"model": Added, "description": "It, or one all but the same, is watched already."}

    @router.post("", status_code=HTTPStatus.CREATED, responses={200: already})
    def add(new: NewFeed, response: Response) -> Added:
        """Watch a feed. One that is watched already, or one all but the same, is told with status 200."""
        added = parts.feeds.add(new)
        if added.outcome != "added":
            response.status_code = HTTPStatus.OK
        return added

    @router.post("/discover")
    def discover(of: Address) -> Sequence[FoundFeed]:
        """The feeds of a site: each was fetched and read. Takes seconds."""
        try:
            return parts.feeds.discover(of.address)
        except FetchFailed as error:
            raise HTTPException(HTTPStatus.BAD_GATEWAY, str(error)) from error

    @router.post("/import")
    def take_in(document: Annotated[bytes, Body(media_type="application/octet-stream")]) -> ListTaken:
        """Watch every feed of a list: OPML, CSV, JSON, or an address a line."""
        return parts.feeds.take_in(document)

    @router.get("/export", response_class=Response, responses={200: {"content": {"text/x-opml": {}}}})
    def export() -> Response:
        """Every feed as OPML, without credentials."""
        return Response(parts.feeds.opml(), media_type="text/x-opml; charset=utf-8")

    @router.get("/{id}")
    def feed(id: str) -> FeedDetail:
        """One feed, explained: how it fares, why it is polled when it is, what may be missing."""
        return parts.feeds.feed(id)

    @router.patch("/{id}")
    def change(id: str, change: FeedChange, version: Version) -> FeedDetail:
        """Change a feed that is still as it was in `version`; else status 409, and nothing is changed."""
        parts.feeds.change(id, change, version=version.strip('"'))
        return parts.feeds.feed(id)

    @router.delete("/{id}", status_code=HTTPStatus.NO_CONTENT)
    def remove(id: str, version: Version) -> None:
        """Stop watching a feed that is still as it was in `version`. Its articles stay."""
        parts.feeds.remove(id, version=version.strip('"'))

    return router
