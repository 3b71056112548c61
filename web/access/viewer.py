"""Who asks, as far as the request says."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Literal

from web.access.policy import Policy

Login = Literal["none", "bearer", "basic", "cookie", "proxy", "key"]

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """`name` is whom the proxy has logged in. `failed` says that a token was given, and a wrong one."""

    may_read: bool = False
    may_write: bool = False
    login: Login = "none"
    name: str = ""
    failed: bool = False


NOBODY = Viewer()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a request says of itself. Header names are in lower case; `key` is of the query."""

    method: str
    path: str
    peer: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    key: str = ""


def viewer_of(asked: Asked, policy: Policy, now: datetime) -> Viewer:
    scheme, _, value = asked.headers.get("authorization", "").partition(" ")
    found = (
        _proxied(asked, policy)
        or _authorized(scheme.lower(), value.strip(), policy)
        or _remembered(asked, policy, now)
        or _keyed(asked, policy)
    )
    return found or Viewer(may_read=_is_open(asked, policy), failed=scheme.lower() in ("bearer", "basic"))


def _proxied(asked: Asked, policy: Policy) -> Viewer | None:
    name = asked.headers.get(policy.user_header.lower(), "") if policy.user_header else ""
    if not (name and policy.is_proxy(asked.peer)):
        return None
    return Viewer(may_read=True, may_write=True, login="proxy", name=name)


def _authorized(scheme: str, value: str, policy: Policy) -> Viewer | None:
    if scheme == "bearer" and policy.token.is_given(value):
        return Viewer(may_read=True, may_write=True, login="bearer")
    if scheme == "basic" and policy.token.is_given(_password(value)):
        return Viewer(may_read=True, login="basic")  # browsers send it along unasked, so no more than that
    return None


def _remembered(asked: Asked, policy: Policy, now: datetime) -> Viewer | None:
    if not policy.token.is_session(asked.cookies.get(policy.token.cookie, ""), now):
        return None
    return Viewer(may_read=True, may_write=True, login="cookie")


def _keyed(asked: Asked, policy: Policy) -> Viewer | None:
    opens = asked.key and policy.token.is_key(asked.key, asked.path)
    return Viewer(may_read=True, login="key") if opens else None


def client_of(asked: Asked, policy: Policy) -> str:
    """Whose requests these count as: the address nearest to us that is no proxy of ours."""
    address = asked.peer
    if policy.is_proxy(address):
        for hop in reversed(asked.headers.get("x-forwarded-for", "").split(",")):
            try:
                address = str(ip_address(hop.strip()))
            except ValueError:
                break
            if not policy.is_proxy(address):
                break
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    # Whoever has one address of IPv6 has the whole /64.
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else address


def _is_open(asked: Asked, policy: Policy) -> bool:
    if policy.open == "machine":  # what somebody sends on to us comes from elsewhere
        return not any(name in asked.headers for name in _FORWARDED)
    return policy.open == "all"


def _password(credentials: str) -> str:
    """Of HTTP Basic (RFC 7617), whatever the user is called."""
    try:
        return base64.b64decode(credentials.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
