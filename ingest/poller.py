"""The loop: polls the feeds that are due, many at once, and commits what they led to.

The bus's source belongs to the loop's thread. A poll's articles and its feed's new state are one commit;
polls that end together share one. A commit that another member fenced changes nothing: what was in hand is
dropped, and the feeds, if they are still ours, are polled again from the state that stands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from article.codec import decode
from article.errors import BadRecord, Fenced, Unavailable
from article.tables import FeedMemory, FeedState, Subscription
from bus.channels import FEED_MEMORY, FEED_STATE, FEEDS, RAW
from bus.envelope import dead_letter
from bus.protocol import Batch, Bus, Message, Record, Source
from ingest.poll import Poll, Polled
from ingest.urls import without_credentials
from ingest.watched import Watched
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.logging import get_logger
from runtime.metrics import Metrics
from runtime.settings import IngestSettings
from runtime.shutdown import Stop

GROUP = "ingest"
READER = "enrich"  # the group whose lag on raw articles makes polling pause
_TICK = 0.1  # seconds
_BACKLOG_EVERY = 1.0  # seconds between looks at the lag
_PARTS_AT_ONCE = 64  # of one commit


class Poller:
    def __init__(
        self, *, bus: Bus, poll: Poll, settings: IngestSettings, clock: Clock, metrics: Metrics
    ) -> None:
        self._bus = bus
        self._poll = poll
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._log = get_logger("ingest")
        self._watched = Watched()
        self._owned: frozenset[int] | None = None  # None: to be looked at anew
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._parts: list[Polled] = []
        self._wake = asyncio.Event()
        self._backlogged = False
        self._looked_at = float("-inf")
        self._failures = 0
        self._quiet_until = float("-inf")

    async def run(self, stop: Stop) -> None:
        """Until `stop` is set. What is in flight then is abandoned and repeated after the next start."""
        source = self._bus.source(FEEDS, group=GROUP, tables=(FEEDS, FEED_STATE, FEED_MEMORY))
        try:
            while not stop.is_set():
                self._step(source)
                await self._tick()
        finally:
            await self._abandon(list(self._tasks))
            source.close()

    def _step(self, source: Source) -> None:
        if self._clock.monotonic() < self._quiet_until:
            return
        try:
            if self._failures:
                source.rewind()  # what was polled and not committed must come again
            self._refresh(source)
            self._commit(source)
            self._reap()
            self._start_due(source)
        except Fenced as error:
            self._log.info("batch.fenced", parts=len(self._parts), reason=error.problem)
            self._drop(list(self._tasks))
            self._owned = None
        except Unavailable as error:
            # Finished polls wait in memory, and no more are started, until the bus is back.
            self._failures += 1
            wait = Backoff(base=0.5, cap=30.0).wait(self._failures)
            self._quiet_until = self._clock.monotonic() + wait
            self._log.warning("bus.unavailable", problem=str(error), retry_in=round(wait, 1))
        else:
            self._failures = 0

    def _refresh(self, source: Source) -> None:
        """Take over what changed: the list of feeds, and which of them are ours."""
        batch = source.poll(0)
        if source.owned() != self._owned:
            self._drop(list(self._tasks))
            self._load(source)
        if batch.messages:
            keys = list(dict.fromkeys(message.key for message in batch.messages))
            removed = self._take_over(source, keys)
            source.commit(batch, [*removed, *self._unreadable(batch.messages)])
        for state, count in self._watched.counts(self._clock.now()).items():
            self._metrics.feeds.labels(state).set(count)

    def _load(self, source: Source) -> None:
        self._watched.clear()
        states = {key: self._state(key, value) for key, value in source.table(FEED_STATE).items()}
        for key, value in source.table(FEEDS).items():
            self._put(key, value, states.get(key))
        self._owned = source.owned()

    def _take_over(self, source: Source, keys: list[str]) -> list[Record]:
        """Feeds with these keys as the table has them now; the records that forget the removed ones."""
        feeds, states = source.table(FEEDS).get(keys), source.table(FEED_STATE).get(keys)
        gone = [key for key in keys if key not in feeds]
        self._drop(gone)
        for key in gone:
            self._watched.drop(key)
        for key, value in feeds.items():
            self._put(key, value, self._state(key, states.get(key)))
        return [
            Record(channel=channel, key=key, value=None)
            for channel in (FEED_STATE, FEED_MEMORY)
            for key in source.table(channel).get(gone)
        ]

    def _put(self, key: str, value: bytes, state: FeedState | None) -> None:
        try:
            feed = decode(Subscription, value)
        except BadRecord:
            self._watched.drop(key)  # the message that brought it went to the dead letters
            return
        self._watched.put(feed, state)

    def _state(self, key: str, value: bytes | None) -> FeedState | None:
        """A state that cannot be read counts as none: the feed's articles come again, known by their ids."""
        try:
            return decode(FeedState, value) if value is not None else None
        except BadRecord as error:
            self._log.warning("feed.state_lost", feed=key, problem=error.problem)
            return None

    def _memory(self, source: Source, key: str) -> FeedMemory | None:
        """As `_state`."""
        value = source.table(FEED_MEMORY).get([key]).get(key)
        try:
            return decode(FeedMemory, value) if value is not None else None
        except BadRecord as error:
            self._log.warning("feed.memory_lost", feed=key, problem=error.problem)
            return None

    def _unreadable(self, messages: Iterable[Message]) -> list[Record]:
        letters = []
        for message in messages:
            try:
                if message.value is not None:
                    decode(Subscription, message.value)
            except BadRecord as error:
                self._log.warning("record.dead", key=message.key, channel=FEEDS.name, reason=error.problem)
                self._metrics.dead.labels("ingest").inc()
                now = self._clock.now()
                letters.append(dead_letter(message, stage="ingest", reason=error.problem, now=now))
        return letters

    def _commit(self, source: Source) -> None:
        """What the polls led to, in the order in which it came, some parts in one commit."""
        while self._parts:
            parts = self._parts[:_PARTS_AT_ONCE]
            source.commit(Batch(), [record for part in parts for record in part.records])
            del self._parts[: len(parts)]
            for part in parts:
                self._committed(part)

    def _committed(self, part: Polled) -> None:
        for outcome in part.outcomes:
            self._metrics.articles.labels("ingest", outcome).inc()
        self._metrics.dead.labels("ingest").inc(part.dead)
        if part.finished:
            self._metrics.polls.labels(part.result).inc()
            self._watched.polled(part.state)
            self._tasks.pop(part.state.id, None)

    def _reap(self) -> None:
        """Polls that ended without a result, which no feed should bring about: not again at once."""
        for id, task in list(self._tasks.items()):
            if task.done() and not any(part.state.id == id for part in self._parts):
                del self._tasks[id]
                self._watched.postpone(id, self._clock.now() + timedelta(seconds=self._settings.max_interval))
                error = None if task.cancelled() else task.exception()
                self._log.error("poll.lost", feed=task.get_name(), problem=repr(error))

    def _start_due(self, source: Source) -> None:
        free = self._settings.concurrency - len(self._tasks)
        due = self._watched.due(self._clock.now(), busy=self._tasks) if free > 0 else []
        if not due or self._is_backlogged():
            return
        feeds = due[:free]
        states = source.table(FEED_STATE).get([feed.id for feed in feeds])
        for feed in feeds:
            before = self._state(feed.id, states.get(feed.id))
            self._tasks[feed.id] = asyncio.create_task(
                self._poll(feed, before, partial(self._memory, source, feed.id), self._submit),
                name=without_credentials(feed.url),
            )

    def _submit(self, part: Polled) -> None:
        self._parts.append(part)
        self._wake.set()

    def _is_backlogged(self) -> bool:
        """Whether so many raw articles wait for enrichment that more would only pile up."""
        now = self._clock.monotonic()
        if now - self._looked_at >= _BACKLOG_EVERY:
            self._looked_at = now
            waiting = self._bus.lag(RAW, group=READER).records
            backlogged = waiting > self._settings.max_backlog
            if backlogged != self._backlogged:
                self._log.info("ingest.paused" if backlogged else "ingest.resumed", waiting=waiting)
            self._backlogged = backlogged
        return self._backlogged

    def _drop(self, ids: list[str]) -> list[asyncio.Task[None]]:
        """Abandon polls and what they led to. Parts of one poll build on each other: all go or none."""
        dropped = [task for id in ids if (task := self._tasks.pop(id, None))]
        for task in dropped:
            task.cancel()
        self._parts = [part for part in self._parts if part.state.id not in set(ids)]
        return dropped

    async def _abandon(self, ids: list[str]) -> None:
        await asyncio.gather(*self._drop(ids), return_exceptions=True)

    async def _tick(self) -> None:
        self._wake.clear()
        try:
            async with asyncio.timeout(_TICK):
                await self._wake.wait()
        except TimeoutError:
            return
