"""Findings made anew into a new generation, on every index: what is written, compared, asked, left alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.differences import Differences, Kind
from app.reenrich import Declined, NoGenerations, Reenrichment, last_revisions, reenrich
from article.codec import encode
from article.errors import Unavailable
from article.records import EnrichedArticle
from bus.channels import ENRICHED
from bus.protocol import Record
from bus.sqlite import SqliteBus
from enrich.pipeline import Enricher
from index.generations import Generation, Generations
from index.protocol import ArticleIndex, Refused, Written
from runtime.clock import SystemClock
from runtime.settings import EnrichSettings, EntitySettings
from runtime.shutdown import Stop
from tests.enrich.tagger.models import make_onnx_folder
from tests.index.articles import article, entity, id_of, search
from tests.index.makers import EmbeddedMaker, Maker


@pytest.fixture(scope="module")
def enricher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Enricher]:
    """One that knows the names in `tests.enrich.tagger.models` and no others."""
    model = make_onnx_folder(tmp_path_factory.mktemp("model") / "tiny")
    with Enricher(EnrichSettings(threads=1, entities=EntitySettings(model=str(model)))) as loaded:
        yield loaded


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedMaker]:
    """For what does not depend on the index, whose generations have tests of their own."""
    made = EmbeddedMaker(tmp_path)
    yield made
    made.clear()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[SqliteBus]:
    bus = SqliteBus(tmp_path / "bus.db", partitions=2, clock=SystemClock())
    yield bus
    bus.close()


def old(name: str, *, revision: int = 1, title: str = "Merkel in Kabul") -> EnrichedArticle:
    """As an older model left it: with a name that the present one does not know."""
    return article(name, title, revision=revision, entities=[entity("ORG", "Reuters")])


def publish(bus: SqliteBus, *articles: EnrichedArticle) -> None:
    bus.publish([Record(channel=ENRICHED, key=one.id, value=encode(one)) for one in articles])


def how(
    enricher: Enricher,
    *,
    serving: ArticleIndex | None = None,
    agrees: bool = True,
    stop: Stop | None = None,
    steps: list[int] | None = None,
) -> Reenrichment:
    return Reenrichment(
        enricher=enricher,
        clock=SystemClock(),
        stop=stop or Stop(),
        batch=2,
        serving=serving,
        approve=lambda _: agrees,
        progress=lambda done: steps.append(done) if steps is not None else None,
    )


def names(index: ArticleIndex, name: str) -> set[str]:
    found = index.get(id_of(name))
    assert found is not None
    return {one.name for one in found.entities}


def count(index: ArticleIndex) -> int:
    index.refresh()
    return index.count()


def total(found: Differences, kind: Kind) -> tuple[int, int]:
    groups = found.groups[kind].values()
    return sum(group.gained.count for group in groups), sum(group.lost.count for group in groups)


def test_the_new_index_says_what_the_present_model_finds(
    bus: SqliteBus, maker: Maker, enricher: Enricher
) -> None:
    maker.make().write([old("a"), old("b", revision=2)])
    publish(bus, old("a"), old("b"), old("b", revision=2, title="Bundestag"), old("c"))
    steps: list[int] = []
    generations, serving = maker.generations(), maker.reader()
    found = reenrich(bus, generations, how(enricher, serving=serving, steps=steps))
    reader = maker.reader()
    assert names(reader, "a") == names(reader, "c") == {"Merkel", "Kabul"}
    assert names(reader, "b") == {"Bundestag"}
    assert (found.compared, found.changed) == (3, 3)
    assert total(found, "entities") == (5, 3)
    assert steps == [2, 4]
    again = reader.get(id_of("b"))
    assert again is not None
    assert (again.revision, again.first_seen) == (2, old("b").first_seen)
    assert again.enrichment.models["entities"].startswith("tiny@")
    reader.refresh()
    assert search(reader, "reuters").total == 0


def test_the_stream_stays_as_it_is(bus: SqliteBus, embedded: EmbeddedMaker, enricher: Enricher) -> None:
    embedded.make()
    publish(bus, old("a"))
    reenrich(bus, embedded.generations(), how(enricher))
    reader = bus.reader(ENRICHED, from_start=True, until_now=True)
    assert [message.value for message in reader.poll(1.0)] == [encode(old("a"))]
    reader.close()


def test_articles_that_the_stream_has_forgotten_are_read_anew(
    bus: SqliteBus, embedded: EmbeddedMaker, enricher: Enricher
) -> None:
    embedded.make().write([old("forgotten"), old("a")])
    publish(bus, old("a"))
    found = reenrich(bus, embedded.generations(), how(enricher))
    assert found.compared == 2
    assert names(embedded.reader(), "forgotten") == {"Merkel", "Kabul"}


def test_it_is_compared_with_what_people_see_now(
    bus: SqliteBus, embedded: EmbeddedMaker, enricher: Enricher
) -> None:
    """The second time there is nothing new, though the stream has the oldest findings still."""
    embedded.make()
    publish(bus, old("a"), old("b"))
    assert reenrich(bus, embedded.generations(), how(enricher, serving=embedded.reader())).changed == 2
    generations = embedded.generations()
    found = reenrich(bus, generations, how(enricher, serving=embedded.reader()))
    assert (found.compared, found.changed) == (2, 0)


def test_who_declines_keeps_the_old_index(
    bus: SqliteBus, embedded: EmbeddedMaker, enricher: Enricher
) -> None:
    embedded.make().write([old("a")])
    publish(bus, old("a"))
    with pytest.raises(Declined):
        reenrich(bus, embedded.generations(), how(enricher, agrees=False))
    assert names(embedded.reader(), "a") == {"Reuters"}


def test_a_stop_leaves_the_old_index(bus: SqliteBus, embedded: EmbeddedMaker, enricher: Enricher) -> None:
    embedded.make().write([old("a")])
    publish(bus, *(old(f"n{number}") for number in range(6)))
    stop = Stop()
    stopping = replace(how(enricher, stop=stop), progress=lambda _: stop.set())
    with pytest.raises(Unavailable, match="was stopped"):
        reenrich(bus, embedded.generations(), stopping)
    assert count(embedded.reader()) == 1
    assert names(embedded.reader(), "a") == {"Reuters"}


def test_a_dry_run_looks_beside_whatever_runs(
    bus: SqliteBus, embedded: EmbeddedMaker, enricher: Enricher
) -> None:
    writer = embedded.make()
    writer.write([old("a")])
    publish(bus, old("a"), old("b"))
    found = reenrich(bus, NoGenerations(), how(enricher, serving=embedded.reader()))
    assert (found.compared, found.changed) == (2, 2)
    assert names(writer, "a") == {"Reuters"}
    assert count(writer) == 1


def test_what_a_live_stage_wrote_meanwhile_stays(bus: SqliteBus, maker: Maker, enricher: Enricher) -> None:
    """It is written to both generations, with its own findings, which the stream has, too."""

    class Live(_Around):
        def begin(self) -> Generation:
            generation = self.inner.begin()
            generation.write([old("a")])
            return generation

    maker.make()
    publish(bus, old("a"), old("b"))
    found = reenrich(bus, Live(maker.generations()), how(enricher))
    assert found.compared == 1
    assert names(maker.reader(), "a") == {"Reuters"}
    assert names(maker.reader(), "b") == {"Merkel", "Kabul"}


def test_an_index_that_goes_away_costs_no_second_reading(bus: SqliteBus, enricher: Enricher) -> None:
    steps: list[int] = []
    publish(bus, old("a"), old("b"))
    found = reenrich(bus, _Flaky(), how(enricher, steps=steps))
    assert steps == [2]
    assert found.compared == 2


def test_only_articles_with_several_revisions_are_remembered(bus: SqliteBus) -> None:
    publish(bus, old("a"), old("b"), old("b", revision=2), old("b", revision=3), old("c", revision=2))
    bus.publish([Record(channel=ENRICHED, key="broken", value=b"{")])
    assert last_revisions(bus, Stop()) == {id_of("b"): 3, id_of("c"): 2}


class _Around:
    def __init__(self, inner: Generations) -> None:
        self.inner = inner

    def begin(self) -> Generation:
        return self.inner.begin()

    def close(self) -> None:
        self.inner.close()


class _Flaky:
    """Away at the first write and at the first swap."""

    def __init__(self) -> None:
        self._away = {"write", "swap"}

    def begin(self) -> _Flaky:
        return self

    def write(self, articles: Sequence[EnrichedArticle]) -> Sequence[Written | Refused]:
        self._first("write")
        return [Written(id=each.id, revision=each.revision) for each in articles]

    def missing(self) -> Iterator[Sequence[EnrichedArticle]]:
        yield from ()

    def swap(self) -> None:
        self._first("swap")

    def discard(self) -> None:
        raise AssertionError("nothing is to be given up")

    def close(self) -> None:
        """Nothing is held."""

    def _first(self, what: str) -> None:
        if what in self._away:
            self._away.remove(what)
            raise Unavailable("index", "is away")
