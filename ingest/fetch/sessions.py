"""Connections: which are kept open, which addresses they may lead to, and through what.

Four sessions of the HTTP library: with and without the guard against private addresses, and each with and
without keeping connections. Keeping them is what makes the next request to a host cheap, but the library
bounds only those in use; ten thousand feeds on ten thousand hosts would use up the process's file handles.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import hdrs
from aiohttp.abc import AbstractResolver

from ingest.fetch.proxy import ProxiedHosts
from ingest.fetch.target import Target
from ingest.fetch.unpack import ACCEPT_ENCODING
from runtime.addresses import public_socket
from runtime.settings import IngestSettings

_KEPT = 15.0  # seconds that an unused connection stays open
_MAX_LINE = 16_384
_MAX_HEADER = 32_768  # content security policies of some sites have more than the usual 8,190
_MAX_HEADERS = 256


class Sessions:
    """`resolver` finds the addresses of names, the system's by default."""

    def __init__(self, settings: IngestSettings, resolver: AbstractResolver | None = None) -> None:
        self._settings = settings
        self._resolver = resolver
        self._allowed = frozenset(host.strip("[]").lower() for host in settings.allow_hosts)
        self._proxy = settings.proxy.get_secret_value() or None
        self._proxied = ProxiedHosts()
        self._warm: OrderedDict[str, float] = OrderedDict()

    async def __aenter__(self) -> Self:
        self._open = {
            (guarded, kept): self._session(guarded=guarded, kept=kept)
            for guarded in (True, False)
            for kept in (True, False)
        }
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in self._open.values():
            await session.close()

    async def to(self, target: Target) -> aiohttp.ClientSession:
        """The session for a request. Raises PrivateAddress for what a proxy must not be asked for."""
        guarded = not self.is_allowed(target)
        if guarded and self._proxy:
            await self._proxied.check(target.host)
        return self._open[guarded, self._keeps(target.origin)]

    def is_allowed(self, target: Target) -> bool:
        """Named as a host, or as host and port."""
        return bool(self._allowed) and (
            target.host in self._allowed or f"{target.host}:{target.port}" in self._allowed
        )

    def _keeps(self, origin: str) -> bool:
        """Whether the connection may stay open: for so many origins, those that were used last."""
        now, warm = asyncio.get_running_loop().time(), self._warm
        if origin not in warm and len(warm) >= self._settings.keep_hosts:
            oldest = next(iter(warm))
            if now - warm[oldest] < _KEPT:
                return False
            del warm[oldest]
        warm[origin] = now
        warm.move_to_end(origin)
        return True

    def _session(self, *, guarded: bool, kept: bool) -> aiohttp.ClientSession:
        settings = self._settings
        contact = f" (+{settings.contact})" if settings.contact else ""
        through = self._proxy if guarded else None
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # Slots bounds both, outside the time-outs
                ttl_dns_cache=300,
                resolver=self._resolver,
                socket_factory=public_socket if guarded and not through else None,
                **({"keepalive_timeout": _KEPT} if kept else {"force_close": True}),
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={hdrs.USER_AGENT: f"Wirewatch/0.1{contact}", hdrs.ACCEPT_ENCODING: ACCEPT_ENCODING},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.connect_timeout),
            auto_decompress=False,
            proxy=through,
            max_line_size=_MAX_LINE,
            max_field_size=_MAX_HEADER,
            max_headers=_MAX_HEADERS,
        )
