"""How fast each stage is: what it has dealt with, looked at every ten seconds for a quarter of an hour."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from article.errors import Unavailable
from bus.channels import DELIVERIES, ENRICHED, RAW, Channel
from bus.protocol import Bus
from runtime.logging import get_logger
from runtime.shutdown import Stop

LATELY = timedelta(minutes=1)
BEFORE = timedelta(minutes=15)
READERS: Mapping[str, Channel] = {"enrich": RAW, "index": ENRICHED}
"""What each stage reads, as the group of its own name."""
NOTIFYING: Mapping[str, Channel] = {"notify": ENRICHED, "deliver": DELIVERIES}
"""The same of those that nobody runs without webhooks."""
_EVERY = 10.0  # seconds
_LEAST = timedelta(seconds=5)
_KEPT = 1 + int(BEFORE.total_seconds() / _EVERY)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Articles that each stage has ever dealt with, and those that wait for it, by its name."""

    at: datetime
    done: Mapping[str, int]
    waiting: Mapping[str, int]


class Rates:
    """Filled by one thread, read by many."""

    def __init__(self) -> None:
        self._samples: deque[Sample] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    def take(self, sample: Sample) -> None:
        with self._lock:
            self._samples.append(sample)

    def per_minute(self, stage: str, over: timedelta) -> float | None:
        """Articles a minute over the last `over`, or as much of it as was watched; None where that is too
        little to say anything."""
        with self._lock:
            samples = [each for each in self._samples if stage in each.done]
        if not samples:
            return None
        newest = samples[-1]
        first = next(each for each in samples if newest.at - each.at <= over)
        passed = newest.at - first.at
        if passed < _LEAST:
            return None
        return max(0, newest.done[stage] - first.done[stage]) / (passed / timedelta(minutes=1))


def sample(bus: Bus, now: datetime, *, notifying: bool) -> Sample:
    """What ingest has dealt with is what it wrote; the others' is what was written less what waits."""
    readers = {**READERS, **(NOTIFYING if notifying else {})}
    written = {channel.name: bus.count(channel) for channel in {RAW, *readers.values()}}
    waiting = {stage: bus.lag(channel, group=stage).records for stage, channel in readers.items()}
    done = {stage: max(0, written[channel.name] - waiting[stage]) for stage, channel in readers.items()}
    return Sample(at=now, done={"ingest": written[RAW.name]} | done, waiting=waiting)


def watch_rates(look: Callable[[], Sample], rates: Rates, *, stop: Stop) -> None:
    """Until stopped. A bus that is away leaves a gap."""
    while True:
        try:
            rates.take(look())
        except Unavailable as error:
            get_logger("web").debug("rates.unavailable", reason=str(error))
        if stop.wait(_EVERY):
            return
