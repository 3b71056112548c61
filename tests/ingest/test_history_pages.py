"""Any history of a feed whose articles stand on pages that can be had today, tomorrow or never.

The real poll, over a store that keeps what is committed; it dies after any of its parts. Whatever happens, an
entry that was published is published again only with other content, and never falls back from its page's text
to the feed's; and when the site works again for long enough, every entry that the feed shows has its page's
text, unless the site said that it never will.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import pairwise
from typing import Literal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from article.codec import decode
from article.counts import Counts
from article.records import RawArticle
from article.tables import FeedMemory, FeedState, Subscription
from bus.channels import FEED_MEMORY, FEED_STATE, RAW, Channel
from ingest.decide import is_known_body
from ingest.draft import Draft
from ingest.entry import Entry, Fetched, Page, ParsedFeed
from ingest.fetch.client import Fetcher
from ingest.lists.subscriptions import subscription
from ingest.pages.fetching import Pages
from ingest.pages.visits import Visit
from ingest.poll import Poll, Polled
from ingest.rhythm.trust import validators
from ingest.workers import Workers
from runtime.settings import IngestSettings
from tests.ingest.documents import NOW

FEED = subscription("https://news.test/feed", now=NOW)
SETTINGS = IngestSettings(min_interval=60, max_interval=3600)
ENTRIES = st.integers(0, 3)
PAGES = ("Alone", "Ministers met", "Rivers rose", "A marathon was won")  # no line stands on two pages
Works = Literal["well", "down", "no such page"]


class Died(BaseException):
    """The process, after some parts of a poll were committed."""


@dataclass(kw_only=True)
class Site:
    """The feed's entries with their versions, and how each page works. Entry 0 carries its whole text.

    `down` counts the visits that failed while an entry had a version; `refused` are those with no such page.
    """

    shown: dict[int, int] = field(default_factory=dict)
    pages: dict[int, int] = field(default_factory=dict)
    works: dict[int, Works] = field(default_factory=dict)
    has_etag: bool = False
    down: Counter[tuple[int, int]] = field(default_factory=Counter)
    refused: set[tuple[int, int]] = field(default_factory=set)

    def show(self, number: int, version: int) -> None:
        self.shown[number] = self.pages[number] = version

    def digest(self) -> str:
        return blake2b(repr(self.shown).encode(), digest_size=16).hexdigest()

    def read(self) -> ParsedFeed:
        return ParsedFeed(title="News", entries=tuple(self._entry(*one) for one in self.shown.items()))

    def _entry(self, number: int, version: int) -> Entry:
        return Entry(
            link=f"https://news.test/{number}",
            title=f"{number}",
            text=f"{number} in version {version}",
            text_is_full=number == 0,
        )

    def visit(self, draft: Draft) -> Visit:
        number = int(draft.article.title)
        here = (number, self.pages[number])
        works = self.works.get(number, "well")
        if not draft.wants_page:
            return Visit(draft=draft)
        if works == "well":
            text = f"{PAGES[number]} in version {here[1]}"
            return Visit(draft=draft, page=Page(url=draft.article.url or "", text=text))
        if works == "down":
            self.down[here] += 1
        else:
            self.refused.add(here)
        return Visit(draft=draft, problem=works, can_pass=works == "down")


@dataclass(kw_only=True)
class Bus:
    """What is committed. After `parts` more commits the process dies; None: never."""

    kept: dict[Channel, bytes | None] = field(default_factory=dict)
    raw: list[RawArticle] = field(default_factory=list)
    parts: int | None = None

    def commit(self, part: Polled) -> None:
        if self.parts == 0:
            raise Died
        self.parts = self.parts - 1 if self.parts is not None else None
        for record in part.records:
            self.kept[record.channel] = record.value
            if record.channel == RAW:
                self.raw.append(decode(RawArticle, record.value or b""))

    def state(self) -> FeedState | None:
        value = self.kept.get(FEED_STATE)
        return decode(FeedState, value) if value else None

    def memory(self) -> FeedMemory | None:
        value = self.kept.get(FEED_MEMORY)
        return decode(FeedMemory, value) if value else None


@dataclass(kw_only=True)
class Time:
    passed: timedelta = timedelta()

    def now(self) -> datetime:
        return NOW + self.passed

    def monotonic(self) -> float:
        return self.passed.total_seconds()


@dataclass(frozen=True, kw_only=True)
class PlayedPages(Pages):
    site: Site

    async def visit(self, drafts: Sequence[Draft]) -> list[Visit]:
        return [self.site.visit(draft) for draft in drafts]


@dataclass(frozen=True, kw_only=True)
class PlayedPoll(Poll):
    site: Site

    async def fetch(self, feed: Subscription, before: FeedState | None) -> Fetched:
        etag = validators(before, now=self.clock.now(), settings=self.settings).etag
        digest = self.site.digest()
        if etag == digest:
            return Fetched(url=feed.url, status=304, conditional=True)
        fetched = Fetched(
            url=feed.url,
            status=200,
            etag=digest if self.site.has_etag else None,
            body_hash=digest,
            conditional=bool(etag),
        )
        return fetched if is_known_body(before, digest) else replace(fetched, parsed=self.site.read())


class PageHistory(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.site, self.bus, self.time = Site(), Bus(), Time()
        fetcher, workers = Fetcher(SETTINGS), Workers(processes=1, seconds=1)  # never used
        self.poll = PlayedPoll(
            fetcher=fetcher,
            workers=workers,
            pages=PlayedPages(fetcher=fetcher, workers=workers, settings=SETTINGS, site=self.site),
            settings=SETTINGS,
            clock=self.time,
            site=self.site,
        )

    @initialize(numbers=st.sets(ENTRIES))
    def begins(self, numbers: set[int]) -> None:
        for number in numbers:
            self.site.show(number, 0)

    @rule(number=ENTRIES, version=st.integers(0, 3))
    def shows(self, number: int, version: int) -> None:
        self.site.show(number, version)

    @rule(number=ENTRIES)
    def removes(self, number: int) -> None:
        self.site.shown.pop(number, None)

    @rule(has_etag=st.booleans())
    def gives_an_etag(self, has_etag: bool) -> None:
        self.site.has_etag = has_etag

    @rule(number=ENTRIES, works=st.sampled_from(["well", "down", "no such page"]))
    def has_a_page(self, number: int, works: Works) -> None:
        self.site.works[number] = works

    @rule(minutes=st.sampled_from([1, 10, 60, 300, 1000]), parts=st.none() | st.integers(0, 2))
    def polls(self, minutes: int, parts: int | None) -> None:
        self._poll(minutes, parts)

    @rule(number=ENTRIES, version=st.integers(0, 3))
    def loses_a_page_for_a_while(self, number: int, version: int) -> None:
        self.site.works[number] = "down"
        self.site.show(number, version)
        self._poll(1, None)

    @rule(number=ENTRIES, version=st.integers(0, 3))
    def dies_between_an_entry_and_its_page(self, number: int, version: int) -> None:
        self.site.show(0, version)
        self.site.show(number, version)
        self._poll(1, 1)

    def teardown(self) -> None:
        """Every history ends with a site that works again, for longer than any page is waited for."""
        self.site.works = {}
        for _ in range(4):
            self._poll(1000, None)
        for number, version in self.site.shown.items():
            last = self._published(number)[-1]
            assert last.text.endswith(f" in version {version}")
            given_up = self.site.down[number, version] > 4 or (number, version) in self.site.refused
            assert number == 0 or given_up or last.text_source == "page"
        self.nothing_is_published_twice_or_falls_back()
        self.the_counts_balance()

    def _poll(self, minutes: int, parts: int | None) -> None:
        self.time.passed += timedelta(minutes=minutes)
        self.bus.parts = parts
        with suppress(Died):
            asyncio.run(self.poll(FEED, self.bus.state(), self.bus.memory, self.bus.commit))

    def _published(self, number: int) -> list[RawArticle]:
        return [article for article in self.bus.raw if article.title == str(number)]

    @invariant()
    def nothing_is_published_twice_or_falls_back(self) -> None:
        for number in range(4):
            for one, other in pairwise(self._published(number)):
                assert one.content_hash != other.content_hash
                same_version = one.text[-1] == other.text[-1]
                assert not same_version or (one.text_source, other.text_source) == ("feed", "page")

    @invariant()
    def the_counts_balance(self) -> None:
        state = self.bus.state()
        counts = state.counts if state else Counts()
        assert counts.is_balanced
        assert counts.published + counts.revised == len(self.bus.raw)
        assert counts.published == len({article.id for article in self.bus.raw})
        assert not (state and state.problem)


PageHistory.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestPageHistory = PageHistory.TestCase
