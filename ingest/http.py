"""The one HTTP client: bounded, polite, and closed to private networks.

    async with Fetcher(settings.ingest) as fetcher:
        response = await fetcher.get("https://example.org/feed", etag=state.etag)

Whatever goes wrong is a FetchFailed that names the URL (without credentials), the reason and what to do.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp import hdrs

from article.errors import FetchFailed
from ingest.addresses import PRIVATE as _PRIVATE
from ingest.addresses import public_socket
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
_LATER = "it is tried again later"
# The library's errors, the special before the general, as what to say and what to do.
_TOLD: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, str], ...] = (
    (aiohttp.ConnectionTimeoutError, "no connection within {connect:g} seconds", "check that the host is up"),
    (aiohttp.InvalidURL, "is not a usable address", "check the address"),
    (TimeoutError, "no complete answer within {total:g} seconds", _LATER),
    (
        aiohttp.ClientConnectorDNSError,
        "the name {host} cannot be resolved",
        "check the address and this machine's DNS",
    ),
    (
        (aiohttp.ClientSSLError, ssl.SSLError),
        "TLS failed: {reason}",
        "check the site's certificate in a browser",
    ),
    (aiohttp.ClientConnectorError, "cannot connect: {reason}", "check that the host is up and reachable"),
    (
        (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError),
        "the answer broke off or cannot be decompressed",
        _LATER,
    ),
    (aiohttp.ClientResponseError, "the answer is not HTTP", "check the address"),
)
_REMEDY = {
    401: "the address needs credentials: https://user:password@host/…",
    403: "the site refuses programs like this one; ask it, or remove the feed",
    404: "check the address; the feed may have moved",
    410: "the site says it is gone for good; remove the feed",
    429: "the site wants fewer requests; raise WIREWATCH_INGEST__MIN_INTERVAL",
}


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


_NO_HEADERS = Headers()


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
    headers: Headers = _NO_HEADERS


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
                    raise _refused(asked, response)
                return await self._read(response, asked), response.status
        except (aiohttp.ClientError, OSError, ssl.SSLError, ValueError, TimeoutError) as error:
            raise _failure(asked, host, error, self._settings) from error

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
            content_type=_clean(response.headers.get(hdrs.CONTENT_TYPE)),
            etag=_clean(response.headers.get(hdrs.ETAG)),
            last_modified=_clean(response.headers.get(hdrs.LAST_MODIFIED)),
            headers=_headers(response),
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


def _failure(asked: str, host: str, error: Exception, settings: IngestSettings) -> FetchFailed:
    """The library's error as ours. `asked` is the URL that the caller knows, `host` where it failed."""
    hop = "" if urlsplit(asked).hostname == host else f" after a redirect to {host}"
    problem, remedy = _told(error, host, settings)
    return FetchFailed(without_credentials(asked), problem + hop, remedy)


def _told(error: Exception, host: str, settings: IngestSettings) -> tuple[str, str]:
    cause = getattr(error, "os_error", error)
    if _PRIVATE in str(cause):
        return f"{host} has {_PRIVATE}", "if that is right, name it in WIREWATCH_INGEST__ALLOW_HOSTS"
    for kinds, problem, remedy in _TOLD:
        if isinstance(error, kinds):
            told = problem.format(
                host=host,
                reason=_reason(cause),
                connect=settings.connect_timeout,
                total=settings.total_timeout,
            )
            return told, remedy
    return f"cannot be fetched: {type(error).__name__}: {_reason(error)}", _LATER


def _reason(error: object) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return " ".join(str(text).split())[:200]


def _refused(asked: str, response: aiohttp.ClientResponse) -> StatusFailed:
    status = response.status
    remedy = _REMEDY.get(status, "the site has a problem; it is tried again later" if status >= 500 else "")
    return StatusFailed(
        without_credentials(asked),
        f"answers with status {status}",
        remedy,
        status=status,
        headers=_headers(response),
    )


class StatusFailed(FetchFailed):
    """The server answered, and not with what was asked for."""

    def __init__(
        self, subject: str, problem: str, remedy: str, *, status: int, headers: Headers = _NO_HEADERS
    ) -> None:
        super().__init__(subject, problem, remedy)
        self.status = status
        self.headers = headers


def _headers(response: aiohttp.ClientResponse) -> Headers:
    headers = response.headers
    return Headers(
        cache_control=_clean(", ".join(headers.getall(hdrs.CACHE_CONTROL, ())) or None),
        expires=_clean(headers.get(hdrs.EXPIRES)),
        retry_after=_clean(headers.get(hdrs.RETRY_AFTER)),
        date=_clean(headers.get(hdrs.DATE)),
        link=_clean(", ".join(headers.getall(hdrs.LINK, ())) or None),
    )


def _clean(header: str | None) -> str | None:
    """A header's value, or None where it is missing, longer than any real one, or not text."""
    if header is None or len(header) > _MAX_URL:
        return None
    return header if header.isprintable() else header.encode("utf-8", "replace").decode()
