"""By which name the page is asked for, and which site makes the browser ask."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from web.access.policy import Policy

SAFE = frozenset(("GET", "HEAD", "OPTIONS"))


def is_ours(host: str, policy: Policy) -> bool:
    """Whether a Host header names this server.

    A site on the web can have its name lead to this machine (DNS rebinding), and would then be the same
    site as we are in the eyes of the browser. It cannot make the browser ask for an address.
    """
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if name in policy.names or name.endswith(".localhost"):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_cross_site(method: str, headers: Mapping[str, str], policy: Policy) -> bool:
    """Whether another site makes a browser do this, with the rights of whoever sits before it.

    Links to pages may come from anywhere. Whatever sends neither header is no browser of these years.
    """
    site = headers.get("sec-fetch-site", "")
    if site:
        if site in ("same-origin", "none"):
            return False
        return method not in SAFE or headers.get("sec-fetch-mode") != "navigate"
    origin = headers.get("origin", "")
    if method in SAFE or not origin:
        return False
    if policy.public_origin and origin.lower() == policy.public_origin:
        return False
    return urlsplit_host(origin) != headers.get("host", "").lower()


def urlsplit_host(origin: str) -> str:
    """Host and port of an Origin header; empty for "null"."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
