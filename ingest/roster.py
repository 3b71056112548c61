"""The list of feeds, how they stand and what is remembered of them: read from the bus's tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from article.codec import decode
from article.errors import BadRecord
from article.tables import FeedMemory, FeedState, Subscription
from bus.channels import FEED_HUBS, FEED_MEMORY, FEED_STATE, FEEDS
from bus.envelope import dead_letter
from bus.protocol import Message, Record, Source
from bus.worker import about
from ingest.agenda import Agenda
from ingest.websub.hubs import Hubs
from runtime.clock import Clock
from runtime.logging import get_logger
from runtime.metrics import Metrics

TABLES = (FEEDS, FEED_STATE, FEED_MEMORY, FEED_HUBS)
_Kept = TypeVar("_Kept", FeedState, FeedMemory)


class Roster:
    """Fills `agenda` and `hubs` with the feeds that `source` owns. Belongs to the source's thread."""

    def __init__(self, source: Source, agenda: Agenda, hubs: Hubs, *, clock: Clock, metrics: Metrics) -> None:
        self._source = source
        self._agenda = agenda
        self._hubs = hubs
        self._clock = clock
        self._metrics = metrics
        self._log = get_logger("ingest")

    def load(self) -> None:
        """All anew, after partitions came or went."""
        self._agenda.clear()
        self._hubs.load(self._source.table(FEED_HUBS))
        states = dict(self._source.table(FEED_STATE).items())
        for key, value in self._source.table(FEEDS).items():
            self._put(key, value, states.get(key))

    def take_over(self, messages: Sequence[Message]) -> tuple[list[str], list[Record]]:
        """What changed in the list: the feeds that are gone, and the records that answer the messages."""
        keys = list(dict.fromkeys(message.key for message in messages))
        feeds, states = self._source.table(FEEDS).get(keys), self._source.table(FEED_STATE).get(keys)
        gone = [key for key in keys if key not in feeds]
        for key in gone:
            self._agenda.drop(key)
            self._hubs.drop(key)
        for key, value in feeds.items():
            self._put(key, value, states.get(key))
        return gone, [*self._forgotten(gone), *self._unreadable(messages)]

    def memory(self, feed: str) -> FeedMemory | None:
        value = self._source.table(FEED_MEMORY).get([feed]).get(feed)
        return self._kept(FeedMemory, feed, value)

    def _put(self, key: str, value: bytes, state: bytes | None) -> None:
        try:
            feed = decode(Subscription, value)
        except BadRecord:
            self._agenda.drop(key)  # the message that brought it went to the dead letters
            self._hubs.drop(key)
            return
        kept = self._kept(FeedState, key, state)
        self._agenda.put(feed, kept)
        self._hubs.put(feed, kept)

    def _kept(self, kind: type[_Kept], key: str, value: bytes | None) -> _Kept | None:
        """One that cannot be read counts as none: the feed's articles come again, known by their ids."""
        try:
            return decode(kind, value) if value is not None else None
        except BadRecord as error:
            self._log.warning("feed.state_lost", feed=key, problem=error.problem)
            return None

    def _forgotten(self, gone: Sequence[str]) -> list[Record]:
        return [
            Record(channel=channel, key=key, value=None)
            for channel in (FEED_STATE, FEED_MEMORY)
            for key in self._source.table(channel).get(gone)
        ]

    def _unreadable(self, messages: Iterable[Message]) -> list[Record]:
        letters = []
        for message in messages:
            try:
                if message.value is not None:
                    decode(Subscription, message.value)
            except BadRecord as error:
                self._log.warning("record.dead", reason=error.problem, **about(message))
                self._metrics.dead.labels("ingest").inc()
                now = self._clock.now()
                letters.append(dead_letter(message, stage="ingest", reason=error.problem, now=now))
        return letters
