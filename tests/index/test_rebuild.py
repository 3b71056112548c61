"""The index made anew from the stream: on every index, with everything that can come in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from article.codec import encode
from article.errors import BadConfiguration, Unavailable
from article.records import EnrichedArticle
from bus.channels import ENRICHED
from bus.protocol import Record
from bus.sqlite import SqliteBus
from index.protocol import ArticleIndex
from index.query import Query
from index.rebuild import Rebuilt, rebuild
from runtime.clock import SystemClock
from runtime.shutdown import Stop
from tests.index.articles import article, id_of, search
from tests.index.makers import AT_ONCE, Maker


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[SqliteBus]:
    bus = SqliteBus(tmp_path / "bus.db", partitions=4, clock=SystemClock())
    yield bus
    bus.close()


def numbered(number: int, *, revision: int = 1) -> EnrichedArticle:
    return article(f"n{number}", f"flood number{number} edition{revision}", revision=revision)


def publish(bus: SqliteBus, *articles: EnrichedArticle) -> None:
    bus.publish([Record(channel=ENRICHED, key=one.id, value=encode(one)) for one in articles])


def editions(index: ArticleIndex) -> dict[str, int]:
    index.refresh()
    page = index.search(Query(limit=10_000))
    assert page.total == len(page.hits) == len({hit.id for hit in page.hits}) == index.count()
    return {hit.id: hit.revision for hit in page.hits}


def test_the_new_index_holds_the_last_revision_of_everything_in_the_stream(
    bus: SqliteBus, maker: Maker
) -> None:
    maker.make()
    publish(bus, *(numbered(n) for n in range(1_200)))
    publish(bus, *(numbered(n, revision=2) for n in range(0, 1_200, 3)))
    steps: list[Rebuilt] = []
    done = rebuild(bus, maker.generations(), stop=Stop(), progress=steps.append)
    assert done == Rebuilt(read=1_600) == steps[-1]
    assert [step.read for step in steps] == sorted(step.read for step in steps)
    reader = maker.reader()
    assert editions(reader) == {id_of(f"n{n}"): 2 if n % 3 == 0 else 1 for n in range(1_200)}
    assert search(reader, "number3").hits[0].title == "flood number3 edition2"


def test_what_the_stream_has_forgotten_is_kept(bus: SqliteBus, maker: Maker) -> None:
    maker.make().write([numbered(n) for n in range(250)])
    publish(bus, *(numbered(n, revision=2) for n in range(200, 300)))
    done = rebuild(bus, maker.generations(), stop=Stop())
    assert done == Rebuilt(read=100, kept=200)
    assert editions(maker.reader()) == {id_of(f"n{n}"): 1 if n < 200 else 2 for n in range(300)}


def test_an_empty_stream_and_an_empty_index(bus: SqliteBus, maker: Maker) -> None:
    maker.make()
    assert rebuild(bus, maker.generations(), stop=Stop()) == Rebuilt()
    assert maker.reader().count() == 0


def test_what_no_index_takes_is_counted_and_said(
    bus: SqliteBus, maker: Maker, logs: list[dict[str, object]]
) -> None:
    maker.make()
    publish(bus, numbered(1), article("short", embedding=[1.0]), numbered(2))
    bus.publish([Record(channel=ENRICHED, key="broken", value=b"{not json")])
    assert rebuild(bus, maker.generations(), stop=Stop()) == Rebuilt(read=4, refused=2)
    refused = {line["article"] for line in logs if line["event"] == "article.refused"}
    assert refused == {id_of("short"), "broken"}
    assert maker.reader().count() == 2


def test_a_stream_of_refusals_does_not_take_the_old_index_away(bus: SqliteBus, maker: Maker) -> None:
    maker.make().write([numbered(1)])
    bus.publish([Record(channel=ENRICHED, key=f"k{n}", value=b"nonsense") for n in range(150)])
    with pytest.raises(BadConfiguration, match="in a row were refused") as caught:
        rebuild(bus, maker.generations(), stop=Stop())
    assert "old index serves on" in caught.value.remedy
    assert editions(maker.reader()) == {id_of("n1"): 1}


def test_a_rebuild_that_is_stopped_leaves_the_old_index(bus: SqliteBus, maker: Maker) -> None:
    maker.make().write([numbered(1)])
    publish(bus, *(numbered(n) for n in range(2, 1_500)))
    stop = Stop()
    with pytest.raises(Unavailable, match="was stopped"):
        rebuild(bus, maker.generations(), stop=stop, progress=lambda _: stop.set())
    assert editions(maker.reader()) == {id_of("n1"): 1}
    assert rebuild(bus, maker.generations(), stop=Stop()).read == 1_498
    assert len(editions(maker.reader())) == 1_499


def test_searches_go_on_during_a_rebuild(bus: SqliteBus, maker: Maker) -> None:
    """The old index holds what the stream holds, so that every search finds all, before and after."""
    everything = [numbered(n) for n in range(1_100)]
    maker.make().write(everything)
    publish(bus, *everything)
    generations, reader, over = maker.generations(), maker.reader(), threading.Event()
    reader.refresh()

    def look() -> set[int]:
        totals = set()
        while not over.is_set():
            totals.add(search(reader, "flood").total)
        return totals

    with ThreadPoolExecutor(2) as pool:
        looks = [pool.submit(look) for _ in range(2)]
        try:
            for _ in range(2):
                rebuild(bus, generations, stop=Stop(), backoff=AT_ONCE)
        finally:
            over.set()
        assert looks[0].result() | looks[1].result() == {1_100}
