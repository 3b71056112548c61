"""One poll of one feed: fetch, parse, decide, fetch pages; results are handed over, nothing is committed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from article.counts import Outcome
from article.errors import BadFeed, FetchFailed, ReadingFailed, WirewatchError
from article.records import RawArticle
from article.tables import FeedMemory, FeedState, Subscription
from bus.protocol import Record
from ingest.decide import Decision, decide, is_known_body, only_done
from ingest.draft import Draft
from ingest.entry import Fetched
from ingest.fetch.client import ACCEPT_FEED, Fetcher
from ingest.fetch.errors import StatusFailed
from ingest.fetch.response import Response
from ingest.formats.feed import parse_feed
from ingest.output import entry_letter, memory_record, raw_record, state_record
from ingest.pages.fetching import Pages
from ingest.pages.retry import next_at
from ingest.pages.visits import after_visits, again, settle
from ingest.rhythm.trust import current_url, validators
from ingest.urls import without_credentials
from ingest.workers import Workers
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.logging import Logger, get_logger
from runtime.settings import IngestSettings

_PLAIN_AT_ONCE = 500  # articles of one commit that need no page
_PAGES_AT_ONCE = 32  # articles of one commit that do: what is there is published before the rest is fetched
_ANY_DRAW = Backoff(base=1.0, cap=1.0)

Result = Literal["new", "unchanged", "failed"]


@dataclass(frozen=True, kw_only=True)
class Polled:
    """What a poll, or a part of it, led to: to be committed whole. After the last part it is `finished`."""

    state: FeedState
    records: tuple[Record, ...]
    outcomes: tuple[Outcome, ...] = ()
    dead: int = 0
    pages_read: int = 0
    pages_failed: int = 0
    result: Result
    finished: bool = True


@dataclass(frozen=True, kw_only=True)
class Poll:
    """Polls feeds. `workers` read the documents, `pages` fetches those of articles."""

    fetcher: Fetcher
    workers: Workers
    pages: Pages
    settings: IngestSettings
    clock: Clock
    log: Logger = field(default_factory=lambda: get_logger("ingest"))

    async def __call__(
        self,
        feed: Subscription,
        before: FeedState | None,
        recall: Callable[[], FeedMemory | None],
        submit: Callable[[Polled], None],
    ) -> None:
        """Polls `feed` and submits the parts in the order in which they must be committed.

        `recall` is asked for the feed's memory once a document was read, or a page is due to be tried again,
        which most polls do not come to.
        What nobody expected is the feed's problem, told in its state like any other.
        """
        latest = before

        def keep(part: Polled) -> None:
            nonlocal latest
            latest = part.state
            submit(part)

        try:
            await self._poll(feed, before, recall, keep)
        except Exception as error:
            problem = f"unexpected {type(error).__name__}: {error}"
            self.log.warning(
                "feed.failed", feed=without_credentials(feed.url), problem=problem, exc_info=True
            )
            submit(self._unpublished(feed, latest, Fetched(url=feed.url, problem=problem)))

    async def _poll(
        self,
        feed: Subscription,
        before: FeedState | None,
        recall: Callable[[], FeedMemory | None],
        submit: Callable[[Polled], None],
    ) -> None:
        fetched = await self.fetch(feed, before)
        now = self.clock.now()
        retry_is_due = before is not None and before.retry_at is not None and before.retry_at <= now
        if fetched.problem or (fetched.parsed is None and not retry_is_due):
            part = self._unpublished(feed, before, fetched)
            submit(part)
            self._log(feed, before, part.state, 0)
            return
        memory = recall() or FeedMemory(id=feed.id)
        decision = decide(
            subscription=feed,
            state=before,
            memory=memory,
            fetched=fetched,
            now=now,
            settings=self.settings,
            draw=_ANY_DRAW.wait(1),
        )
        keys = frozenset(draft.key for draft in decision.drafts)
        retries = again(memory, besides=keys, now=now) if self.settings.fetch_pages == "auto" else ()
        drafts = (*decision.drafts, *retries)
        await self._publish(feed, before, decision, memory=memory, drafts=drafts, submit=submit)
        self._log(feed, before, decision.state, len(drafts))

    async def _publish(
        self,
        feed: Subscription,
        before: FeedState | None,
        decision: Decision,
        *,
        memory: FeedMemory,
        drafts: Sequence[Draft],
        submit: Callable[[Polled], None],
    ) -> None:
        """Submits `decision` with the articles of `drafts`, in parts where their pages must be fetched."""
        if not drafts:
            state = decision.state.but(retry_at=next_at(memory.retries))
            submit(self._part(feed, replace(decision, state=state), result="unchanged"))
        done: frozenset[str] = frozenset()
        for some in _parts(drafts):
            visits = await self.pages.visit(some)
            settled = settle(visits, decision.memory or memory, now=self.clock.now(), draw=_ANY_DRAW.wait(1))
            state = after_visits(decision.state, settled, some)
            decision = replace(decision, state=state, memory=settled.memory)
            done |= {draft.key for draft in some}
            is_half = any(draft.key not in done for draft in decision.drafts)
            part = self._part(
                feed,
                only_done(before, memory, decision, done) if is_half else decision,
                settled.articles,
                result="new" if decision.drafts or settled.articles else "unchanged",
                finished=len(done) == len(drafts),
            )
            submit(
                replace(
                    part,
                    outcomes=settled.outcomes,
                    pages_read=sum(visit.page is not None for visit in visits),
                    pages_failed=sum(bool(visit.problem) for visit in visits),
                )
            )
            decision = replace(decision, dead=())  # given up with the first part

    def _unpublished(self, feed: Subscription, before: FeedState | None, fetched: Fetched) -> Polled:
        """A poll without articles: nothing new, or a failure."""
        decision = decide(
            subscription=feed,
            state=before,
            memory=None,
            fetched=fetched,
            now=self.clock.now(),
            settings=self.settings,
            draw=_ANY_DRAW.wait(1),
        )
        return self._part(feed, decision, result="failed" if fetched.problem else "unchanged")

    def _part(
        self,
        feed: Subscription,
        decision: Decision,
        articles: Sequence[RawArticle] = (),
        *,
        result: Result,
        finished: bool = True,
    ) -> Polled:
        now = self.clock.now()
        records = [raw_record(article) for article in articles]
        records += [entry_letter(feed, entry, now=now) for entry in decision.dead]
        if decision.memory:
            records.append(memory_record(decision.memory, now=now))
        records.append(state_record(decision.state, now=now))
        return Polled(
            state=decision.state,
            records=tuple(records),
            dead=len(decision.dead),
            result=result,
            finished=finished,
        )

    async def fetch(self, feed: Subscription, before: FeedState | None) -> Fetched:
        """What one request for the feed gets; nothing is decided yet."""
        url = current_url(feed, before)
        known = validators(before, now=self.clock.now(), settings=self.settings)
        try:
            response = await self.fetcher.get(
                url, etag=known.etag, last_modified=known.last_modified, accept=ACCEPT_FEED
            )
        except FetchFailed as error:
            fetched = Fetched(url=url, problem=_told(error))
            if isinstance(error, StatusFailed):
                fetched = replace(fetched, status=error.status, **vars(error.headers))
            return fetched
        fetched = Fetched(
            url=response.url,
            status=response.status,
            moved_to=response.moved_to,
            etag=response.etag,
            last_modified=response.last_modified,
            conditional=bool(known.etag or known.last_modified),
            **vars(response.headers),
        )
        if response.status == 304:
            return fetched
        return await self._parse(fetched, response, before)

    async def _parse(self, fetched: Fetched, response: Response, before: FeedState | None) -> Fetched:
        body_hash = hashlib.blake2b(response.body, digest_size=16).hexdigest()
        fetched = replace(fetched, body_hash=body_hash)
        if is_known_body(before, body_hash):
            return fetched
        try:
            parsed = await self.workers.run(
                parse_feed,
                response.body,
                url=response.url,
                content_type=response.content_type,
                now=self.clock.now(),
                max_entries=self.settings.max_entries,
            )
        except (BadFeed, ReadingFailed) as error:
            return replace(fetched, problem=_told(error))
        return replace(fetched, parsed=parsed)

    def _log(self, feed: Subscription, before: FeedState | None, after: FeedState, articles: int) -> None:
        url = without_credentials(feed.url)
        if after.problem:
            self.log.warning("feed.failed", feed=url, problem=after.problem, failures=after.failures)
            if after.stopped:
                remedy = "wirewatch feeds resume or remove"
                self.log.warning("feed.stopped", feed=url, reason=after.stopped, remedy=remedy)
            return
        self.log.debug(
            "feed.polled", feed=url, status=after.status, articles=articles, interval=after.interval
        )
        if after.url and after.url != (before.url if before else None):
            self.log.info("feed.moved", feed=url, to=without_credentials(after.url))


def _parts(drafts: Sequence[Draft]) -> Iterator[Sequence[Draft]]:
    """First those that can be published at once, then those that wait for their pages, some at a time."""
    plain = [draft for draft in drafts if not draft.wants_page]
    paged = [draft for draft in drafts if draft.wants_page]
    for waiting, size in ((plain, _PLAIN_AT_ONCE), (paged, _PAGES_AT_ONCE)):
        for start in range(0, len(waiting), size):
            yield waiting[start : start + size]


def _told(error: WirewatchError) -> str:
    """The error without its subject, which is the feed itself."""
    return error.problem + (f"; {error.remedy}" if error.remedy else "")
