"""Whether a request goes on to the routes, and if not, what it is told. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from web.access.origin import SAFE, is_cross_site
from web.access.policy import Policy
from web.access.viewer import Asked, Viewer

LOGIN = "/login"
OPEN = ("/static/", "/health/", LOGIN, "/logout")
API = "/api/"
FEEDS = (".atom", ".json")


@dataclass(frozen=True, kw_only=True)
class Refusal:
    status: int
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal(asked: Asked, viewer: Viewer, policy: Policy, *, address: str) -> Refusal | None:
    """None where the request may go on. `address` is the path with its query, to come back to."""
    if viewer.login != "bearer" and is_cross_site(asked.method, asked.headers, policy):
        return Refusal(status=403, detail="This was sent by the page of another site, which may not do that.")
    if viewer.failed:
        return _unauthorized(asked, "The token is not the one that is asked for.")
    if asked.path.startswith(OPEN) or (viewer.may_read if asked.method in SAFE else viewer.may_write):
        return None
    return _unread(asked, address) if asked.method in SAFE else _unwritten(asked)


def _unwritten(asked: Asked) -> Refusal:
    if asked.path.startswith(API):
        return _unauthorized(
            asked, "Changing anything needs the token; `wirewatch serve --show-token` tells it."
        )
    return Refusal(status=403, detail="Changing anything needs a login. Log in, and do it again.")


def _unread(asked: Asked, address: str) -> Refusal:
    if (
        asked.path.startswith(API)
        or asked.path.endswith(FEEDS)
        or "text/html" not in asked.headers.get("accept", "text/html")
    ):
        return _unauthorized(asked, "Reading needs the token; `wirewatch serve --show-token` tells it.")
    return Refusal(
        status=303, detail="Log in first.", headers={"Location": f"{LOGIN}?next={quote(address, safe='')}"}
    )


def _unauthorized(asked: Asked, detail: str) -> Refusal:
    scheme = "Basic" if asked.path.endswith(FEEDS) and not asked.path.startswith(API) else "Bearer"
    return Refusal(status=401, detail=detail, headers={"WWW-Authenticate": f'{scheme} realm="Wirewatch"'})
