"""`/feeds`: which feeds are watched and how they fare; forms that add and change them, without any script."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from article.errors import BadInput, Busy, Conflict, FetchFailed
from web.errors import NotThere
from web.feeds import view
from web.feeds.desk import Added, FeedChange, NewFeed
from web.feeds.view import AddForm, Done, FeedList, Imported, Show, Wanted
from web.pages import page
from web.parts import Parts

Line = Annotated[str, Form(max_length=4_000)]
Version = Annotated[str, Form(max_length=64)]


def feeds_routes(parts: Parts) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    router.include_router(_list_routes(parts))
    router.include_router(_feed_routes(parts))
    return router


def _list_routes(parts: Parts) -> APIRouter:
    router = APIRouter()

    def listed(
        request: Request,
        wanted: Wanted | None = None,
        *,
        form: AddForm | None = None,
        imported: Imported | None = None,
        done: Done | None = None,
        status: int = HTTPStatus.OK,
    ) -> Response:
        wanted = wanted or Wanted()
        shown: FeedList = view.feed_list(parts.feeds.feeds(), wanted)
        return page(
            request,
            "feeds/list.html",
            status=status,
            wanted=wanted,
            shown=shown,
            form=form or AddForm(),
            imported=imported or Imported(),
            notice=view.NOTICES[done] if done else "",
            view=view,
            now=parts.now(),
        )

    @router.get("/feeds")
    def feeds(
        request: Request,
        *,
        find: Annotated[str, Query(max_length=200)] = "",
        show: Show = "all",
        category: Annotated[str, Query(max_length=1_000)] = "",
        number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
        done: Done | None = None,
    ) -> Response:
        return listed(request, Wanted(find=find, show=show, category=category, page=number), done=done)

    @router.get("/feeds.opml")
    def export() -> Response:
        return Response(
            parts.feeds.opml(),
            media_type="text/x-opml; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="wirewatch.opml"'},
        )

    @router.post("/feeds")
    def add(
        request: Request,
        *,
        address: Line = "",
        title: Line = "",
        category: Line = "",
        anyway: Annotated[bool, Form()] = False,
        chosen: Annotated[list[str] | None, Form(max_length=100)] = None,
    ) -> Response:
        form = AddForm(address=address.strip(), title=title, category=category)
        made = _added(parts, form, chosen or [], anyway=anyway)
        if isinstance(made, AddForm):
            return listed(request, form=made, status=HTTPStatus.BAD_REQUEST if made.error else HTTPStatus.OK)
        return _to(made)

    @router.post("/feeds/import")
    def take_in(request: Request, file: Annotated[bytes, File()] = b"") -> Response:
        try:
            taken = parts.feeds.take_in(file)
        except BadInput as error:
            return listed(request, imported=Imported(error=str(error)), status=HTTPStatus.BAD_REQUEST)
        return listed(request, imported=Imported(taken=taken))

    return router


def _feed_routes(parts: Parts) -> APIRouter:
    router = APIRouter()

    @router.get("/feeds/{id}")
    def feed(request: Request, id: str, done: Done | None = None) -> Response:
        return page(
            request,
            "feeds/feed.html",
            detail=parts.feeds.feed(id),
            notice=view.NOTICES[done] if done else "",
            view=view,
            now=parts.now(),
        )

    @router.post("/feeds/{id}")
    def change(
        request: Request,
        *,
        id: str,
        version: Version = "",
        address: Line = "",
        do: Annotated[Literal["save", "pause", "resume"], Form()] = "save",
        title: Line = "",
        category: Line = "",
        back: Annotated[Literal["list", "feed"], Form()] = "feed",
    ) -> Response:
        if do == "save":
            mine, done = FeedChange(title=title, category=category), "changed"
        else:
            mine, done = FeedChange(paused=do == "pause"), f"{do}d"
        try:
            parts.feeds.change(id, mine, version=version)
        except Conflict:
            return _changed_meanwhile(parts, request, id, address=address, do=do, mine=mine)
        return _to(f"/feeds?done={done}" if back == "list" else f"/feeds/{id}?done={done}")

    @router.post("/feeds/{id}/remove")
    def remove(request: Request, id: str, version: Version = "", address: Line = "") -> Response:
        try:
            parts.feeds.remove(id, version=version)
        except Conflict:
            return _changed_meanwhile(parts, request, id, address=address, do="remove", mine=FeedChange())
        return _to("/feeds?done=removed")

    return router


def _added(parts: Parts, form: AddForm, chosen: list[str], *, anyway: bool) -> str | AddForm:
    """Where to go when it is watched now, or the form with what there is to say or to choose."""
    if not (form.address or chosen):
        return replace(form, error="Type the address of a feed, or of a site.")
    try:
        if not chosen and not anyway:
            found = parts.feeds.discover(form.address)
            articles = [feed for feed in found if not feed.comments] or found
            if len(articles) > 1:
                return replace(form, found=articles)
            chosen = [articles[0].url]
        feeds = [
            parts.feeds.add(NewFeed(url=url, title=form.title, category=form.category, anyway=anyway))
            for url in chosen or [form.address]
        ]
    except (FetchFailed, Busy) as error:
        return replace(form, error=str(error), anyway=True)
    except BadInput as error:
        return replace(form, error=str(error))
    if len(feeds) > 1:
        return "/feeds?done=added"
    return f"/feeds/{feeds[0].id}?done=added" if feeds[0].outcome == "added" else _watched(form, feeds[0])


def _watched(form: AddForm, added: Added) -> AddForm:
    if added.outcome == "already":
        return replace(form, error=f"It is watched already: {added.url}", same=added.id)
    said = f"One that is all but the same is watched already: {added.url}"
    return replace(form, error=said, same=added.id, anyway=True)


def _changed_meanwhile(
    parts: Parts, request: Request, id: str, *, address: str, do: str, mine: FeedChange
) -> Response:
    """What is there now beside what was to be, with both ways on."""
    try:
        detail = parts.feeds.feed(id)
    except NotThere:
        detail = None
    return page(
        request,
        "feeds/changed.html",
        status=HTTPStatus.CONFLICT,
        id=id,
        detail=detail,
        rows=view.differences(detail.feed, detail.given_title, mine) if detail else (),
        address=address,
        do=do,
        mine=mine,
    )


def _to(address: str) -> RedirectResponse:
    return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)
