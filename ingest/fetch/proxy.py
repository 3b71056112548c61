"""Behind a proxy: what can be said of a host's addresses although the proxy makes the connections.

With a proxy it is the proxy that resolves names, so nothing can be refused at connect time. What holds then:
hosts written as addresses are judged as they are; names are resolved here, too, and refused where any of
their addresses is private; names that only the proxy can resolve are left to it.
"""

from __future__ import annotations

import asyncio
import socket

from runtime.addresses import PRIVATE, PrivateAddress, is_public

_FRESH = 300.0  # seconds that an answer counts
_MANY = 10_000  # hosts


class ProxiedHosts:
    """Judges hosts before the proxy is asked for them."""

    def __init__(self) -> None:
        self._good_until: dict[str, float] = {}

    async def check(self, host: str) -> None:
        """Raises PrivateAddress for a host with a private address."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._good_until.get(host, 0.0):
            return
        try:
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found = []
        for *_, address in found:
            if not is_public(str(address[0])):
                raise PrivateAddress(f"{address[0]} is {PRIVATE}")
        if len(self._good_until) >= _MANY:
            self._good_until.clear()
        self._good_until[host] = loop.time() + _FRESH
