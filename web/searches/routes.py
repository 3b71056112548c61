"""`/searches`: searches that are kept, their feeds, and where their matches are sent."""

from __future__ import annotations

from hashlib import blake2b
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from article.errors import BadInput, BadQuery, Conflict
from web.access.policy import Policy
from web.errors import NotThere
from web.pages import page
from web.parts import Parts
from web.searches import atom, jsonfeed, view
from web.searches.desk import MadeWebhook, NewSearch, NewWebhook, Tested
from web.searches.view import Done, FeedOf

Line = Annotated[str, Form(max_length=12_000)]
Version = Annotated[str, Form(max_length=64)]


def searches_routes(parts: Parts, policy: Policy) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    router.include_router(_list_routes(parts))
    router.include_router(_feed_routes(parts, policy))
    router.include_router(_search_routes(parts, policy))
    router.include_router(_hook_routes(parts, policy))
    return router


def _list_routes(parts: Parts) -> APIRouter:
    router = APIRouter()

    def listed(
        request: Request,
        form: NewSearch,
        *,
        error: str = "",
        done: Done | None = None,
        status: int = HTTPStatus.OK,
    ) -> Response:
        return page(
            request,
            "searches/list.html",
            status=status,
            searches=parts.searches.searches(),
            form=form,
            error=error,
            notice=view.NOTICES[done] if done else "",
            now=parts.now(),
        )

    @router.get("/searches")
    def searches(
        request: Request,
        q: Annotated[str, Query(max_length=12_000)] = "",
        name: Annotated[str, Query(max_length=400)] = "",
        done: Done | None = None,
    ) -> Response:
        """`q` and `name` fill in the form: the search page and that of an entity lead here."""
        return listed(request, NewSearch(query=q, name=name), done=done)

    @router.post("/searches")
    def save(request: Request, query: Line = "", name: Line = "") -> Response:
        form = NewSearch(query=query, name=name)
        try:
            kept = parts.searches.save(form)
        except BadInput as error:
            return listed(request, form, error=str(error), status=HTTPStatus.BAD_REQUEST)
        return _to(f"/searches/{kept.id}?done=saved")

    return router


def _feed_routes(parts: Parts, policy: Policy) -> APIRouter:
    router = APIRouter()

    def feed_of(request: Request, id: str) -> FeedOf:
        search = parts.searches.search(id)
        found = parts.index().search(view.entries_of(search))
        base = base_of(request, policy)
        return FeedOf(search=search, hits=found.hits, base=base, own=base + request.url.path)

    @router.get("/searches/{id}.atom")
    def as_atom(request: Request, id: str) -> Response:
        return _unless_known(request, atom.atom(feed_of(request, id)), atom.MEDIA_TYPE)

    @router.get("/searches/{id}.json")
    def as_json(request: Request, id: str) -> Response:
        return _unless_known(request, jsonfeed.json_feed(feed_of(request, id)), jsonfeed.MEDIA_TYPE)

    return router


def _search_routes(parts: Parts, policy: Policy) -> APIRouter:
    router = APIRouter()

    @router.get("/searches/{id}")
    def search(request: Request, id: str, done: Done | None = None) -> Response:
        return one(request, parts, policy, id, notice=view.NOTICES[done] if done else "")

    @router.post("/searches/{id}")
    def change(
        request: Request, *, id: str, version: Version = "", query: Line = "", name: Line = ""
    ) -> Response:
        mine = NewSearch(query=query, name=name)
        try:
            parts.searches.change(id, mine, version=version)
        except Conflict:
            return _changed_meanwhile(request, parts, id, mine)
        except NotThere:
            raise
        except BadInput as error:
            status = HTTPStatus.BAD_REQUEST
            return one(request, parts, policy, id, form=mine, error=str(error), status=status)
        return _to(f"/searches/{id}?done=changed")

    @router.post("/searches/{id}/remove")
    def remove(request: Request, id: str, version: Version = "") -> Response:
        try:
            parts.searches.remove(id, version=version)
        except Conflict:
            return _changed_meanwhile(request, parts, id, None)
        return _to("/searches?done=removed")

    return router


def _hook_routes(parts: Parts, policy: Policy) -> APIRouter:
    router = APIRouter()

    @router.post("/searches/{id}/webhook")
    def set_webhook(request: Request, id: str, url: Line = "") -> Response:
        """No redirect: what is shown now is not shown again."""
        try:
            made = parts.searches.set_webhook(id, NewWebhook(url=url))
        except NotThere:
            raise
        except BadInput as error:
            status = HTTPStatus.BAD_REQUEST
            return one(request, parts, policy, id, hook_error=str(error), status=status)
        shown = one(request, parts, policy, id, made=made)
        shown.headers["Cache-Control"] = "no-store"
        return shown

    @router.post("/searches/{id}/webhook/remove")
    def remove_webhook(id: str) -> Response:
        parts.searches.remove_webhook(id)
        return _to(f"/searches/{id}?done=unhooked")

    @router.post("/searches/{id}/webhook/test")
    def test_webhook(request: Request, id: str) -> Response:
        return one(request, parts, policy, id, tested=parts.searches.test_webhook(id))

    return router


def one(
    request: Request,
    parts: Parts,
    policy: Policy,
    id: str,
    *,
    form: NewSearch | None = None,
    error: str = "",
    hook_error: str = "",
    notice: str = "",
    made: MadeWebhook | None = None,
    tested: Tested | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    """The page of one search. The addresses of its feeds open them for reading, as far as that is needed."""
    search = parts.searches.search(id)
    try:
        found = parts.index().search(view.entries_of(search))
    except BadQuery as problem:
        found, error = None, error or str(problem)
    closed = policy.open == "nobody"
    feeds = {
        name: base_of(request, policy) + path + (f"?key={policy.token.key(path)}" if closed else "")
        for name, path in (("Atom", f"/searches/{id}.atom"), ("JSON Feed", f"/searches/{id}.json"))
    }
    return page(
        request,
        "searches/search.html",
        status=status,
        search=search,
        found=found,
        feeds=feeds,
        form=form or NewSearch(query=search.query, name=search.name),
        error=error,
        hook_error=hook_error,
        notice=notice,
        made=made,
        tested=tested,
        now=parts.now(),
    )


def base_of(request: Request, policy: Policy) -> str:
    """Where people reach these pages."""
    return policy.public_origin or str(request.base_url).rstrip("/")


def _changed_meanwhile(request: Request, parts: Parts, id: str, mine: NewSearch | None) -> Response:
    """`mine` is None where it was to be removed."""
    try:
        search = parts.searches.search(id)
    except NotThere:
        search = None
    status = HTTPStatus.CONFLICT
    return page(request, "searches/changed.html", status=status, search=search, mine=mine)


def _unless_known(request: Request, body: bytes, media_type: str) -> Response:
    """304 for a reader that has it already (RFC 9110 §13.1.2)."""
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    asked = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    if tag in asked:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _to(address: str) -> RedirectResponse:
    return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)
