"""Addresses of feeds: what is one, and what of it may be shown."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

from article.errors import BadInput

_MAX = 4_000
_FEED_SCHEME = re.compile(r"^(?:feed|rss):(?:(//)|(?=https?:))", re.IGNORECASE)


def without_credentials(url: str) -> str:
    """`url` as it may stand in logs and records: user name and password are left out."""
    if "@" not in url:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.rsplit("@", 1)[-1]
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1]))


def checked_feed_url(url: str) -> str:
    """`url` without white space around it, as http(s) where it is written with the scheme feed.

    Raises BadInput unless it is http(s) with a host. "feed://host/…" stands for http://, "feed:" is put
    before a whole address (draft-obasanjo-feed-URI-scheme).
    """
    text = _FEED_SCHEME.sub(lambda found: "http://" if found.group(1) else "", url.strip())
    shown = without_credentials(text)[:200]
    try:
        parts: SplitResult | None = urlsplit(text)
        port_is_usable = parts is not None and (parts.port is None or parts.port > 0)
    except ValueError:
        parts, port_is_usable = None, False
    if (
        parts is None
        or parts.scheme.lower() not in ("http", "https")
        or not parts.hostname
        or not port_is_usable
    ):
        raise BadInput(shown or "feed address", "is not the address of a feed", "use http://… or https://…")
    if len(text) > _MAX or any(character.isspace() or not character.isprintable() for character in text):
        raise BadInput(shown, "is not a usable address: it is too long or has white space in it")
    return text
