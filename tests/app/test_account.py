"""What `why` tells, from what a run has left on the embedded bus."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.account import account_of, id_of
from article.codec import encode
from article.records import EnrichedArticle, StepFailure
from article.tables import EntryState, FeedMemory
from bus.channels import ENRICHED, FEED_MEMORY, RAW
from bus.envelope import dead_letter
from bus.protocol import Record
from bus.sqlite import SqliteBus
from index.embedded import EmbeddedIndex
from runtime.clock import SystemClock
from tests.bus.contract import everything
from tests.index.articles import NOON, article
from tests.index.articles import id_of as article_id_of

ONE = article("one", "Flood")


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[SqliteBus]:
    bus = SqliteBus(tmp_path / "log.db", clock=SystemClock())
    yield bus
    bus.close()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EmbeddedIndex]:
    index = EmbeddedIndex(tmp_path / "index")
    yield index
    index.close()


def publish(bus: SqliteBus, article: EnrichedArticle) -> None:
    bus.publish([Record(channel=ENRICHED, key=article.id, value=encode(article))])


def see(bus: SqliteBus) -> None:
    """An enriched article is a raw one, too."""
    bus.publish([Record(channel=RAW, key=ONE.id, value=encode(ONE))])


def test_an_address_and_an_id_name_the_same_article() -> None:
    assert id_of("https://news.example/one?utm_source=x") == id_of(ONE.id) == article_id_of("one")


def test_what_was_never_seen_is_said(bus: SqliteBus, index: EmbeddedIndex) -> None:
    told = account_of("unknown", bus, index)
    assert (told.outcome, told.events, told.feeds) == ("never seen in a feed that is watched", (), ())


def test_each_step_on_the_way_is_told(bus: SqliteBus, index: EmbeddedIndex) -> None:
    see(bus)
    assert account_of(ONE.id, bus, index).outcome == "seen, and waits for enrichment"
    publish(bus, ONE)
    told = account_of(ONE.id, bus, index)
    assert told.outcome == "published as revision 1, which is not in the index yet"
    index.write([ONE])
    told = account_of(ONE.id, bus, index)
    assert told.outcome == "published and searchable as revision 1"
    assert [(event.stage, event.what.partition(",")[0]) for event in told.events] == [
        ("ingest", "seen in BBC News with its page's text"),
        ("enrich", "revision 1"),
    ]


def test_a_failed_step_and_a_revision_are_told(bus: SqliteBus, index: EmbeddedIndex) -> None:
    failed = replace(
        ONE.enrichment, status="partial", failures=(StepFailure(step="topics", reason="no model"),)
    )
    later = replace(failed, finished=NOON + timedelta(hours=1))
    publish(bus, replace(ONE, enrichment=failed))
    publish(bus, replace(ONE, revision=2, enrichment=later))
    index.write([ONE])
    told = account_of(ONE.id, bus, index)
    assert told.outcome == "published as revision 2, which is not in the index yet"
    assert (told.revision, told.indexed) == (2, 1)
    assert "topics failed: no model" in told.events[0].what


def test_a_death_is_told_with_its_reason(bus: SqliteBus) -> None:
    see(bus)
    (message,) = everything(bus, RAW)
    bus.publish([dead_letter(message, stage="enrich", reason="smells", now=NOON)])
    told = account_of(ONE.id, bus, None)
    assert told.outcome == "given up; see `wirewatch dead list`"
    assert told.index_problem == "there is no index yet"
    assert "wirewatch.raw/" in told.events[1].what
    assert told.events[1].what.endswith("smells")


def test_feeds_that_still_show_it_are_named(bus: SqliteBus) -> None:
    entry = EntryState(article=ONE.id, content="c", published="p", last_shown=NOON, at=NOON)
    memories = [FeedMemory(id="bbc", entries={"e": entry}), FeedMemory(id="dw")]
    bus.publish([Record(channel=FEED_MEMORY, key=each.id, value=encode(each)) for each in memories])
    bus.publish([Record(channel=FEED_MEMORY, key="broken", value=ONE.id.encode())])
    told = account_of(ONE.id, bus, None)
    assert told.feeds == ("bbc",)
    assert told.outcome == "seen, and waits for enrichment"
