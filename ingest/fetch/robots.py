"""robots.txt (RFC 9309): which pages of a site a program may read, and how fast.

What is not there (4xx) allows everything. What cannot be had (5xx, 429, no connection) forbids everything for
a while, unless an older copy is at hand. Feeds are not asked about: a person subscribed to them.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from protego import Protego

from article.errors import FetchFailed
from ingest.fetch.body import Limit
from ingest.fetch.errors import StatusFailed
from ingest.fetch.response import Response
from ingest.fetch.slots import Slots
from ingest.fetch.target import Target
from ingest.urls import without_credentials

NAME = "wirewatch"
READ = Limit(size=512_000, cut=True)  # RFC 9309 §2.5: at least 500 KiB; what is behind is not read
_FRESH = 86_400.0  # seconds that a file counts (§2.4)
_AWAY = 240.0  # seconds until one that could not be had is asked for again: before its pages are
_MOST_RULES = 5_000  # for us; more take seconds to read, and only harm asks for it
_MOST_SITES = 1_000
_MOST_BYTES = 8_000_000  # of all files in memory
_AGENT = re.compile(r"user[ -]?agent ?:? ?(.*)")
_TOKEN = re.compile(r"[a-z_-]*")
_SITE_WIDE = ("sitemap", "site-map", "host")


class Disallowed(FetchFailed):
    """The site does not want this page to be read by programs, or cannot be asked whether it does."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Of one site, for us: the lines of robots.txt that concern us, or None to forbid all, and `why`."""

    lines: str | None
    why: str = ""

    def allow(self, url: str) -> bool:
        return self.lines is not None and (not self.lines or _read(self.lines).can_fetch(url, NAME))

    @property
    def delay(self) -> float:
        """Crawl-delay in seconds; not in the RFC, and widely meant."""
        return (_read(self.lines).crawl_delay(NAME) or 0.0) if self.lines else 0.0


def rules_of(text: str) -> Rules:
    """The group that names us, else the one for all (RFC 9309 §2.2.1); groups of one name are one.

    Only its lines are given to the library, whose work grows with the number of names times that of rules.
    """
    groups: dict[str, list[str]] = {NAME: [], "*": []}
    named: set[str] = set()
    current: set[str] = set()
    in_names = False
    for line in _lines(text):
        if agent := _AGENT.fullmatch(line.lower()):
            current = current if in_names else set()
            token = _TOKEN.match(agent[1])
            name = "*" if agent[1] == "*" else (token[0] if token else "")
            current |= {name} & groups.keys()
            named |= current
            in_names = True
        elif not line.lower().startswith(_SITE_WIDE):
            in_names = False
            for name in current:
                groups[name].append(line)
    ours = groups[NAME if NAME in named else "*"]
    if len(ours) > _MOST_RULES:
        return Rules(lines=None, why=f"has {len(ours)} rules, more than are read")
    return Rules(lines="\n".join(["User-agent: *", *ours]) if ours else "")


def _lines(text: str) -> Iterator[str]:
    for line in text.removeprefix("\ufeff").splitlines():
        words = line.partition("#")[0].split()
        if words:
            yield " ".join(words)


@lru_cache(maxsize=16)
def _read(lines: str) -> Protego:
    return Protego.parse(lines)


@dataclass(frozen=True, kw_only=True)
class _Kept:
    rules: Rules
    until: float
    is_read: bool


class Robots:
    """Rules by origin, each fetched once through `get` and kept for a day, so many and no more."""

    def __init__(self, get: Callable[[str], Awaitable[Response]], *, at_once: int) -> None:
        self._get = get
        self._asking = Slots(total=at_once, per_key=1)
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._bytes = 0

    async def check(self, target: Target) -> Rules:
        """The rules of the page's site. Raises Disallowed where they forbid it."""
        rules = self._known(target.origin) or await self._fetched(target)
        if not rules.allow(target.text):
            raise Disallowed(
                without_credentials(target.text),
                f"robots.txt of {target.host} {rules.why or 'disallows it'}",
                lasts=rules.lines is not None,
            )
        return rules

    def _known(self, origin: str) -> Rules | None:
        kept = self._kept.get(origin)
        if kept is None or kept.until < asyncio.get_running_loop().time():
            return None
        self._kept.move_to_end(origin)
        return kept.rules

    async def _fetched(self, target: Target) -> Rules:
        async with self._asking.hold(target.origin):
            if rules := self._known(target.origin):  # somebody else's question was answered meanwhile
                return rules
            now = asyncio.get_running_loop().time()
            before = self._kept.get(target.origin)
            try:
                rules = await self._asked(str(target.url.origin()) + "/robots.txt")
            except FetchFailed as error:
                is_read = before is not None and before.is_read
                away = Rules(lines=None, why=f"cannot be had, which forbids all for now: {error.problem}")
                rules = before.rules if before and is_read else away
                self._keep(target.origin, _Kept(rules=rules, until=now + _AWAY, is_read=is_read))
            else:
                self._keep(target.origin, _Kept(rules=rules, until=now + _FRESH, is_read=True))
            return rules

    async def _asked(self, url: str) -> Rules:
        try:
            response = await self._get(url)
        except StatusFailed as error:
            if 400 <= error.status < 500 and error.status != 429:
                return Rules(lines="")
            raise
        return rules_of(response.body.decode("utf-8", "replace"))

    def _keep(self, origin: str, kept: _Kept) -> None:
        self._forget(origin)
        self._kept[origin] = kept
        self._bytes += len(kept.rules.lines or "")
        while len(self._kept) > _MOST_SITES or self._bytes > _MOST_BYTES:
            self._forget(next(iter(self._kept)))

    def _forget(self, origin: str) -> None:
        if kept := self._kept.pop(origin, None):
            self._bytes -= len(kept.rules.lines or "")
