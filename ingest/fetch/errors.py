"""Why a fetch failed, as FetchFailed: the HTTP library's errors become ours here and nowhere else."""

from __future__ import annotations

import ssl
from urllib.parse import urlsplit

import aiohttp

from article.errors import FetchFailed
from ingest.fetch.body import TooLarge
from ingest.fetch.response import Headers, headers_of
from ingest.fetch.unpack import BadPacking
from ingest.urls import without_credentials
from runtime.addresses import PRIVATE as _PRIVATE
from runtime.settings import IngestSettings


class Silence(TimeoutError):
    """No answer has begun."""


_LATER = "it is tried again later"
# The library's errors, the special before the general, as what to say and what to do.
_TOLD: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, str], ...] = (
    (TooLarge, "{reason}", "raise WIREWATCH_INGEST__MAX_BODY if that is right for it"),
    (BadPacking, "{reason}", "the site has a problem; it is tried again later"),
    (aiohttp.ConnectionTimeoutError, "no connection within {connect:g} seconds", "check that the host is up"),
    (Silence, "nothing heard for {silence:g} seconds", _LATER),
    (aiohttp.InvalidURL, "is not a usable address", "check the address"),
    (TimeoutError, "no complete answer within {total:g} seconds", _LATER),
    (
        aiohttp.ClientProxyConnectionError,
        "the proxy cannot be reached: {reason}",
        "check WIREWATCH_INGEST__PROXY",
    ),
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
    (aiohttp.ServerDisconnectedError, "the answer broke off before it began", _LATER),
    (aiohttp.ClientPayloadError, "the answer broke off", _LATER),
    (
        aiohttp.ClientHttpProxyError,
        "the proxy refuses with status {status}",
        "check WIREWATCH_INGEST__PROXY and what the proxy lets through",
    ),
    (aiohttp.ClientResponseError, "the answer is not HTTP: {message}", "check the address"),
)
_PASSING = (408, 421, 425, 429)  # of the statuses that are no server's fault; RFC 9110, 8470 and 6585
_REMEDY = {
    401: "the address needs credentials: https://user:password@host/…",
    403: "the site refuses programs like this one; ask it, or remove the feed",
    404: "check the address; the feed may have moved",
    410: "the site says it is gone for good; remove the feed",
    429: "the site wants fewer requests; raise WIREWATCH_INGEST__MIN_INTERVAL",
}


def failure(asked: str, host: str, error: Exception, settings: IngestSettings) -> FetchFailed:
    """The library's error as ours. `asked` is the URL that the caller knows, `host` where it failed."""
    hop = "" if urlsplit(asked).hostname == host else f" after a redirect to {host}"
    problem, remedy = _told(error, host, settings)
    lasts = _is_private(error) or isinstance(error, (TooLarge, aiohttp.InvalidURL))
    return FetchFailed(without_credentials(asked), problem + hop, remedy, lasts=lasts)


def unusable(url: str, asked: str) -> FetchFailed:
    """`url`, which was asked for or where a redirect leads, is not one that can be fetched."""
    problem = "is not an http or https address"
    if url != asked:
        problem = f"redirects to {without_credentials(url)[:200]}, which {problem}"
    return FetchFailed(without_credentials(asked), problem, "check the address", lasts=True)


def redirects(asked: str, how: str) -> FetchFailed:
    return FetchFailed(
        without_credentials(asked),
        f"redirects {how}",
        "open it in a browser and use the address it ends at",
        lasts=True,
    )


def _told(error: Exception, host: str, settings: IngestSettings) -> tuple[str, str]:
    cause = getattr(error, "os_error", error)
    if _is_private(error):
        return f"{host} has {_PRIVATE}", "if that is right, name it in WIREWATCH_INGEST__ALLOW_HOSTS"
    for kinds, problem, remedy in _TOLD:
        if isinstance(error, kinds):
            told = problem.format(
                host=host,
                reason=_reason(cause),
                status=getattr(error, "status", 0),
                message=str(getattr(error, "message", "")).strip().partition(":")[0][:80],
                connect=settings.connect_timeout,
                silence=settings.first_byte_timeout,
                total=settings.total_timeout,
            )
            return told, remedy
    return f"cannot be fetched: {type(error).__name__}: {_reason(error)}", _LATER


def _is_private(error: Exception) -> bool:
    return _PRIVATE in str(getattr(error, "os_error", error))


def _reason(error: object) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return " ".join(str(text).split())[:200]


def refused(asked: str, response: aiohttp.ClientResponse) -> StatusFailed:
    status = response.status
    remedy = _REMEDY.get(status, "the site has a problem; it is tried again later" if status >= 500 else "")
    return StatusFailed(
        without_credentials(asked),
        f"answers with status {status}",
        remedy,
        status=status,
        headers=headers_of(response),
    )


class StatusFailed(FetchFailed):
    """The server answered, and not with what was asked for."""

    def __init__(self, subject: str, problem: str, remedy: str, *, status: int, headers: Headers) -> None:
        super().__init__(subject, problem, remedy, lasts=status < 500 and status not in _PASSING)
        self.status = status
        self.headers = headers
