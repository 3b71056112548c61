"""The feeds of this process and their hubs: asks, renews and ends subscriptions, and takes in hubs' calls.

Used by the poller's loop alone. Nothing here is needed for a feed to be polled: whatever a hub does, the feed
is polled as if there were none, only more seldom while its pushes arrive.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from article.codec import decode
from article.errors import BadRecord, FetchFailed
from article.hubs import FeedHub, HubCall
from article.tables import FeedState, Subscription
from bus.channels import FEED_HUBS
from bus.protocol import Record, Table
from ingest.fetch.client import Fetcher
from ingest.output import hub_record
from ingest.rhythm.schedule import safe_interval
from ingest.urls import without_credentials
from ingest.websub import plan
from ingest.websub.offer import Callbacks, Offer, short_hash
from runtime.clock import Clock
from runtime.logging import get_logger
from runtime.metrics import Metrics
from runtime.settings import IngestSettings

_LOOK_EVERY = 10.0  # seconds between looks at every feed; one whose offer has changed is looked at at once
_AT_ONCE = 8  # requests to hubs
_POLLS_AFTER_PUSH = 2
_STRETCH = 4.0
_STATES = ("asked", "live", "refused", "failed", "ending")


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """A feed's offer, as pushes are wanted for it; `callback` is the hash of the callback's address."""

    offer: Offer
    callback: str


class Hubs:
    """Without `callbacks` nothing is ever asked for."""

    def __init__(
        self,
        *,
        callbacks: Callbacks | None,
        fetcher: Fetcher,
        settings: IngestSettings,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._callbacks = callbacks
        self._fetcher = fetcher
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._hubs: dict[str, FeedHub] = {}
        self._watched: set[str] = set()
        self._wanted: dict[str, _Wanted] = {}
        self._states: dict[str, FeedState] = {}  # of the feeds that offer a hub
        self._look_at: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._changed: dict[str, FeedHub | None] = {}
        self._owed: dict[str, int] = {}  # polls that a push still asks for, by feed
        self._trusted: set[str] = set()  # feeds whose pushes arrive
        self._looked_at = float("-inf")

    def load(self, table: Table) -> None:
        """Begin anew with what the table says; the feeds are put after that."""
        self.close()
        for kept in (self._hubs, self._watched, self._wanted, self._states, self._changed):
            kept.clear()
        self._looked_at = float("-inf")
        if self._callbacks is None:
            return
        for key, value in table.items():
            try:
                self._hubs[key] = decode(FeedHub, value)
            except BadRecord as error:
                get_logger("ingest").warning("feed.hub_lost", feed=key, problem=error.problem)

    def put(self, feed: Subscription, state: FeedState | None) -> None:
        """The feed is watched, or watched differently; what it offered last is in its state."""
        if feed.paused:
            self.drop(feed.id)
        else:
            self._watched.add(feed.id)
            if state:
                self._offered(state)

    def drop(self, id: str) -> None:
        """Pushes are no longer wanted for the feed."""
        self._watched.discard(id)
        self._forget_offer(id)

    def _forget_offer(self, id: str) -> None:
        if self._wanted.pop(id, None):
            self._look_at.add(id)
        self._states.pop(id, None)
        self._owed.pop(id, None)
        self._trusted.discard(id)

    def hear(self, call: HubCall) -> datetime | None:
        """Take in a hub's call. When its feed is due for it; None where it changes nothing, as for feeds of
        other processes. However often a hub calls, a publisher is not asked more often than `min_interval`.
        """
        hub, state, now = self._hubs.get(call.id), self._states.get(call.id), self._clock.now()
        if hub is None or state is None:
            return None
        if call.kind == "verified":
            self._become(call.id, plan.verified(hub, call.lease_seconds, now))
        elif call.kind == "denied":
            self._become(call.id, plan.denied(hub, call.reason, now))
            self._warn("hub.refused", hub, call.reason)
        elif not state.failures:  # one that fails has a wait of its own
            self._owed[call.id] = _POLLS_AFTER_PUSH
            self._trusted.add(call.id)
            return max(now, self._soonest(state))
        return None

    def polled(self, state: FeedState, *, news: bool) -> datetime | None:
        """A poll was committed, with news or without. When the next one is due; None: as the state says.

        After a push the feed is polled once more, `min_interval` later: hubs are faster than some publishers'
        caches, and a poll may have been under way. While pushes arrive, polls are a safety net and come more
        seldom; one that finds what was not pushed ends that.
        """
        if state.id not in self._watched:
            return None
        self._offered(state)
        owed = self._owed.pop(state.id, 0)
        if state.failures or state.polled is None:
            return None
        if owed > 1:
            self._owed[state.id] = owed - 1
            return self._soonest(state)
        if news and not owed:
            self._trusted.discard(state.id)
        hub = self._hubs.get(state.id)
        relies = hub is not None and state.id in self._trusted and plan.is_live(hub, self._clock.now())
        if not relies or state.retry_at:  # a page is due that only a poll can bring
            return None
        # A hub may fall silent in the middle of a burst: no further apart than loses no entry.
        longest = min(self._settings.max_interval, safe_interval(state.flow, state.polled))
        later = state.polled + timedelta(seconds=max(state.interval, min(longest, state.interval * _STRETCH)))
        return max(later, state.next_poll or later)

    def step(self) -> list[Record]:
        """Start what is due with the hubs; the records to commit. They come again until `committed`."""
        if self._callbacks is None:
            return []
        if self._clock.monotonic() - self._looked_at >= _LOOK_EVERY:
            self._looked_at = self._clock.monotonic()
            self._look_at.update(self._wanted, self._hubs)
            self._count()
        self._look(self._callbacks)
        now = self._clock.now()
        return [
            hub_record(hub, now=now) if hub else Record(channel=FEED_HUBS, key=id, value=None)
            for id, hub in self._changed.items()
        ]

    def committed(self) -> None:
        if self._changed:
            self._changed.clear()
            self._count()

    def close(self) -> None:
        """Abandon the requests under way; they are made again after the next start."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()

    def _soonest(self, state: FeedState) -> datetime:
        before = state.polled or self._clock.now()
        return before + timedelta(seconds=self._settings.min_interval)

    def _offered(self, state: FeedState) -> None:
        if self._callbacks is None or not state.hub or state.stopped:
            self._forget_offer(state.id)
            return
        self._states[state.id] = state
        offer = Offer(hub=state.hub, topic_url=state.topic_url)
        before = self._wanted.get(state.id)
        if before is None or before.offer != offer:
            callback = short_hash(self._callbacks.url(state.id, offer.topic_url))
            self._wanted[state.id] = _Wanted(offer=offer, callback=callback)
            self._look_at.add(state.id)

    def _look(self, callbacks: Callbacks) -> None:
        """At the feeds of which something may be due, as far as there is room for requests."""
        now = self._clock.now()
        while self._look_at and len(self._tasks) < _AT_ONCE:
            id = self._look_at.pop()
            if id not in self._tasks:
                self._act(id, callbacks, now)

    def _count(self) -> None:
        now = self._clock.now()
        counts: Counter[str] = Counter(
            "asked" if hub.status == "live" and not plan.is_live(hub, now) else hub.status
            for hub in self._hubs.values()
        )
        for state in _STATES:
            self._metrics.hubs.labels(state).set(counts[state])

    def _act(self, id: str, callbacks: Callbacks, now: datetime) -> None:
        hub, wanted = self._hubs.get(id), self._wanted.get(id)
        offer, callback = (wanted.offer, wanted.callback) if wanted else (None, "")
        mode = plan.action(hub, offer, callback=callback, now=now)
        if mode == "subscribe" and offer:
            self._become(id, plan.asked(hub, offer, id=id, callback=callback, now=now))
            self._ask(id, offer.hub, callbacks.form(mode, id, offer), self._unanswered)
        elif mode == "unsubscribe" and hub:
            self._become(id, plan.ending(hub, now))
            before = Offer(hub=hub.hub, topic_url=hub.topic_url)
            self._ask(id, hub.hub, callbacks.form(mode, id, before), self._ended)

    def _ask(
        self, id: str, hub: str, form: Mapping[str, str], then: Callable[[str, FetchFailed | None], None]
    ) -> None:
        async def request() -> None:
            problem = None
            try:
                await self._fetcher.post(hub, form)
            except FetchFailed as error:
                problem = error
            self._tasks.pop(id, None)
            self._look_at.add(id)  # it may no longer be wanted
            then(id, problem)

        self._tasks[id] = asyncio.create_task(request(), name=f"hub of {id}")

    def _unanswered(self, id: str, problem: FetchFailed | None) -> None:
        """The hub has taken the request, and may have come back to confirm it already, or it has failed."""
        hub = self._hubs.get(id)
        if hub and problem:
            self._warn("hub.failed", hub, problem.problem)
            self._become(id, plan.failed(hub, problem.problem, self._clock.now()))

    def _warn(self, event: str, hub: FeedHub, problem: str) -> None:
        feed, name = without_credentials(hub.topic_url), without_credentials(hub.hub)
        get_logger("ingest").warning(event, feed=feed, hub=name, problem=problem)

    def _ended(self, id: str, problem: FetchFailed | None) -> None:
        if problem is None:
            self._become(id, None)

    def _become(self, id: str, hub: FeedHub | None) -> None:
        if hub is None:
            self._hubs.pop(id, None)
        else:
            self._hubs[id] = hub
        self._changed[id] = hub
