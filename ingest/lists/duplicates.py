"""Is a feed watched already: in another spelling, or at the address that it has moved to?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from article.identity import canonical_url, feed_id
from article.tables import Subscription


@dataclass(frozen=True, kw_only=True)
class Match:
    """The watched feed. `certain` is false where scheme, "www." or a last slash differ: those may be two."""

    feed: Subscription
    certain: bool


class Watching:
    """What is watched. `addresses` are those where feeds (by id) are polled now, where they have moved."""

    def __init__(self, feeds: Iterable[Subscription], addresses: Mapping[str, str]) -> None:
        self._certain: dict[str, Subscription] = {}
        self._loose: dict[str, Subscription] = {}
        moved: list[tuple[str, Subscription]] = []
        for feed in feeds:
            self.add(feed)
            if address := addresses.get(feed.id):
                moved.append((address, feed))
        for address, feed in moved:  # after all others: an address of its own counts before one moved to
            self._certain.setdefault(feed_id(address), feed)
            self._loose.setdefault(loose_key(address), feed)

    def add(self, feed: Subscription) -> None:
        self._certain[feed.id] = feed
        self._loose.setdefault(loose_key(feed.url), feed)

    def find(self, feed: Subscription) -> Match | None:
        if same := self._certain.get(feed.id):
            return Match(feed=same, certain=True)
        if like := self._loose.get(loose_key(feed.url)):
            return Match(feed=like, certain=False)
        return None


def loose_key(url: str) -> str:
    """The same for addresses that nearly always lead to one feed: with http or https, "www." or without it,
    a slash at the end or none.
    """
    canonical = canonical_url(url) or url
    rest = canonical.partition("://")[2] or canonical
    path, mark, query = rest.removeprefix("www.").partition("?")
    return path.rstrip("/") + mark + query
