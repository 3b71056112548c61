"""Where a request goes: one reading of an address, and the next one after a redirect. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urljoin

from yarl import URL

_MAX_URL = 8_000
_AMBIGUOUS = re.compile(r"[\\\x00-\x20\x7f]")  # parsers disagree on these
_TWO_AT = re.compile(r"^[a-z]*://[^/?#@]*@[^/?#@]*@", re.IGNORECASE)
_USERINFO = re.compile(r"^(https?://)([^/?#]*@)", re.IGNORECASE)
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


@dataclass(frozen=True, slots=True)
class Target:
    """An http(s) address. `url` is what the client is given, so that what is judged is what is asked.

    `host` is in lower case, without brackets and trailing dot; `origin` is "https://host:port", always with
    the port.
    """

    text: str
    url: URL
    host: str
    port: int
    origin: str


@lru_cache(maxsize=16_384)
def target(text: str) -> Target | None:
    """None for what is not an http or https address. The same few thousand are asked again and again."""
    if len(text) > _MAX_URL or _AMBIGUOUS.search(text) or _TWO_AT.match(text):
        return None
    try:
        url = URL(text)
        host, port = (url.raw_host or "").rstrip("."), url.port
    except ValueError:
        return None
    if url.scheme not in ("http", "https") or not host or not port:
        return None
    return Target(text, url, host, port, f"{url.scheme}://{host}:{port}")


def redirected(here: Target, location: str) -> str:
    """The address that a Location header means, seen from `here`.

    Characters that do not belong into one are escaped as browsers do. Credentials go with us on the same
    host only, and never from https to http; those that the header brings are not ours to use.
    """
    escaped = quote(location.strip().encode("utf-8", "surrogateescape"), safe=_PRINTABLE)
    if "\\" in escaped:  # some read it as a slash, and see another host; who looks at it will refuse it
        return escaped
    try:
        there = _USERINFO.sub(r"\1", urljoin(_USERINFO.sub(r"\1", here.text), escaped))
    except ValueError:
        return escaped
    ours, goal = _USERINFO.match(here.text), target(there)
    if ours and goal and _is_same_site(here, goal):
        scheme, _, rest = there.partition("://")
        return f"{scheme}://{ours[2]}{rest}"
    return there


def _is_same_site(here: Target, there: Target) -> bool:
    """The same host and port, or its encrypted side."""
    upgrade = (here.port, there.port, there.url.scheme) == (80, 443, "https")
    return here.origin == there.origin or (here.host == there.host and upgrade)


def is_downgrade(here: Target, there: Target) -> bool:
    """Whether a redirect gives up encryption."""
    return here.url.scheme == "https" and there.url.scheme == "http"
