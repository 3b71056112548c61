"""`/login` and `/logout`: the token once, a cookie from then on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from runtime.clock import Clock
from web.access.gate import slower
from web.access.limits import Limits
from web.access.policy import Policy
from web.access.token import COOKIE_DAYS
from web.errors import answer
from web.pages import page
from web.parts import Parts

_TOKEN = 200  # characters of one that is tried


def login_routes(parts: Parts, policy: Policy, failures: Limits, clock: Clock) -> APIRouter:
    """`failures` counts wrong tokens of each client; the server's one thread uses it, so routes are async."""
    router = APIRouter(include_in_schema=False)

    async def tried(request: Request, token: str, after: str) -> Response:
        client, now = str(request.state.client), clock.monotonic()
        if wait := failures.wait(client, now):
            refused = slower(wait)
            return answer(request, status=429, detail=refused.detail, headers=dict(refused.headers))
        if not policy.token.is_given(token.strip()):
            failures.take(client, now)
            return page(request, "login.html", status=403, after=after, wrong=True)
        response = RedirectResponse(after, status_code=303)
        response.set_cookie(
            policy.token.cookie,
            policy.token.session(parts.now()),
            max_age=COOKIE_DAYS * 86400,
            httponly=True,
            samesite="strict",
            secure=policy.secure,
        )
        return response

    @router.get("/login")
    async def login(
        request: Request,
        token: Annotated[str, Query(max_length=_TOKEN)] = "",
        after: Annotated[str, Query(alias="next")] = "/",
    ) -> Response:
        """With a token, which `wirewatch serve --show-token` writes as a link, it is tried at once."""
        if token:
            return await tried(request, token, local(after))
        return page(request, "login.html", after=local(after), wrong=False)

    @router.post("/login")
    async def log_in(
        request: Request,
        token: Annotated[str, Form(max_length=_TOKEN)] = "",
        after: Annotated[str, Form(alias="next")] = "/",
    ) -> Response:
        return await tried(request, token, local(after))

    @router.post("/logout")
    async def log_out() -> Response:
        response = RedirectResponse("/", status_code=303)
        response.delete_cookie(policy.token.cookie, httponly=True, samesite="strict", secure=policy.secure)
        return response

    return router


def local(address: str) -> str:
    """The address where it leads to a page of ours, else the first page."""
    plain = address.isascii() and address.isprintable() and "\\" not in address
    return address if plain and address.startswith("/") and not address.startswith("//") else "/"
