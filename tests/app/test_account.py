"""What `why` tells, from what a run has left on the embedded bus."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.account import account_of, expected_from, id_of
from app.look_through import look_through
from article.codec import encode
from article.records import EnrichedArticle, FeedRef, StepFailure
from article.tables import EntryState, FeedMemory, FeedState, Known
from bus.channels import ENRICHED, FEED_MEMORY, FEED_STATE, KNOWN, RAW
from bus.envelope import dead_letter
from bus.protocol import Record
from bus.sqlite import SqliteBus
from index.embedded import EmbeddedIndex
from ingest.lists.subscriptions import added, subscription
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


def entry(
    *,
    content: str = "c",
    at: datetime = NOON,
    first_shown: datetime = NOON,
    revisions: int = 0,
    dead: str = "",
) -> EntryState:
    return EntryState(
        article=ONE.id,
        content=content,
        published="c",
        first_shown=first_shown,
        last_shown=NOON,
        at=at,
        revisions=revisions,
        dead=dead,
    )


def remember(bus: SqliteBus, feed: str, entry: EntryState, state: FeedState | None = None) -> None:
    memory = FeedMemory(id=feed, entries={"e": entry})
    bus.publish([Record(channel=FEED_MEMORY, key=feed, value=encode(memory))])
    if state:
        bus.publish([Record(channel=FEED_STATE, key=feed, value=encode(state))])


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


def test_feeds_that_remember_it_are_named(bus: SqliteBus) -> None:
    remember(bus, "bbc", entry(), FeedState(id="bbc"))
    bus.publish([Record(channel=FEED_MEMORY, key="dw", value=encode(FeedMemory(id="dw")))])
    bus.publish([Record(channel=FEED_MEMORY, key="broken", value=ONE.id.encode())])
    told = account_of(ONE.id, bus, None)
    assert [sighting.feed for sighting in told.feeds] == ["bbc"]
    assert told.outcome == "shown by a feed; nothing else is known of it any more"


def test_each_feed_tells_when_it_showed_it_and_what_became_of_it(bus: SqliteBus) -> None:
    later = NOON + timedelta(hours=1)
    feed = subscription("https://me:secret@bbc.example/feed", now=NOON, title="BBC")
    bus.publish([added(feed, now=NOON)])
    remember(
        bus, feed.id, entry(revisions=2, at=later), FeedState(id=feed.id, document_at=NOON, succeeded=later)
    )
    late = FeedState(id="late", document_at=later)
    remember(bus, "late", entry(content="other", first_shown=later), late)
    remember(bus, "quiet", entry(first_shown=later, dead="says nothing"))
    told = account_of(ONE.id, bus, None).feeds
    assert [(one.outcome, one.is_shown, one.last_shown) for one in told] == [
        ("revised", True, later),
        ("held back", False, NOON),
        ("dead", False, NOON),
    ]
    assert (told[0].url, told[0].title, told[0].revisions, told[0].published) == (
        "https://bbc.example/feed",
        "BBC",
        2,
        later,
    )


def test_each_sighting_without_a_revision_says_why(bus: SqliteBus, index: EmbeddedIndex) -> None:
    dw = FeedRef(id="dw", url="https://dw.example/feed", title="DW")
    sightings = [
        ONE,
        replace(ONE, seen=NOON + timedelta(minutes=1)),
        replace(ONE, feed=dw, seen=NOON + timedelta(minutes=2)),
        replace(ONE, feed=dw, seen=NOON + timedelta(minutes=3), content_hash="other", text=""),
        replace(ONE, seen=NOON + timedelta(minutes=4), content_hash="new", text=ONE.text * 2),
    ]
    bus.publish([Record(channel=RAW, key=ONE.id, value=encode(each)) for each in sightings])
    publish(bus, replace(ONE, seen=ONE.seen))
    told = [event.what for event in account_of(ONE.id, bus, index).events if event.stage == "enrich"]
    assert told[0].startswith("revision 1, complete")
    assert told[1:] == [
        "unchanged: nothing new from BBC News",
        "duplicate sighting in DW: the version that is known stands",
        "duplicate sighting in DW: the version that is known stands",
        "revision 2 waits for enrichment",
    ]


def test_what_has_left_the_stream_is_told_from_the_tables(bus: SqliteBus, index: EmbeddedIndex) -> None:
    known = Known(revision=3, content_hash="c", first_seen=NOON, last_seen=NOON, feed="bbc")
    bus.publish([Record(channel=KNOWN, key=ONE.id, value=encode(known))])
    told = account_of(ONE.id, bus, index)
    assert told.outcome == "published as revision 3; the stream does not keep it any more"
    assert (told.events[0].time, "3 so far" in told.events[0].what) == (NOON, True)
    late = replace(ONE, seen=NOON + timedelta(days=60), content_hash="again")
    bus.publish([Record(channel=RAW, key=ONE.id, value=encode(late))])
    index.write([replace(ONE, revision=3)])
    told = account_of(ONE.id, bus, index)
    assert told.outcome == "published and searchable as revision 3"
    assert told.events[-1].what == "made no revision: nothing new, or not better than what was known"


def test_an_address_that_was_never_seen_leads_to_the_feeds_of_its_site(bus: SqliteBus) -> None:
    urls = ["https://feeds.news.example/world", "https://www.news.example/rss", "https://other.example/rss"]
    feeds = [(subscription(url, now=NOON), None) for url in urls]
    unknown = account_of("unknown", bus, None)
    told = expected_from(unknown, "https://news.example/article", feeds)
    assert [feed.url for feed, _ in told.watched] == urls[:2]
    assert told.outcome == "never seen; 2 of the watched feeds are of news.example"
    told = expected_from(unknown, "http://news.example/rss/", feeds)
    assert [feed.url for feed, _ in told.watched] == urls[1:2]
    assert told.outcome == "no article but a feed that is watched"
    assert expected_from(unknown, "https://nowhere.example/", feeds) == unknown
    assert expected_from(unknown, "urn:no-address", feeds) == unknown


def test_the_stream_is_looked_through_for_other_names(bus: SqliteBus) -> None:
    named = replace(ONE, canonical_url="https://news.example/canonical", entry_id="urn:guid:1")
    bus.publish([Record(channel=RAW, key="bad", value=b"urn:guid:1")])
    bus.publish([Record(channel=RAW, key=ONE.id, value=encode(named))])
    assert look_through(bus, "https://NEWS.example/canonical?utm_source=x") == ONE.id
    assert look_through(bus, "urn:guid:1") == ONE.id
    assert look_through(bus, "urn:guid") is None
