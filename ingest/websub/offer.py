"""WebSub (W3C Recommendation of 23 January 2018): what feeds offer, how a hub's calls are recognised. Pure.

Nothing has to be remembered to recognise a call. The callback's last path segment names the feed and the
hash of the topic URL, with a code (HMAC) that only we can make, so that it cannot be guessed; the secret with
which the hub signs is made from the same key. Any process that has the key can answer for any feed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from ingest.entry import Fetched
from ingest.fetch.link_header import linked

LEASE_SECONDS = 864_000  # ten days are asked for; the hub decides
_TOKEN = re.compile(r"([a-z2-7]{26})([a-z2-7]{16})([a-z2-7]{26})")
_SIGNATURE = re.compile(r"(sha1|sha256|sha384|sha512)=([0-9a-f]{40,128})", re.IGNORECASE)
_MAX_URL = 4_000


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A feed's hub, and the topic's URL to subscribe to there."""

    hub: str
    topic_url: str


def offered(fetched: Fetched) -> Offer | None:
    """What a fetched document offers: its Link headers count, then the document itself (WebSub §4).

    A document that does not name itself is taken by the address that it came from. Of several hubs the
    first counts: each distributes everything.
    """
    parsed = fetched.parsed
    hubs = [*linked(fetched.link, "hub"), (parsed.hub or "") if parsed else ""]
    selves = [*linked(fetched.link, "self"), (parsed.self_url or "") if parsed else "", fetched.url]
    hub = next((url for each in hubs if each and (url := _web_url(fetched.url, each))), None)
    topic = next((url for each in selves if each and (url := _web_url(fetched.url, each))), None)
    return Offer(hub=hub, topic_url=topic) if hub and topic else None


@dataclass(frozen=True, kw_only=True)
class Address:
    """What a callback's address says. `feed` is the feed's id."""

    feed: str
    topic_hash: str


@dataclass(frozen=True, kw_only=True)
class Callbacks:
    """Addresses of callbacks below `base`, the public address of the service, and what goes with them."""

    base: str
    key: bytes

    def url(self, feed: str, topic_url: str) -> str:
        address = Address(feed=feed, topic_hash=_topic_hash(topic_url))
        return f"{self.base.rstrip('/')}/{feed}{address.topic_hash}{self._code('callback', address)}"

    def address(self, path: str) -> Address | None:
        """What the path of a call says, None where it was never given to a hub. A proxy may change all but
        the last segment.
        """
        found = _TOKEN.fullmatch(path.rstrip("/").rpartition("/")[2])
        if not found:
            return None
        address = Address(feed=found.group(1), topic_hash=found.group(2))
        return address if hmac.compare_digest(found.group(3), self._code("callback", address)) else None

    def secret(self, address: Address) -> str:
        """With what the hub signs what it sends to this address."""
        return self._code("secret", address)

    def form(self, mode: str, feed: str, offer: Offer) -> Mapping[str, str]:
        """The request to the hub (§5.1); `mode` is "subscribe" or "unsubscribe"."""
        form = {
            "hub.mode": mode,
            "hub.topic": offer.topic_url,
            "hub.callback": self.url(feed, offer.topic_url),
        }
        if mode == "subscribe":
            address = Address(feed=feed, topic_hash=_topic_hash(offer.topic_url))
            form |= {"hub.secret": self.secret(address), "hub.lease_seconds": str(LEASE_SECONDS)}
        return form

    def _code(self, purpose: str, address: Address) -> str:
        text = f"{purpose}:{address.feed}:{address.topic_hash}".encode()
        return _base32(hmac.digest(self.key, text, "sha256"), 26)


def is_about(address: Address, topic_url: str) -> bool:
    """Whether the address was made for this topic."""
    return hmac.compare_digest(address.topic_hash, _topic_hash(topic_url))


def short_hash(callback: str) -> str:
    """Tells whether a callback is still the same, without telling what it is."""
    return _base32(hashlib.sha256(callback.encode()).digest(), 16)


class Signed(Protocol):
    """A body whose signature is being checked as it comes in."""

    def update(self, data: bytes, /) -> None: ...
    def is_genuine(self) -> bool: ...


class _Signed:
    def __init__(self, mac: hmac.HMAC, claimed: str) -> None:
        self._mac = mac
        self._claimed = claimed
        self.update = mac.update

    def is_genuine(self) -> bool:
        return hmac.compare_digest(self._mac.hexdigest(), self._claimed)


def signed(header: str | None, secret: str) -> Signed | None:
    """What checks the body that came with this X-Hub-Signature (§7.1); None where it names no method."""
    found = _SIGNATURE.fullmatch((header or "").strip())
    if not found:
        return None
    return _Signed(hmac.new(secret.encode(), digestmod=found.group(1).lower()), found.group(2).lower())


def _topic_hash(topic_url: str) -> str:
    return _base32(hashlib.sha256(topic_url.encode("utf-8", "surrogatepass")).digest(), 16)


def _base32(digest: bytes, length: int) -> str:
    return b32encode(digest).decode("ascii").lower()[:length]


def _web_url(base: str, reference: str) -> str | None:
    try:
        url = urljoin(base, reference.strip())
        parts = urlsplit(url)
    except ValueError:
        return None
    usable = (
        parts.scheme in ("http", "https") and parts.hostname and len(url) <= _MAX_URL and url.isprintable()
    )
    return url if usable else None
