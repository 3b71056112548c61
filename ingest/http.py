"""The one HTTP client: bounded, polite, and closed to private networks.

    async with Fetcher(settings.ingest) as fetcher:
        response = await fetcher.get("https://example.org/feed", etag=state.etag)

Whatever goes wrong is a FetchFailed that names the URL (without credentials), the reason and what to do.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp import hdrs

from article.errors import FetchFailed
from ingest.addresses import public_socket
from ingest.http_errors import failure, refused
from ingest.http_response import Response, clean, headers_of
from ingest.slots import Slots
from ingest.urls import without_credentials
from runtime.settings import IngestSettings

ACCEPT_FEED = (
    "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"
)
ACCEPT_PAGE = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PERMANENT = frozenset((301, 308))
_CHUNK = 65_536
_MAX_URL = 8_000
_AMBIGUOUS = re.compile(r"[\\\x00-\x20\x7f]")


class Fetcher:
    """Fetches by GET, at most `concurrency` at once and `per_host` from one host; others wait their turn."""

    def __init__(self, settings: IngestSettings) -> None:
        self._settings = settings
        self._allowed = frozenset(host.strip("[]").lower() for host in settings.allow_hosts)
        self._slots = Slots(total=settings.concurrency, per_key=settings.per_host)

    async def __aenter__(self) -> Self:
        self._strict = self._session(private=False)
        self._trusting = self._session(private=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._strict.close()
        await self._trusting.close()

    async def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, accept: str = "*/*"
    ) -> Response:
        """The answer to a conditional GET. Raises FetchFailed for anything that is neither 2xx nor 304."""
        headers: dict[str, str] = {hdrs.ACCEPT: accept}
        if etag:
            headers[hdrs.IF_NONE_MATCH] = etag
        if last_modified:
            headers[hdrs.IF_MODIFIED_SINCE] = last_modified
        here, moved_to, left = url, None, self._settings.total_timeout
        permanent = True
        for _ in range(self._settings.max_redirects + 1):
            host = _host(here, asked=url)
            async with self._slots.hold(host):
                loop = asyncio.get_running_loop()
                start = loop.time()
                answer, status = await self._hop(here, host, headers, left, asked=url)
                left = max(0.001, left - (loop.time() - start))
            if isinstance(answer, Response):
                return replace(answer, moved_to=moved_to)
            here = answer
            permanent = permanent and status in _PERMANENT
            moved_to = here if permanent else moved_to
        raise FetchFailed(
            without_credentials(url),
            f"redirects more than {self._settings.max_redirects} times",
            "open it in a browser and use the address it ends at",
        )

    async def post(self, url: str, form: Mapping[str, str]) -> Response:
        """The answer to a form. Raises FetchFailed for anything that is not 2xx."""
        host = _host(url, asked=url)
        session = self._trusting if self._is_allowed(url, host) else self._strict
        async with self._slots.hold(host):
            try:
                async with (
                    asyncio.timeout(self._settings.total_timeout),
                    session.post(url, data=form, allow_redirects=False) as response,
                ):
                    if not 200 <= response.status < 300:
                        raise refused(url, response)
                    return await self._read(response, url)
            except (aiohttp.ClientError, OSError, ssl.SSLError, ValueError, TimeoutError) as error:
                raise failure(url, host, error, self._settings) from error

    async def _hop(
        self, url: str, host: str, headers: dict[str, str], left: float, *, asked: str
    ) -> tuple[Response | str, int]:
        """The response, or where a redirect leads; with the status."""
        session = self._trusting if self._is_allowed(url, host) else self._strict
        try:
            async with (
                asyncio.timeout(left),
                session.get(url, headers=headers, allow_redirects=False) as response,
            ):
                location = response.headers.get(hdrs.LOCATION)
                if response.status in _REDIRECTS and location:
                    return urljoin(url, location.strip().replace(" ", "%20")), response.status
                if response.status != 304 and not 200 <= response.status < 300:
                    raise refused(asked, response)
                return await self._read(response, asked), response.status
        except (aiohttp.ClientError, OSError, ssl.SSLError, ValueError, TimeoutError) as error:
            raise failure(asked, host, error, self._settings) from error

    def _is_allowed(self, url: str, host: str) -> bool:
        """Named as a host, or as host and port."""
        return host in self._allowed or f"{host}:{urlsplit(url).port}" in self._allowed

    async def _read(self, response: aiohttp.ClientResponse, asked: str) -> Response:
        body = bytearray()
        if response.status != 304:
            async for chunk in response.content.iter_chunked(_CHUNK):
                body += chunk
                if len(body) > self._settings.max_body:
                    response.close()
                    raise FetchFailed(
                        without_credentials(asked),
                        f"is larger than {self._settings.max_body} bytes",
                        "raise WIREWATCH_INGEST__MAX_BODY if that is right for it",
                    )
        return Response(
            url=str(response.url),
            status=response.status,
            body=bytes(body),
            content_type=clean(response.headers.get(hdrs.CONTENT_TYPE)),
            etag=clean(response.headers.get(hdrs.ETAG)),
            last_modified=clean(response.headers.get(hdrs.LAST_MODIFIED)),
            headers=headers_of(response),
        )

    def _session(self, *, private: bool) -> aiohttp.ClientSession:
        settings = self._settings
        contact = f" (+{settings.contact})" if settings.contact else ""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # Slots bounds both, outside the time-outs
                ttl_dns_cache=300,
                socket_factory=None if private else public_socket,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={hdrs.USER_AGENT: f"Wirewatch/0.1{contact}"},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.connect_timeout),
        )


def _host(url: str, *, asked: str) -> str:
    """The host of an http(s) URL, in lower case. Raises FetchFailed for anything else.

    Characters on which parsers disagree are refused, so that the host that is judged here is the one that
    is connected to.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.scheme in ("http", "https") and parts.port != 0 else None
    except ValueError:
        host = None
    if host and len(url) <= _MAX_URL and not _AMBIGUOUS.search(url) and parts.netloc.count("@") <= 1:
        return host
    problem = "is not an http or https address"
    if url != asked:
        problem = f"redirects to {without_credentials(url)[:200]}, which {problem}"
    raise FetchFailed(without_credentials(asked), problem, "check the address")
