"""Which addresses feeds and webhooks may lead to: public ones only, so that none reaches inside a network."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

AddrInfo = tuple[int, int, int, str, tuple[Any, ...]]
PRIVATE = "a private or reserved address"
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ISATAP = 0x5EFE  # the 32 bits before an IPv4 address, but for the bit that says whether it is unique
_UNIQUE = 0x0200_0000
_RESERVED = (  # what older releases of Python take for public
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv4Network("192.88.99.0/24"),
    ipaddress.IPv6Network("3fff::/20"),
)


class PrivateAddress(OSError):
    """The host's address is not a public one."""


def is_public(address: str) -> bool:
    """Whether a numeric address is on the public internet (IANA special-purpose registries, RFC 6890).

    An IPv6 address that carries an IPv4 one (mapped, 6to4, Teredo, NAT64, ISATAP) is as public as that one.
    """
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _NAT64 or (int(ip) >> 32 & 0xFFFFFFFF) & ~_UNIQUE == _ISATAP:
            inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        carried = [one for one in inner if one is not None]
        if carried:
            return all(_is_global(one) for one in carried)
        if ip.is_site_local:
            return False
    return _is_global(ip)


def _is_global(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_link_local:
        return False
    return ip.is_global and not any(ip in network for network in _RESERVED)


def public_socket(info: AddrInfo) -> socket.socket:
    """A socket for the address that a connection is about to be made to; raises PrivateAddress.

    This is the last look: whatever a name resolved to before, only this address is connected to.
    """
    family, kind, protocol, _, address = info
    host = str(address[0])
    if not is_public(host):
        raise PrivateAddress(f"{host} is {PRIVATE}")
    return socket.socket(family, kind, protocol)
