"""Links as feeds write them to absolute addresses."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from ingest.formats.text import tidy

_MAX = 8_000  # characters; browsers and servers take no more
_NO_SCHEME = re.compile(r"www\.[a-z0-9-]+\.[a-z]", re.IGNORECASE)
_SLASHES = re.compile(r"^(https?):/*(?=[^/])", re.IGNORECASE)


def absolute(base: str, value: str) -> str | None:
    """`value` as an absolute http(s) address, or None where it is none. White space in it is the writer's."""
    value = value.strip()
    if not value or len(value) > _MAX:
        return None
    if not value.isascii() or not value.isprintable() or " " in value:
        value = "".join(tidy(value).split("\n")).replace(" ", "%20")
    if _NO_SCHEME.match(value):
        value = "//" + value
    try:
        url = urljoin(base, _SLASHES.sub(r"\1://", value))
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        return None
    return url if usable else None
