from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from article.codec import encode
from article.errors import Unavailable
from article.records import EnrichedArticle
from bus.channels import DEAD, ENRICHED
from bus.protocol import Message, Record
from bus.sqlite import SqliteBus
from index.embedded import EmbeddedIndex
from index.protocol import ArticleIndex, Page, Refused, Written
from index.query import Query
from index.service import run_index
from runtime.backoff import Backoff
from runtime.clock import SystemClock
from runtime.metrics import Metrics
from runtime.settings import IndexSettings, Settings
from runtime.shutdown import Stop
from tests.index.articles import article, search

SECONDS = 60.0


class Watched:
    """A real index that says when it has been asked to write, and can be away for a while."""

    def __init__(self, index: ArticleIndex, *, away: int = 0) -> None:
        self._index = index
        self._away = away
        self.asked = threading.Event()

    def write(self, articles: Sequence[EnrichedArticle]) -> Sequence[Written | Refused]:
        self.asked.set()
        if self._away > 0:
            self._away -= 1
            raise Unavailable("index", "is away")
        return self._index.write(articles)

    def search(self, query: Query) -> Page:
        return self._index.search(query)

    def get(self, article_id: str) -> EnrichedArticle | None:
        return self._index.get(article_id)

    def similar(
        self, article_id: str, *, limit: int = 10, minimum: float = 0.0, distinct: bool = False
    ) -> Page:
        return self._index.similar(article_id, limit=limit, minimum=minimum, distinct=distinct)

    def count(self) -> int:
        return self._index.count()

    def refresh(self) -> None:
        self._index.refresh()

    def close(self) -> None:
        self._index.close()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[SqliteBus]:
    bus = SqliteBus(tmp_path / "bus.db", partitions=4, clock=SystemClock())
    yield bus
    bus.close()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EmbeddedIndex]:
    index = EmbeddedIndex(tmp_path / "index")
    yield index
    index.close()


def record(one: EnrichedArticle) -> Record:
    return Record(channel=ENRICHED, key=one.id, value=encode(one))


def run_until(bus: SqliteBus, index: ArticleIndex, done: Callable[[], bool], **more: Backoff) -> Metrics:
    """Run the stage in a thread until `done`; the settings make batches of three."""
    stop, metrics, failed = Stop(), Metrics(), []

    def stage() -> None:
        try:
            settings = Settings(index=IndexSettings(batch_articles=3))
            run_index(bus, index, settings=settings, clock=SystemClock(), metrics=metrics, stop=stop, **more)
        except BaseException as error:
            failed.append(error)
            raise

    thread = threading.Thread(target=stage)
    thread.start()
    waited = threading.Event()
    for _ in range(int(SECONDS / 0.02)):
        if done() or failed:
            break
        waited.wait(0.02)
    stop.set()
    thread.join(SECONDS)
    assert not thread.is_alive()
    assert not failed
    assert done()
    return metrics


def lag(bus: SqliteBus) -> int:
    return bus.lag(ENRICHED, group="index").records


def letters(bus: SqliteBus) -> list[Message]:
    reader = bus.reader(DEAD, from_start=True)
    found = list(reader.poll(1.0))
    reader.close()
    return found


def test_every_article_is_indexed_and_the_rest_is_dead(bus: SqliteBus, index: EmbeddedIndex) -> None:
    articles = [article(f"n{number}", "flood") for number in range(10)]
    short = article("short", embedding=[1.0])
    bus.publish([record(one) for one in articles])
    bus.publish(
        [
            Record(channel=ENRICHED, key="broken", value=b"{not json"),
            Record(channel=ENRICHED, key="empty", value=None),
            record(short),
            record(articles[0]),
        ]
    )
    metrics = run_until(bus, index, lambda: lag(bus) == 0)
    assert search(index, "flood").total == index.count() == 10
    reasons = {letter.key: dict(letter.headers)["dead_reason"].decode() for letter in letters(bus)}
    assert set(reasons) == {"broken", "empty", short.id}
    assert "EnrichedArticle" in reasons["broken"]
    assert "not 384" in reasons[short.id]
    outcomes = {
        name: metrics.value("wirewatch_articles_total", stage="index", outcome=name)
        for name in ("written", "stale", "refused")
    }
    assert outcomes == {"written": 10, "stale": 1, "refused": 1}


def test_a_crash_between_index_and_offsets_repeats_without_effect(
    bus: SqliteBus, index: EmbeddedIndex
) -> None:
    articles = [article(f"n{number}", "flood") for number in range(5)]
    bus.publish([record(one) for one in articles])
    index.write(articles[:3])
    metrics = run_until(bus, index, lambda: lag(bus) == 0)
    assert index.count() == 5
    assert metrics.value("wirewatch_articles_total", stage="index", outcome="stale") == 3


def test_an_index_that_was_deleted_is_filled_again(
    bus: SqliteBus, index: EmbeddedIndex, tmp_path: Path
) -> None:
    bus.publish([record(article(f"n{number}", "flood")) for number in range(5)])
    run_until(bus, index, lambda: lag(bus) == 0)
    fresh = EmbeddedIndex(tmp_path / "fresh")
    run_until(bus, fresh, lambda: fresh.count() == 5)
    assert search(fresh, "flood").total == 5
    fresh.close()


def test_an_index_that_is_away_slows_the_stage_and_loses_nothing(
    bus: SqliteBus, index: EmbeddedIndex
) -> None:
    bus.publish([record(article(f"n{number}")) for number in range(5)])
    at_once = Backoff(base=0.0, cap=0.0)
    run_until(bus, Watched(index, away=4), lambda: lag(bus) == 0, backoff=at_once)
    assert index.count() == 5
    assert letters(bus) == []


def test_stopping_while_the_index_is_away_commits_nothing(bus: SqliteBus, index: EmbeddedIndex) -> None:
    bus.publish([record(article(f"n{number}")) for number in range(5)])
    away = Watched(index, away=1_000_000)
    run_until(bus, away, away.asked.is_set, backoff=Backoff(base=3600.0, cap=3600.0))
    assert lag(bus) == 5
    assert index.count() == 0
    run_until(bus, index, lambda: lag(bus) == 0)
    assert index.count() == 5
