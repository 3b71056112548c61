"""How all feeds fare, for the metrics: looked at some at a time, so that no poll waits for it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import get_args

from ingest.agenda import Agenda
from ingest.rhythm.health import Word, health
from runtime.metrics import Metrics

_AT_ONCE = 100  # feeds: about half a millisecond
_EVERY = 30.0  # seconds between looks at one feed, at least


class Survey:
    """Sets the gauges of the feeds of `agenda` after each whole round. Belongs to the agenda's thread."""

    def __init__(self, agenda: Agenda, metrics: Metrics) -> None:
        self._agenda = agenda
        self._metrics = metrics
        self._begun: datetime | None = None
        self._left: list[str] = []

    def step(self, now: datetime) -> None:
        """To be called often; goes on with the round, or begins the next when it is time."""
        if self._begun is None or (not self._left and (now - self._begun).total_seconds() >= _EVERY):
            self._begin(now)
        elif self._left:
            some, self._left = self._left[:_AT_ONCE], self._left[_AT_ONCE:]
            for id in some:
                self._look(id, now)
            if not self._left:
                self._tell()

    def _begin(self, now: datetime) -> None:
        self._begun = now
        self._left = self._agenda.ids()
        self._words: Counter[Word] = Counter()
        self._oldest: datetime | None = None
        self._latest: datetime | None = None
        if not self._left:
            self._tell()

    def _look(self, id: str, now: datetime) -> None:
        standing = self._agenda.standing(id)
        if standing is None:
            return
        feed, state = standing
        word = health(feed, state, now)[0].word
        self._words[word] += 1
        if word not in ("paused", "stopped"):
            read = (state.succeeded if state else None) or feed.added
            self._oldest = min(self._oldest or read, read)
        entry = state.flow.last_new if state else None
        if entry:
            self._latest = max(self._latest or entry, entry)

    def _tell(self) -> None:
        for word in get_args(Word):
            self._metrics.feeds_by_health.labels(word).set(self._words[word])
        self._metrics.oldest_success.set(self._oldest.timestamp() if self._oldest else 0)
        self._metrics.last_entry.set(self._latest.timestamp() if self._latest else 0)
