"""Pages that cannot be had at first, through polls against a real site by a clock that the tests set."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from article.codec import decode
from article.records import RawArticle
from article.tables import FeedMemory, FeedState
from bus.channels import FEED_MEMORY, RAW
from ingest.fetch.client import Fetcher
from ingest.lists.subscriptions import subscription
from ingest.pages.fetching import Pages
from ingest.poll import Poll, Polled
from ingest.workers import Workers
from runtime.clock import SystemClock
from tests.ingest.documents import NOW, SENTENCE, item, page, rss
from tests.ingest.running import SETTINGS
from tests.ingest.site import Answer, Site

PAGE = Answer(body=page(SENTENCE * 3, SENTENCE * 2))
AWAY = Answer(status=503)


@dataclass(kw_only=True)
class Feed:
    """A feed that is polled at the times given, with what its polls led to."""

    site: Site
    fetch_pages: str = "auto"
    state: FeedState | None = None
    memory: FeedMemory | None = None
    recalled: int = 0
    articles: list[RawArticle] = field(default_factory=list)

    def poll(self, *times: datetime) -> FeedState:
        asyncio.run(self._poll(times))
        assert self.state
        return self.state

    async def _poll(self, times: Sequence[datetime]) -> None:
        feed = subscription(f"{self.site.url}/feed", now=NOW)
        settings = SETTINGS.model_copy(update={"fetch_pages": self.fetch_pages})
        workers = Workers(processes=1, seconds=60)
        try:
            async with Fetcher(SETTINGS) as fetcher:
                pages = Pages(fetcher=fetcher, workers=workers, settings=SETTINGS)
                for time in times:
                    poll = Poll(
                        fetcher=fetcher, workers=workers, pages=pages, settings=settings, clock=At(time)
                    )
                    await poll(feed, self.state, self._recall, self._commit)
        finally:
            workers.close()

    def _recall(self) -> FeedMemory | None:
        self.recalled += 1
        return self.memory

    def _commit(self, part: Polled) -> None:
        self.state = part.state
        for record in part.records:
            if record.value is not None and record.channel == RAW:
                self.articles.append(decode(RawArticle, record.value))
            if record.value is not None and record.channel == FEED_MEMORY:
                self.memory = decode(FeedMemory, record.value)


class At(SystemClock):
    def __init__(self, time: datetime) -> None:
        self._time = time

    def now(self) -> datetime:
        return self._time


def following(site: Site, answer: Answer) -> Feed:
    entry = item(link=f"{site.url}/1")
    site.at("/feed", Answer(body=rss(entry), content_type="application/rss+xml", etag='"1"'))
    site.at("/1", answer)
    return Feed(site=site)


def test_a_page_that_comes_later_is_published_as_a_revision(site: Site) -> None:
    feed = following(site, AWAY)
    first = feed.poll(NOW)
    assert first.retry_at
    (alone,) = feed.articles
    assert alone.text_source == "feed"
    assert alone.notes == ("page: answers with status 503; it is tried again later",)

    site.at("/1", PAGE)
    before = first.retry_at - timedelta(seconds=1)
    feed.poll(before)
    assert (len(feed.articles), feed.recalled) == (1, 1)

    then = feed.poll(first.retry_at, first.retry_at + timedelta(days=1))
    _, whole = feed.articles
    assert (whole.id, whole.text_source) == (alone.id, "page")
    assert whole.seen == first.retry_at
    assert then.retry_at is None
    assert (then.counts.seen, then.counts.published, then.counts.revised) == (2, 1, 1)
    assert then.counts.is_balanced
    assert [len(site.asked(path)) for path in ("/feed", "/1")] == [4, 2]
    assert feed.recalled == 2


def test_a_page_that_never_comes_is_given_up(site: Site) -> None:
    feed = following(site, AWAY)
    feed.poll(*(NOW + timedelta(hours=hours) for hours in range(0, 100, 10)))
    assert len(site.asked("/1")) == 5
    assert len(feed.articles) == 1
    assert feed.state
    assert feed.state.retry_at is None
    assert feed.memory
    assert feed.memory.retries == {}


def test_a_page_that_is_not_there_is_asked_for_once(site: Site) -> None:
    for status in (403, 404, 410):
        site.requests.clear()
        feed = following(site, Answer(status=status))
        feed.poll(NOW, NOW + timedelta(days=1))
        assert len(site.asked("/1")) == 1
        assert feed.state
        assert feed.state.retry_at is None


def test_no_page_is_tried_again_once_pages_are_not_wanted(site: Site) -> None:
    feed = following(site, AWAY)
    feed.poll(NOW)
    feed.fetch_pages = "never"
    feed.poll(NOW + timedelta(days=1))
    assert len(site.asked("/1")) == 1


def test_a_lost_memory_leaves_no_retry_behind(site: Site) -> None:
    feed = following(site, AWAY)
    feed.poll(NOW)
    feed.memory = None
    state = feed.poll(NOW + timedelta(days=1))
    assert state.retry_at is None
    assert len(site.asked("/1")) == 1


def test_lines_that_a_site_repeats_are_learned_over_polls(site: Site) -> None:
    prompt = "Get our letter in the morning"
    feed = Feed(site=site)
    for number in range(1, 5):
        entries = [item(link=f"{site.url}/{each}", title=f"T{each}") for each in range(1, number + 1)]
        site.at("/feed", Answer(body=rss(*entries), content_type="application/rss+xml"))
        place = "abcd"[number - 1]
        site.at(f"/{number}", Answer(body=page(f"Town {place} met. {SENTENCE * 3}", f"{prompt}")))
        feed.poll(NOW + timedelta(hours=number))
    assert [prompt in article.text for article in feed.articles] == [True, True, False, False]
    assert "left out" in feed.articles[-1].notes[0]
