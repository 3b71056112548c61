"""The service in a thread, over a bus in a file, for as long as a test needs it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from article.codec import decode
from article.records import RawArticle
from article.tables import FeedState
from bus.channels import DEAD, FEED_STATE, RAW, Channel
from bus.protocol import Batch, Bus, Message, Record, Source
from bus.sqlite.bus import SqliteBus
from ingest.lists.subscriptions import added, subscription
from ingest.service import run_ingest
from runtime.clock import SystemClock
from runtime.metrics import Metrics
from runtime.settings import IngestSettings, Settings
from runtime.shutdown import Stop
from tests.ingest.site import HOST

LIMIT = 20.0  # seconds that a test waits for what must come
SETTINGS = IngestSettings(
    allow_hosts=(HOST,), min_interval=0.05, max_interval=0.1, connect_timeout=2, total_timeout=5
)


def open_bus(folder: Path) -> SqliteBus:
    return SqliteBus(folder / "bus.sqlite", clock=SystemClock())


def subscribe(bus: Bus, *urls: str) -> list[str]:
    """The ids of the feeds at `urls`, which are watched from now on."""
    now = datetime.now(UTC)
    feeds = [subscription(url, now=now) for url in urls]
    bus.publish([added(feed, now=now) for feed in feeds])
    return [feed.id for feed in feeds]


class Running:
    """What the running service has done so far."""

    def __init__(self, bus: Bus, metrics: Metrics) -> None:
        self.bus = bus
        self.metrics = metrics
        self._reader = bus.reader(RAW, from_start=True)
        self._articles: list[RawArticle] = []

    def until(self, condition: Callable[[], bool], what: str) -> None:
        clock = SystemClock()
        end = clock.monotonic() + LIMIT
        while not condition():
            assert clock.monotonic() < end, f"did not happen: {what}"
            self._read(0.02)

    def articles(self, count: int) -> list[RawArticle]:
        """The raw articles, once there are so many; fails where there are more."""
        self.until(lambda: len(self._articles) >= count, f"{count} articles, got {len(self._articles)}")
        self._read(0)
        assert len(self._articles) == count, [article.title for article in self._articles]
        return list(self._articles)

    def state(self, id: str, condition: Callable[[FeedState], bool]) -> FeedState:
        """The feed's state, once it is so."""
        found: list[FeedState] = []

        def so() -> bool:
            value = self.bus.table(FEED_STATE).get([id]).get(id)
            found[:] = [decode(FeedState, value)] if value else []
            return bool(found) and condition(found[0])

        self.until(so, f"state of {id}")
        return found[0]

    def polls(self, count: int, outcome: str) -> None:
        """Wait for so many polls with this outcome, from now on."""
        seen = self._polled(outcome)
        self.until(lambda: self._polled(outcome) >= seen + count, f"{count} polls that are {outcome}")

    def close(self) -> None:
        self._reader.close()

    def _polled(self, outcome: str) -> float:
        return self.metrics.value("wirewatch_ingest_polls_total", outcome=outcome)

    def _read(self, timeout: float) -> None:
        for message in self._reader.poll(timeout):
            assert message.value is not None
            self._articles.append(decode(RawArticle, message.value))


@contextmanager
def running(bus: Bus, settings: IngestSettings = SETTINGS) -> Iterator[Running]:
    stop, metrics, errors = Stop(), Metrics(), list[BaseException]()

    def service() -> None:
        try:
            run_ingest(
                bus, settings=Settings(ingest=settings), clock=SystemClock(), metrics=metrics, stop=stop
            )
        except BaseException as error:  # noqa: BLE001 - raised again in the test's thread
            errors.append(error)

    thread = threading.Thread(target=service)
    thread.start()
    try:
        with closing(Running(bus, metrics)) as one:
            yield one
    finally:
        stop.set()
        thread.join(LIMIT)
    assert not thread.is_alive()
    if errors:
        raise errors[0]


class Failing:
    """A bus whose sources fail at the first commit that has outputs, as a bus does that loses its owner."""

    def __init__(self, bus: Bus, error: Exception) -> None:
        self._bus = bus
        self._error: Exception | None = error
        self.publish, self.table, self.reader = bus.publish, bus.table, bus.reader
        self.replace, self.history = bus.replace, bus.history
        self.lag, self.count, self.trim, self.close = bus.lag, bus.count, bus.trim, bus.close

    def source(
        self,
        channel: Channel,
        *,
        group: str,
        tables: Sequence[Channel] = (),
        max_records: int = 500,
        max_bytes: int = 8_000_000,
        from_start: bool = False,
    ) -> Source:
        source = self._bus.source(
            channel,
            group=group,
            tables=tables,
            max_records=max_records,
            max_bytes=max_bytes,
            from_start=from_start,
        )
        return _FailingSource(source, self)

    def fail_once(self) -> None:
        error, self._error = self._error, None
        if error:
            raise error


class _FailingSource:
    def __init__(self, source: Source, bus: Failing) -> None:
        self._source, self._bus = source, bus
        self.poll, self.rewind, self.owned = source.poll, source.rewind, source.owned
        self.table, self.close = source.table, source.close

    def commit(self, batch: Batch, outputs: Sequence[Record]) -> None:
        if outputs:
            self._bus.fail_once()
        self._source.commit(batch, outputs)


def dead(bus: Bus) -> Sequence[Message]:
    return bus.reader(DEAD, from_start=True).poll(0)
