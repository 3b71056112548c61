from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from article.codec import decode, encode
from article.identity import content_hash
from article.records import EnrichedArticle, FeedRef, RawArticle
from article.tables import Known
from bus.channels import DEAD, ENRICHED, KNOWN, RAW
from bus.protocol import Message, Record
from bus.sqlite import SqliteBus
from enrich.encoder import Stopped
from enrich.pipeline import Enricher
from enrich.service import BatchHandler, run_enrich
from runtime.clock import SystemClock
from runtime.metrics import Metrics
from runtime.settings import Settings
from runtime.shutdown import Stop
from tests.enrich.texts import FLOOD, GERMAN, SUMMIT

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


class FixedClock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


class DictTable:
    """The table as committed records leave it."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}

    def get(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        return {key: self.values[key] for key in keys if key in self.values}

    def items(self) -> Iterator[tuple[str, bytes]]:
        return iter(self.values.items())

    def commit(self, outputs: Sequence[Record]) -> None:
        for record in outputs:
            if record.channel is KNOWN and record.value is not None:
                self.values[record.key] = record.value


class Stage:
    """A handler with what it reads and writes."""

    def __init__(self, enricher: Enricher) -> None:
        self.table = DictTable()
        self.metrics = Metrics()
        self.stop = Stop()
        self.handle = BatchHandler(
            enricher=enricher, known=self.table, clock=FixedClock(), metrics=self.metrics, stop=self.stop
        )

    def take(self, *articles: RawArticle) -> list[EnrichedArticle]:
        """What a committed batch of the articles led to."""
        handled = self.handle([message(article) for article in articles])
        assert not handled.dead
        self.table.commit(handled.outputs)
        return enriched(handled.outputs)

    def count(self, outcome: str) -> float:
        return self.metrics.value("wirewatch_articles_total", stage="enrich", outcome=outcome)


@pytest.fixture
def stage(enricher: Enricher) -> Stage:
    return Stage(enricher)


def raw(text: str = SUMMIT.text, *, article: str = "summit", feed: str = "a", minutes: int = 0) -> RawArticle:
    return RawArticle(
        id=article,
        content_hash=content_hash(title=SUMMIT.title, text=text, published=None),
        feed=FeedRef(id=feed, url=f"https://{feed}.example/feed", title="A feed"),
        seen=NOW + timedelta(minutes=minutes),
        url="https://a.example/1",
        title=SUMMIT.title,
        summary="A summary",
        text=text,
        text_source="feed",
        authors=("Somebody",),
        categories=("World",),
        notes=("page skipped",),
    )


def message(article: RawArticle, key: str | None = None) -> Message:
    return raw_message(key or article.id, encode(article))


def raw_message(key: str, value: bytes | None, offset: int = 0) -> Message:
    return Message(channel=RAW, partition=0, offset=offset, key=key, value=value, headers=(), time=NOW)


def enriched(outputs: Sequence[Record]) -> list[EnrichedArticle]:
    return [decode(EnrichedArticle, record.value or b"") for record in outputs if record.channel is ENRICHED]


def test_a_new_article_comes_out_whole_with_what_was_found(stage: Stage) -> None:
    article = raw()
    (result,) = stage.take(article)
    assert replace(article) == RawArticle(
        **{name: getattr(result, name) for name in RawArticle.__dataclass_fields__}
    )
    assert (result.revision, result.first_seen, result.lang) == (1, article.seen, "en")
    assert result.enrichment.status == "complete"
    assert result.enrichment.finished == NOW
    assert "Olaf Scholz" in {entity.name for entity in result.entities}
    assert stage.count("new") == 1


def test_the_record_says_of_itself_what_it_is(stage: Stage) -> None:
    first, second = stage.handle([message(raw())]).outputs
    assert (first.channel, first.key, second.channel, second.key) == (ENRICHED, "summit", KNOWN, "summit")
    headers = dict(first.headers)
    assert headers["ce_id"] == b"summit-1"
    assert headers["ce_type"] == b"wirewatch.article.enriched.v1"
    assert headers["ce_source"] == b"/wirewatch/enrich"
    assert decode(Known, second.value or b"").revision == 1


def test_the_same_article_again_leads_to_nothing(stage: Stage) -> None:
    stage.take(raw())
    assert stage.handle([message(raw(minutes=5)), message(raw(feed="b", minutes=6))]).outputs == []
    assert (stage.count("unchanged"), stage.count("sighting")) == (1, 1)


def test_changed_content_is_a_revision_with_the_first_date(stage: Stage) -> None:
    stage.take(raw())
    (result,) = stage.take(raw(FLOOD.text, minutes=5))
    assert (result.revision, result.first_seen) == (2, NOW)
    assert "Peshawar" in {entity.name for entity in result.entities}
    assert stage.count("revised") == 1


def test_two_revisions_of_one_article_in_one_batch_come_out_in_order(stage: Stage) -> None:
    results = stage.take(raw(), raw(article="other"), raw(FLOOD.text, minutes=5), raw(FLOOD.text, minutes=6))
    assert [(result.id, result.revision) for result in results] == [
        ("summit", 1),
        ("other", 1),
        ("summit", 2),
    ]
    assert decode(Known, stage.table.values["summit"]).revision == 2


def test_a_batch_again_after_a_crash_before_the_commit_gives_the_same(stage: Stage) -> None:
    batch = [message(raw()), message(raw(FLOOD.text, minutes=5))]
    assert stage.handle(batch).outputs == stage.handle(batch).outputs


def test_a_batch_again_after_the_commit_gives_nothing(stage: Stage) -> None:
    batch = raw(), raw(FLOOD.text, minutes=5)
    assert len(stage.take(*batch)) == 2
    assert stage.take(*batch) == []


def test_another_language_goes_on_with_its_failures(stage: Stage) -> None:
    (result,) = stage.take(replace(raw(GERMAN.text), title=GERMAN.title))
    assert result.lang == "de"
    assert result.enrichment.status == "failed"
    assert result.text == GERMAN.text


def test_what_is_no_raw_article_is_given_up_and_the_rest_goes_on(stage: Stage) -> None:
    batch = [
        raw_message("gone", None, 1),
        raw_message("empty", b"", 2),
        raw_message("broken", b'{"id": 5}', 3),
        message(raw(), key="elsewhere"),
        message(raw()),
    ]
    handled = stage.handle(batch)
    reasons = {dead.key: reason for dead, reason in handled.dead}
    assert list(reasons) == ["gone", "empty", "broken", "elsewhere"]
    assert "has no value" in reasons["gone"]
    assert "cannot be decoded" in reasons["broken"]
    assert "summit" in reasons["elsewhere"]
    assert [article.id for article in enriched(handled.outputs)] == ["summit"]


def test_an_article_whose_table_entry_is_broken_is_given_up_alone(stage: Stage) -> None:
    stage.table.values["summit"] = b"broken"
    handled = stage.handle([message(raw()), message(raw(article="other"))])
    assert [dead.key for dead, _ in handled.dead] == ["summit"]
    assert [article.id for article in enriched(handled.outputs)] == ["other"]


def test_a_stop_gives_the_batch_up(stage: Stage) -> None:
    stage.stop.set()
    with pytest.raises(Stopped):
        stage.handle([message(raw())])


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[SqliteBus]:
    made = SqliteBus(tmp_path / "log.db", clock=SystemClock())
    yield made
    made.close()


def run_while(bus: SqliteBus, going_on: Callable[[Metrics], bool]) -> None:
    """The service, stopped as soon as a look at it finds that it has gone far enough."""
    stop, metrics = Stop(), Metrics()
    reader = bus.reader(ENRICHED, from_start=True)

    def watch() -> None:
        while going_on(metrics) and not stop.is_set():
            reader.poll(0.1)
        stop.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        run_enrich(bus, settings=Settings(), clock=SystemClock(), metrics=metrics, stop=stop)
    finally:
        stop.set()
        watcher.join()
        reader.close()


def raw_record(article: RawArticle) -> Record:
    return Record(channel=RAW, key=article.id, value=encode(article))


def test_the_service_reads_the_bus_until_it_is_stopped(bus: SqliteBus) -> None:
    bus.publish(
        [
            raw_record(raw()),
            Record(channel=RAW, key="bad", value=b"{"),
            raw_record(raw(FLOOD.text, minutes=5)),
        ]
    )
    run_while(bus, lambda _: bus.lag(RAW, group="enrich").records > 0)
    assert bus.count(ENRICHED) == 2
    assert bus.count(DEAD) == 1
    assert decode(Known, bus.table(KNOWN).get(["summit"])["summit"]).revision == 2


def test_a_stop_in_mid_batch_leaves_the_batch_to_the_next_start(bus: SqliteBus) -> None:
    articles = [raw(FLOOD.text * 10, article=f"article-{number}") for number in range(30)]
    bus.publish([raw_record(article) for article in articles])
    outcome = {"stage": "enrich", "outcome": "new"}
    run_while(bus, lambda metrics: not metrics.value("wirewatch_articles_total", **outcome))
    assert bus.lag(RAW, group="enrich").records == len(articles)
    assert bus.count(ENRICHED) == 0
    run_while(bus, lambda _: bus.lag(RAW, group="enrich").records > 0)
    assert bus.count(ENRICHED) == len(articles)
