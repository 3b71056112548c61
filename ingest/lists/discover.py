"""Which feeds a site has. Only what can be fetched and read as a feed counts.

First what the address is and what its page names; the usual places, and then news sitemaps, only where
that gave nothing: a few requests, one after the other.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from article.errors import BadFeed, BadInput, FetchFailed
from ingest.entry import ParsedFeed
from ingest.fetch.client import ACCEPT_FEED, Fetcher
from ingest.fetch.response import Response
from ingest.formats.feed import parse_feed
from ingest.lists.candidates import Candidate, Source, is_of_comments, page_candidates, usual_places
from ingest.lists.duplicates import loose_key
from ingest.urls import without_credentials

_MAX_TRIED = 40  # addresses
_MAX_SITEMAPS = 8
_LOC = re.compile(r"<loc>\s*(?:<!\[CDATA\[\s*)?([^<\]\s]+)", re.IGNORECASE)
_SITEMAP_LINE = re.compile(rb"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class FoundFeed:
    """A feed that was read. `newest` is the latest date of an entry, `comments`: only of comments."""

    url: str
    source: Source
    title: str
    format: str
    entries: int
    newest: datetime | None
    comments: bool


async def discover(
    url: str, fetcher: Fetcher, *, now: datetime, max_entries: int, everywhere: bool = False
) -> tuple[FoundFeed, ...]:
    """The feeds at `url`, the likeliest first, those of comments last.

    With `everywhere` the usual places and sitemaps are looked at although the page names feeds. Raises
    FetchFailed where `url` itself cannot be had, BadInput where there is no feed.
    """
    search = _Search(fetcher, now=now, max_entries=max_entries)
    response = await fetcher.get(url, accept=f"{ACCEPT_FEED}, text/html;q=0.9")
    if await search.read(Candidate(url=url, source="address"), response):
        return search.found()
    page = await asyncio.to_thread(
        page_candidates, response.body, url=response.url, content_type=response.content_type
    )
    await search.look(page)
    if everywhere or not search.has_feeds:
        await search.look(usual_places(response.url), first=not everywhere)
    if everywhere or not search.has_feeds:
        await search.sitemaps(response.url)
    if not search.has_feeds:
        tried = ", ".join(without_credentials(each) for each in search.tried) or "nothing else"
        raise BadInput(
            without_credentials(url),
            f"no feed was found; tried: {tried}",
            "if you know the address of its feed, add that",
        )
    return search.found()


class _Search:
    def __init__(self, fetcher: Fetcher, *, now: datetime, max_entries: int) -> None:
        self._fetcher = fetcher
        self._now = now
        self._max_entries = max_entries
        self._found: dict[str, FoundFeed] = {}
        self._bodies: set[bytes] = set()
        self.tried: dict[str, None] = {}

    @property
    def has_feeds(self) -> bool:
        return bool(self._found)

    def found(self) -> tuple[FoundFeed, ...]:
        return tuple(sorted(self._found.values(), key=lambda feed: feed.comments))

    async def look(self, candidates: Iterable[Candidate], *, first: bool = False) -> None:
        """Fetch and read the candidates; only up to the `first` feed where that is enough."""
        for candidate in candidates:
            response = await self._fetch(candidate.url)
            if response and await self.read(candidate, response) and first:
                return

    async def read(self, candidate: Candidate, response: Response) -> bool:
        """Whether it is a feed. The same feed in another spelling, or under another address, is kept once."""
        try:
            parsed = await asyncio.to_thread(
                parse_feed,
                response.body,
                url=response.url,
                content_type=response.content_type,
                now=self._now,
                max_entries=self._max_entries,
            )
        except BadFeed:
            return False
        body = hashlib.blake2b(response.body).digest()
        if body not in self._bodies:
            self._bodies.add(body)
            self._found.setdefault(loose_key(response.url), _found(candidate, response, parsed))
        return True

    async def sitemaps(self, url: str) -> None:
        """The site's news sitemaps: those that robots.txt names, or where they usually are."""
        robots = await self._fetch(urljoin(url, "/robots.txt"))
        lines = _SITEMAP_LINE.findall(robots.body) if robots else []
        named = [urljoin(url, line.decode("utf-8", "replace")) for line in lines]
        waiting = sorted(dict.fromkeys([*named, urljoin(url, "/sitemap.xml")]), key=_not_news)
        left = _MAX_SITEMAPS
        while waiting and left:
            left -= 1
            address = waiting.pop(0)
            response = await self._fetch(address)
            if response and not await self.read(Candidate(url=address, source="sitemap"), response):
                new = (each for each in _inner_sitemaps(response) if each not in self.tried)
                waiting = sorted(dict.fromkeys([*waiting, *new]), key=_not_news)

    async def _fetch(self, url: str) -> Response | None:
        if url in self.tried or len(self.tried) >= _MAX_TRIED:
            return None
        self.tried[url] = None
        try:
            return await self._fetcher.get(url, accept=ACCEPT_FEED)
        except FetchFailed:
            return None


def _found(candidate: Candidate, response: Response, parsed: ParsedFeed) -> FoundFeed:
    dates = [moment for entry in parsed.entries if (moment := entry.published or entry.updated)]
    return FoundFeed(
        url=response.moved_to or candidate.url,
        source=candidate.source,
        title=parsed.title or candidate.title,
        format=parsed.format,
        entries=len(parsed.entries),
        newest=max(dates, default=None),
        comments=candidate.is_comments or is_of_comments(parsed.title),
    )


def _not_news(url: str) -> bool:
    return "news" not in url.lower()


def _inner_sitemaps(response: Response) -> list[str]:
    text = response.body.decode("utf-8", "replace")
    return [urljoin(response.url, each) for each in _LOC.findall(text)] if "<sitemapindex" in text else []
