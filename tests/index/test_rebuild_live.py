"""Rebuilding the index on Elasticsearch while stages write and people search, and killing the rebuild."""

from __future__ import annotations

import itertools
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from article.records import EnrichedArticle
from bus.channels import ENRICHED
from bus.sqlite import SqliteBus
from index.elastic import ElasticGenerations, ElasticIndex
from index.query import Query
from index.rebuild import rebuild
from index.service import run_index
from runtime.clock import SystemClock
from runtime.metrics import Metrics
from runtime.settings import IndexSettings, Settings
from runtime.shutdown import Stop
from stack.elastic import ElasticServer
from tests.app.program import WIREWATCH, environment
from tests.index.articles import NOON, article, id_of, search
from tests.index.makers import AT_ONCE, ElasticMaker
from tests.index.test_service import record

OLD = 400  # articles that are indexed before anything begins, and that every search must find
SECONDS = 60.0


@pytest.fixture
def maker(elastic: ElasticServer, free_prefixes: list[str]) -> Iterator[ElasticMaker]:
    made = ElasticMaker(elastic.url, free_prefixes)
    yield made
    made.clear()


def old(number: int) -> EnrichedArticle:
    return article(f"old{number}", "flood", "of old", first_seen=NOON)


def new(number: int, *, revision: int = 1) -> EnrichedArticle:
    """Spread over twelve months, so that indices are made in the middle of rebuilds."""
    seen: datetime = NOON.replace(month=1 + number // 20 % 12)
    return article(f"new{number}", f"heat {revision}", revision=revision, first_seen=seen)


class Live:
    """A log that grows, two index stages that follow it, and somebody who searches, until closed."""

    def __init__(self, data_dir: Path, maker: ElasticMaker) -> None:
        self.bus = SqliteBus(data_dir / "log.db", partitions=4, clock=SystemClock())
        self._maker = maker
        self._stop, self._calm = Stop(), threading.Event()
        self._failed: list[BaseException] = []
        self.latest: dict[str, int] = {id_of(f"old{n}"): 1 for n in range(OLD)}
        self.seen: Counter[int] = Counter()
        index = maker.make()
        index.write([old(n) for n in range(OLD)])
        index.refresh()
        self.bus.publish([record(old(n)) for n in range(OLD)])
        actions = (self._publish, self._follow, self._follow, self._search)
        self._threads = [threading.Thread(target=self._guarded, args=(action,)) for action in actions]

    def __enter__(self) -> Live:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(SECONDS)
        self.bus.close()
        assert not self._failed

    def settle(self) -> None:
        """Publish nothing more, and wait until everything is indexed."""
        self._calm.set()
        deadline = time.monotonic() + SECONDS
        while self.bus.lag(ENRICHED, group="index").records and time.monotonic() < deadline:
            self._stop.wait(0.05)

    def indexed(self) -> dict[str, int]:
        """Every article with its revision; each must be there once."""
        index = self._maker.reader()
        index.refresh()
        pages = [
            index.search(Query(limit=1_000, offset=offset, sort="newest"))
            for offset in range(0, 10_000, 1_000)
        ]
        hits = [hit for page in pages for hit in page.hits]
        assert len(hits) == len({hit.id for hit in hits}) == pages[0].total
        return {hit.id: hit.revision for hit in hits}

    def _publish(self) -> None:
        for number in itertools.count():
            if self._calm.is_set() or self._stop.wait(0.02):
                return
            batch = [new(number)] if number % 3 else [new(number), new(number // 2, revision=2)]
            self.bus.publish([record(one) for one in batch])
            for one in batch:
                self.latest[one.id] = max(one.revision, self.latest.get(one.id, 0))

    def _follow(self) -> None:
        index = ElasticIndex(self._maker.settings, backoff=AT_ONCE)
        settings = Settings(index=IndexSettings(batch_articles=20))
        run_index(self.bus, index, settings=settings, clock=SystemClock(), metrics=Metrics(), stop=self._stop)
        index.close()

    def _search(self) -> None:
        index = ElasticIndex(self._maker.settings, read_only=True)
        while not self._stop.is_set():
            self.seen[search(index, "flood", Query(limit=0)).total] += 1
        index.close()

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except BaseException as error:
            self._failed.append(error)
            self._stop.set()
            raise


@contextmanager
def running(tmp_path: Path, maker: ElasticMaker) -> Iterator[Live]:
    (tmp_path / "data").mkdir()
    with Live(tmp_path / "data", maker) as live:
        yield live


def test_a_rebuild_beside_live_stages_loses_and_doubles_nothing(tmp_path: Path, maker: ElasticMaker) -> None:
    with running(tmp_path, maker) as live:
        for _ in range(2):
            generations = ElasticGenerations(maker.settings)
            rebuild(live.bus, generations, stop=Stop())
            generations.close()
        live.settle()
        assert live.indexed() == live.latest
        assert len(live.latest) > OLD
    assert set(live.seen) == {OLD}, "a search missed an article or saw it twice"


@pytest.mark.slow
def test_a_rebuild_that_is_killed_at_any_moment(tmp_path: Path, maker: ElasticMaker) -> None:
    chance = random.Random(20_261_125)  # noqa: S311 - when to kill
    with running(tmp_path, maker) as live:
        env = environment(
            tmp_path / "data",
            INDEX__ELASTIC__URL=maker.settings.url,
            INDEX__ELASTIC__INDEX_PREFIX=maker.settings.index_prefix,
        )
        killed = 0
        for _ in range(15):
            with subprocess.Popen([WIREWATCH, "rebuild"], env=env, stdout=subprocess.DEVNULL) as process:
                try:
                    process.wait(chance.uniform(0.5, 3.0))
                except subprocess.TimeoutExpired:
                    process.kill()
                    killed += 1
            assert process.returncode in (0, -9)
        assert killed >= 4
        done = subprocess.run([WIREWATCH, "rebuild"], env=env, check=False, capture_output=True, timeout=600)
        assert done.returncode == 0, done.stderr
        live.settle()
        assert live.indexed() == live.latest
    assert set(live.seen) == {OLD}, "a search missed an article or saw it twice"
