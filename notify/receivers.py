"""Sends one signed request to a receiver, and says what came of it: never an exception, never a redirect.

An address is looked at when the connection to it is about to be made, as ingest does.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp
from aiohttp import hdrs

from notify.policy import Answer
from runtime.addresses import PRIVATE, public_socket
from runtime.settings import NotifySettings

_KEPT = 15.0  # seconds that an unused connection stays open
# The library's errors, the special before the general.
_TOLD: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (TimeoutError, "does not answer within {seconds:g} seconds"),
    (aiohttp.ClientConnectorDNSError, "has a name that cannot be resolved"),
    ((aiohttp.ClientSSLError, ssl.SSLError), "fails at TLS: check its certificate"),
    (aiohttp.ClientConnectorError, "cannot be connected to: {reason}"),
    (aiohttp.ServerDisconnectedError, "broke off before it answered"),
    (aiohttp.ClientResponseError, "answers with something that is not HTTP"),
)


@dataclass(frozen=True, kw_only=True)
class Request:
    url: str
    headers: Mapping[str, str]
    body: bytes


class Receivers:
    """Inside one event loop."""

    def __init__(self, settings: NotifySettings) -> None:
        self._settings = settings
        self._allowed = frozenset(host.strip("[]").lower() for host in settings.allow_hosts)

    async def __aenter__(self) -> Self:
        self._open = {guarded: self._session(guarded=guarded) for guarded in (True, False)}
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in self._open.values():
            await session.close()

    async def send(self, request: Request) -> Answer:
        """The answer's body is not read: only its status counts."""
        session = self._open[not self._is_allowed(request.url)]
        try:
            async with (
                asyncio.timeout(self._settings.timeout),
                session.post(
                    request.url, data=request.body, headers=request.headers, allow_redirects=False
                ) as response,
            ):
                wait = retry_after(response.headers.get(hdrs.RETRY_AFTER), now=datetime.now(UTC))
                return Answer(status=response.status, retry_after=wait)
        except (aiohttp.ClientError, OSError, ssl.SSLError, ValueError, TimeoutError) as error:
            return Answer(problem=self._told(error))

    def _is_allowed(self, url: str) -> bool:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return host in self._allowed or f"{host}:{port}" in self._allowed

    def _session(self, *, guarded: bool) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # each hook has its own limit
                ttl_dns_cache=60,
                keepalive_timeout=_KEPT,
                socket_factory=public_socket if guarded else None,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={hdrs.USER_AGENT: "Wirewatch/0.1"},
            timeout=aiohttp.ClientTimeout(total=None),
        )

    def _told(self, error: Exception) -> str:
        """In words, without the address, which some receivers use as a key."""
        cause = getattr(error, "os_error", error)
        if PRIVATE in str(cause):
            return f"has {PRIVATE}; if that is right, name its host in WIREWATCH_NOTIFY__ALLOW_HOSTS"
        for kinds, problem in _TOLD:
            if isinstance(error, kinds):
                reason = getattr(cause, "strerror", None) or type(cause).__name__
                return problem.format(seconds=self._settings.timeout, reason=reason)
        return f"cannot be sent to: {type(error).__name__}"


def retry_after(value: str | None, *, now: datetime) -> float:
    """Seconds of a Retry-After header (RFC 9110 §10.2.3), 0 where there is none or nonsense."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max(0.0, (moment.astimezone(UTC) - now).total_seconds())
