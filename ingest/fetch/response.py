"""What a fetch gives: the body, and of the headers what somebody here can use."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
from aiohttp import hdrs

_MAX_VALUE = 8_000  # characters; no real header is longer


@dataclass(frozen=True, kw_only=True)
class Headers:
    """What an answer says of itself beside its body, as it stands there; None where it is missing.

    Repeated ones are joined by commas where they are lists, else the first counts. Source: RFC 9111
    (caching), RFC 9110 §10.2.3 (Retry-After), RFC 8288 (Link).
    """

    cache_control: str | None = None
    expires: str | None = None
    retry_after: str | None = None
    date: str | None = None
    link: str | None = None


@dataclass(frozen=True, kw_only=True)
class Response:
    """An answer with status 2xx, or 304 without a body. `body` is decompressed.

    `url` is where it came from after redirects; `moved_to` where the permanent redirects at the start of
    the way lead (301 and 308; RFC 9110 §15.4), None without any.
    """

    url: str
    status: int
    body: bytes = b""
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    headers: Headers = Headers()


def headers_of(response: aiohttp.ClientResponse) -> Headers:
    """Of any answer, 304 and failures included."""
    headers = response.headers
    return Headers(
        cache_control=clean(", ".join(headers.getall(hdrs.CACHE_CONTROL, ())) or None),
        expires=clean(headers.get(hdrs.EXPIRES)),
        retry_after=clean(headers.get(hdrs.RETRY_AFTER)),
        date=clean(headers.get(hdrs.DATE)),
        link=clean(", ".join(headers.getall(hdrs.LINK, ())) or None),
    )


def clean(header: str | None) -> str | None:
    """A header's value, or None where it is missing, longer than any real one, or not text."""
    if header is None or len(header) > _MAX_VALUE:
        return None
    return header if header.isprintable() else header.encode("utf-8", "replace").decode()
