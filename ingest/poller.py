"""The loop: polls the feeds that are due, many at once, and commits what they led to.

The bus's source belongs to the loop's thread. A poll's articles and its feed's new state and memory are one
commit, which polls that end within a tick share. A commit that another member fenced changes nothing: what
was in hand is dropped, and the feeds, if they are still ours, are polled again from the state that stands.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from functools import partial
from logging import DEBUG

from article.errors import Fenced, Unavailable
from article.hubs import HubCall
from article.tables import FeedState, Subscription
from bus.channels import FEEDS, RAW
from bus.protocol import Batch, Bus, Source
from bus.trace import trace_id_of
from ingest.agenda import Agenda
from ingest.poll import Poll, Polled
from ingest.roster import TABLES, Roster
from ingest.survey import Survey
from ingest.websub.hubs import Hubs
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.logging import get_logger
from runtime.metrics import Metrics
from runtime.settings import IngestSettings
from runtime.shutdown import Stop

GROUP = "ingest"
READER = "enrich"  # the group whose lag on raw articles makes polling pause
_TICK = 0.1  # seconds: how late a poll may begin
_COMMIT_EVERY = 0.5  # seconds for which a finished poll may wait for others to share its commit
_BACKLOG_EVERY = 1.0  # seconds between looks at the lag
_PARTS_AT_ONCE = 1_000  # of one commit
_POLLS_A_REQUEST = 4  # polls for each request under way: those that wait for a busy host hold up no others


class Poller:
    def __init__(
        self,
        *,
        bus: Bus,
        poll: Poll,
        hubs: Hubs,
        settings: IngestSettings,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._bus = bus
        self._poll = poll
        self._hubs = hubs
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._log = get_logger("ingest")
        self._agenda = Agenda()
        self._owned: frozenset[int] | None = None  # None: to be looked at anew
        self._polls: dict[str, asyncio.Task[None]] = {}
        self._parts: list[Polled] = []
        self._committed_at = float("-inf")
        self._wake = asyncio.Event()
        self._backlogged = False
        self._looked_at = float("-inf")
        self._failures = 0
        self._quiet_until = float("-inf")
        self._survey = Survey(self._agenda, metrics)
        metrics.begin(GROUP, "bus")

    async def run(self, stop: Stop) -> None:
        """Until `stop` is set. What is in flight then is abandoned and repeated after the next start."""
        source = self._bus.source(FEEDS, group=GROUP, tables=TABLES)
        self._roster = Roster(source, self._agenda, self._hubs, clock=self._clock, metrics=self._metrics)
        try:
            while not stop.is_set():
                self._step(source)
                await self._tick()
        finally:
            self._hubs.close()
            await asyncio.gather(*self._drop(list(self._polls)), return_exceptions=True)
            source.close()

    def hear(self, call: HubCall) -> None:
        """A hub has told some process's callback something; of a feed of ours it may make a poll due."""
        due = self._hubs.hear(call)
        if due:
            self._agenda.hurry(call.id, due)
            self._wake.set()

    def _step(self, source: Source) -> None:
        if self._is_quiet():
            return
        try:
            if self._failures:
                source.rewind()  # what was polled and not committed must come again
            self._refresh(source)
            self._commit(source)
            self._commit_hubs(source)
            self._look_behind()
        except Fenced as error:
            self._metrics.fenced.labels("ingest").inc()
            self._log.info("batch.fenced", parts=len(self._parts), reason=error.problem)
            self._drop_all()
            self._owned = None
        except Unavailable as error:
            # Finished polls wait in memory, and no more are started, until the bus is back.
            self._failures += 1
            self._metrics.waiting(["ingest"], "bus")
            wait = Backoff(base=0.5, cap=30.0).wait(self._failures)
            self._quiet_until = self._clock.monotonic() + wait
            self._log.warning("bus.unavailable", problem=str(error), retry_in=round(wait, 1))
        else:
            self._failures = 0
            self._metrics.going("ingest")
            self._agenda.advance(self._clock.now())
            self._start()
        self._measure()

    def _measure(self) -> None:
        for state, count in self._agenda.counts().items():
            self._metrics.feeds.labels(state).set(count)
        self._metrics.polls_open.set(len(self._polls))
        self._metrics.parts_waiting.set(len(self._parts))
        self._survey.step(self._clock.now())

    def _is_quiet(self) -> bool:
        return self._clock.monotonic() < self._quiet_until

    def _refresh(self, source: Source) -> None:
        """Take over what changed: the list of feeds, and which of them are ours."""
        batch = source.poll(0)
        if source.owned() != self._owned:
            self._drop_all()
            self._roster.load()
            self._owned = source.owned()
        if batch.messages:
            gone, records = self._roster.take_over(batch.messages)
            self._drop(gone)
            source.commit(batch, records)

    def _commit(self, source: Source) -> None:
        """What the polls led to, in the order in which it came, many parts in one commit."""
        now = self._clock.monotonic()
        many = len(self._parts) >= _PARTS_AT_ONCE
        if self._polls and not many and now - self._committed_at < _COMMIT_EVERY:
            return
        self._committed_at = now
        while self._parts:
            parts = self._parts[:_PARTS_AT_ONCE]
            source.commit(Batch(), [record for part in parts for record in part.records])
            del self._parts[: len(parts)]
            self._committed(parts)

    def _commit_hubs(self, source: Source) -> None:
        """What the feeds' hubs were asked, and have told."""
        if records := self._hubs.step():
            source.commit(Batch(), records)
            self._hubs.committed()

    def _committed(self, parts: Collection[Polled]) -> None:
        finished = [part for part in parts if part.finished]
        for part in finished:
            due = self._hubs.polled(part.state, news=part.result == "new")
            self._agenda.polled(part.state, due)
        for outcome, number in Counter(outcome for part in parts for outcome in part.outcomes).items():
            self._metrics.articles.labels("ingest", outcome).inc(number)
        for result, number in Counter(part.result for part in finished).items():
            self._metrics.polls.labels(result).inc(number)
        self._metrics.dead.labels("ingest").inc(sum(part.dead for part in parts))
        self._metrics.pages.labels("read").inc(sum(part.pages_read for part in parts))
        self._metrics.pages.labels("failed").inc(sum(part.pages_failed for part in parts))
        if self._log.is_enabled_for(DEBUG):
            for record in (record for part in parts for record in part.records if record.channel is RAW):
                self._log.debug("article.published", article=record.key, trace=trace_id_of(record.headers))

    def _look_behind(self) -> None:
        """Whether so many raw articles wait for enrichment that more would only pile up."""
        now = self._clock.monotonic()
        if now - self._looked_at < _BACKLOG_EVERY:
            return
        self._looked_at = now
        waiting = self._bus.lag(RAW, group=READER).records
        backlogged = waiting > self._settings.max_backlog
        if backlogged != self._backlogged:
            self._log.info("ingest.paused" if backlogged else "ingest.resumed", waiting=waiting)
        self._backlogged = backlogged
        self._metrics.ingest_paused.set(backlogged)

    def _start(self) -> None:
        """As many of the due polls as may be under way."""
        free = self._settings.concurrency * _POLLS_A_REQUEST - len(self._polls)
        if free <= 0 or self._backlogged or self._is_quiet():
            return
        for _, (feed, before) in zip(range(free), self._agenda.take(), strict=False):
            self._begin(feed, before)

    def _begin(self, feed: Subscription, before: FeedState | None) -> None:
        task = asyncio.create_task(self._timed(feed, before), name=feed.id)
        self._polls[feed.id] = task
        task.add_done_callback(self._ended)

    async def _timed(self, feed: Subscription, before: FeedState | None) -> None:
        with self._metrics.poll_seconds.time():
            await self._poll(feed, before, partial(self._roster.memory, feed.id), self._submit)

    def _submit(self, part: Polled) -> None:
        self._parts.append(part)
        if len(self._parts) >= _PARTS_AT_ONCE:
            self._wake.set()

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Its results wait for the commit; in its place the next begins."""
        feed = task.get_name()
        if self._polls.get(feed) is not task:
            return  # dropped
        del self._polls[feed]
        if task.cancelled() or task.exception():
            # No feed should bring this about, so it is not polled again at once.
            self._agenda.postpone(feed, self._clock.now() + timedelta(seconds=self._settings.max_interval))
            error = None if task.cancelled() else task.exception()
            self._log.error("poll.lost", feed=feed, problem=repr(error))
        self._start()
        if not self._polls:
            self._wake.set()  # nothing to wait for

    def _drop_all(self) -> None:
        self._agenda.clear()
        self._drop(list(self._polls))
        self._parts.clear()

    def _drop(self, feeds: Collection[str]) -> list[asyncio.Task[None]]:
        """Abandon polls and what they led to. Parts of one poll build on each other: all go or none."""
        dropped = [task for feed in feeds if (task := self._polls.pop(feed, None))]
        for task in dropped:
            task.cancel()
        if feeds:
            self._parts = [part for part in self._parts if part.state.id not in set(feeds)]
        return dropped

    async def _tick(self) -> None:
        self._wake.clear()
        try:
            async with asyncio.timeout(_TICK):
                await self._wake.wait()
        except TimeoutError:
            return
