"""The service against a real site: what feeds and pages do to it, and what it writes."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from article.errors import Fenced, Unavailable
from article.identity import content_hash
from bus.channels import FEED_MEMORY, FEED_STATE, FEEDS, RAW
from bus.protocol import Record
from bus.sqlite.bus import SqliteBus
from ingest.lists.subscriptions import added, removed, subscription
from ingest.service import run_ingest
from runtime.clock import SystemClock
from runtime.metrics import Metrics
from runtime.settings import Settings
from runtime.shutdown import Stop
from tests.ingest.documents import LONG, SENTENCE, item, page, rss
from tests.ingest.running import SETTINGS, Failing, dead, open_bus, running, subscribe
from tests.ingest.site import Answer, Site

XML = "application/rss+xml; charset=utf-8"


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[SqliteBus]:
    one = open_bus(tmp_path)
    yield one
    one.close()


def feed(*items: str, etag: str = "") -> Answer:
    return Answer(body=rss(*items), content_type=XML, etag=etag)


def full(number: int, content: str = LONG) -> str:
    """An entry that carries its whole text."""
    return item(title=f"Title {number}", link=f"https://news.test/{number}", content=content)


def test_entries_become_raw_articles(bus: SqliteBus, site: Site) -> None:
    (id,) = subscribe(bus, site.at("/feed", feed(full(1), full(2))))
    with running(bus) as service:
        one, two = service.articles(2)
        state = service.state(id, lambda state: state.polled is not None)
    assert (one.title, one.text, one.text_source) == ("Title 1", LONG.strip(), "feed")
    assert (one.feed.id, one.feed.url, one.feed.title) == (id, f"{site.url}/feed", "News of the world")
    assert (state.entries, one.id == two.id) == (2, False)
    assert service.metrics.value("wirewatch_articles_total", stage="ingest", outcome="published") == 2
    assert service.metrics.value("wirewatch_ingest_feeds", state="watched") == 1
    assert not [request for request in site.requests if request.path != "/feed"]


def test_a_summary_is_replaced_by_its_page(bus: SqliteBus, site: Site) -> None:
    site.at("/1", Answer(body=page(SENTENCE * 3, "A second paragraph follows the first one. " * 5)))
    subscribe(bus, site.at("/feed", feed(item(link=f"{site.url}/1"))))
    with running(bus) as service:
        (article,) = service.articles(1)
    assert article.text_source == "page"
    assert article.text.startswith(SENTENCE)
    assert article.title == "A title"
    assert article.summary == "A summary of what happened."
    assert article.content_hash == content_hash(
        title=article.title, text=article.text, published=article.published
    )


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        (Answer(status=500), "answers with status 500"),
        (Answer(body=b"%PDF-1.7", content_type="application/pdf"), "is a PDF document"),
        (Answer(body=page("Please log in to read this article.")), "log-in"),
        (Answer(body=page(*[SENTENCE] * 60_000)), "bytes of markup"),
        (Answer(status=302, headers={"Location": "http://localhost:1/"}), "private or reserved address"),
        (Answer(body=b"x" * 11_000_000), "larger than"),
    ],
)
def test_a_page_that_gives_nothing_is_noted(bus: SqliteBus, site: Site, answer: Answer, note: str) -> None:
    site.at("/1", answer)
    subscribe(bus, site.at("/feed", feed(item(link=f"{site.url}/1"))))
    with running(bus) as service:
        (article,) = service.articles(1)
        service.polls(2, "unchanged")
        service.articles(1)
    assert (article.text, article.text_source) == ("A summary of what happened.", "feed")
    assert note in article.notes[0]


def test_an_unchanged_feed_is_asked_for_with_its_etag(bus: SqliteBus, site: Site) -> None:
    subscribe(bus, site.at("/feed", feed(full(1), etag='"v1"')))
    with running(bus) as service:
        service.polls(3, "unchanged")
        service.articles(1)
    assert [asked.headers.get("If-None-Match") for asked in site.asked("/feed")[:3]] == [None, '"v1"', '"v1"']


def test_a_changed_entry_is_published_again(bus: SqliteBus, site: Site) -> None:
    subscribe(bus, site.at("/feed", feed(full(1), full(2))))
    with running(bus) as service:
        service.articles(2)
        site.at("/feed", feed(full(1), full(2, "Corrected: " + LONG), full(3)))
        first, second, third, fourth = service.articles(4)
    assert (third.id, third.text) == (second.id, ("Corrected: " + LONG).strip())
    assert fourth.title == "Title 3"
    assert first.id not in (third.id, fourth.id)
    assert service.metrics.value("wirewatch_articles_total", stage="ingest", outcome="revised") == 1


def test_a_text_that_changes_at_every_fetch_is_damped(bus: SqliteBus, site: Site) -> None:
    (id,) = subscribe(bus, f"{site.url}/feed")
    numbers = count()
    site.at("/feed", lambda: feed(full(1, f"{next(numbers)} readers now. {LONG}")))
    with running(bus) as service:
        service.articles(3)
        service.polls(5, "unchanged")
        assert len(service.articles(3)) == 3
        state = service.state(id, lambda state: bool(state.notes))
        assert "held back" in state.notes[0]
        site.at("/feed", feed(full(1, "At rest. " + LONG), etag='"rest"'))
        last = service.articles(4)[-1]
    assert last.text.startswith("At rest.")
    assert "changes at every fetch" in last.notes[0]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answer(status=500), "answers with status 500"),
        (Answer(status=404), "answers with status 404"),
        (Answer(hold=True), "no complete answer within 0.2 seconds"),
        (Answer(body=b"x" * 11_000_000), "is larger than"),
        (Answer(body=b"", content_type=XML), "is empty"),
        (Answer(body=b"Sorry.", content_type=XML), "is not XML"),
        (Answer(body=page(SENTENCE)), "is an HTML page, not a feed"),
        (Answer(status=301, headers={"Location": "http://localhost:1/"}), "private or reserved address"),
        (Answer(body=b"not gzip", headers={"Content-Encoding": "gzip"}), "decompressed"),
    ],
)
def test_a_feed_that_fails_says_why_and_recovers(
    bus: SqliteBus, site: Site, answer: Answer, problem: str
) -> None:
    (id,) = subscribe(bus, site.at("/feed", answer))
    with running(bus, SETTINGS.model_copy(update={"total_timeout": 0.2})) as service:
        state = service.state(id, lambda state: state.failures >= 2)
        assert problem in state.problem
        assert service.metrics.value("wirewatch_ingest_feeds", state="failing") == 1
        site.at("/feed", feed(full(1)))
        service.articles(1)
        state = service.state(id, lambda state: not state.failures)
    assert state.problem == ""


def test_what_happens_is_logged_under_stable_names(
    bus: SqliteBus, site: Site, logs: list[MutableMapping[str, Any]]
) -> None:
    site.at("/new", feed(item(link=f"{site.url}/1")))
    subscribe(bus, site.at("/old", Answer(status=301, headers={"Location": "/new"})), f"{site.url}/gone")
    with running(bus) as service:
        service.articles(1)
        service.polls(1, "unchanged")
    seen = {(line["event"], line["log_level"], line.get("feed", line.get("url"))) for line in logs}
    assert seen >= {
        ("feed.polled", "debug", f"{site.url}/old"),
        ("feed.moved", "info", f"{site.url}/old"),
        ("feed.failed", "warning", f"{site.url}/gone"),
        ("page.failed", "debug", f"{site.url}/1"),
    }


def test_odd_feeds_are_read_with_notes(bus: SqliteBus, site: Site) -> None:
    zipped = Answer(body=gzip.compress(rss(full(1))), content_type=XML, headers={"Content-Encoding": "gzip"})
    latin = Answer(body=rss(item(title="Café", link=None)).decode().encode("cp1252"), content_type=XML)
    cut = Answer(body=rss(full(2), full(3))[:-200], content_type=XML)
    bare = feed(item(title=None, link=None, date=None, summary=None, guid="only-an-id"))
    ids = subscribe(bus, site.at("/a", zipped), site.at("/b", latin), site.at("/c", cut), site.at("/d", bare))
    with running(bus) as service:
        articles = {article.feed.id: article for article in service.articles(4)}
        notes = [service.state(id, lambda state: state.polled is not None).notes for id in ids]
    assert [articles[id].title for id in ids] == ["Title 1", "Café", "Title 2", ""]
    assert articles[ids[1]].url is None
    assert articles[ids[3]].notes == ("no date", "no link", "no title", "no text")
    assert articles[ids[3]].text_source == "none"
    assert ["encoding" in notes[1][0], "breaks off" in notes[2][0], notes[0]] == [True, True, ()]


def test_a_feed_that_moved_for_good_is_polled_there(bus: SqliteBus, site: Site) -> None:
    site.at("/new", feed(full(1)))
    (id,) = subscribe(bus, site.at("/old", Answer(status=301, headers={"Location": "/new"})))
    with running(bus) as service:
        state = service.state(id, lambda state: state.url is not None)
        assert state.url == f"{site.url}/new"
        service.polls(3, "unchanged")
        service.articles(1)
    assert len(site.asked("/old")) == 1


def test_a_feed_that_is_gone_for_good_is_stopped_until_it_is_resumed(bus: SqliteBus, site: Site) -> None:
    (id,) = subscribe(bus, site.at("/feed", Answer(status=410)))
    subscribe(bus, site.at("/other", feed(full(1), etag='"1"')))
    with running(bus) as service:
        state = service.state(id, lambda state: bool(state.stopped))
        service.polls(3, "unchanged")
        assert service.metrics.value("wirewatch_ingest_feeds", state="stopped") == 1
        assert len(site.asked("/feed")) == 1
        site.at("/feed", feed(full(2)))
        now = datetime.now(UTC)
        bus.publish([added(replace(subscription(f"{site.url}/feed", now=now), resumed=now), now=now)])
        service.articles(2)
        after = service.state(id, lambda state: not state.stopped)
    assert (state.next_poll, after.failures) == (None, 0)


def test_a_server_that_always_says_not_modified_is_found_out(bus: SqliteBus, site: Site) -> None:
    numbers = count()

    def stuck() -> Answer:
        return feed(*(full(number) for number in range(next(numbers) // 4 + 1)), etag='"stuck"')

    (id,) = subscribe(bus, site.at("/feed", stuck))
    with running(bus, SETTINGS.model_copy(update={"doubt_after": 0.2})) as service:
        state = service.state(id, lambda state: state.trust.lies > 0)
        service.until(
            lambda: (
                service.metrics.value("wirewatch_articles_total", stage="ingest", outcome="published") > 5
            ),
            "more",
        )
    assert state.trust.distrusted_until


def test_one_article_in_two_feeds_is_one_id(bus: SqliteBus, site: Site) -> None:
    subscribe(bus, site.at("/a", feed(full(1))), site.at("/b", feed(full(1))))
    with running(bus) as service:
        one, two = service.articles(2)
    assert one.id == two.id
    assert one.feed.id != two.feed.id


def test_many_pages_are_published_as_they_come(bus: SqliteBus, site: Site) -> None:
    numbers = range(80)
    for number in numbers:
        site.at(f"/{number}", Answer(body=page(f"Number {number}. {SENTENCE * 4}")))
    items = [item(title=f"Title {number}", link=f"{site.url}/{number}") for number in numbers]
    (id,) = subscribe(bus, site.at("/feed", feed(*items, etag='"1"')))
    with running(bus) as service:
        articles = service.articles(80)
        state = service.state(id, lambda state: state.etag is not None)
    assert {article.text.split(".")[0] for article in articles} == {f"Number {number}" for number in numbers}
    assert state.entries == 80


def test_a_crash_before_the_commit_repeats_the_fetch_and_loses_nothing(bus: SqliteBus, site: Site) -> None:
    (id,) = subscribe(bus, site.at("/feed", feed(full(1), full(2), etag='"1"')))
    with pytest.raises(MemoryError):
        run_ingest(
            Failing(bus, MemoryError()),
            settings=Settings(ingest=SETTINGS),
            clock=SystemClock(),
            metrics=Metrics(),
            stop=Stop(),
        )
    assert bus.count(RAW) == 0
    assert id not in bus.table(FEED_STATE).get([id])
    with running(bus) as service:
        service.polls(2, "unchanged")
        assert {article.title for article in service.articles(2)} == {"Title 1", "Title 2"}


@pytest.mark.parametrize("error", [Fenced("wirewatch.feeds/1", "taken over"), Unavailable("bus", "is full")])
def test_a_commit_that_the_bus_refuses_is_made_good(bus: SqliteBus, site: Site, error: Exception) -> None:
    subscribe(bus, site.at("/feed", feed(full(1), full(2))))
    with running(Failing(bus, error)) as service:
        service.polls(2, "unchanged")
        service.articles(2)


def test_feeds_come_and_go_while_it_runs(bus: SqliteBus, site: Site) -> None:
    one, two = site.at("/one", feed(full(1))), site.at("/two", feed(full(2)))
    (first,) = subscribe(bus, one)
    with running(bus) as service:
        service.articles(1)
        subscribe(bus, two)
        service.articles(2)
        bus.publish([removed(first)])
        service.until(
            lambda: first not in bus.table(FEED_STATE).get([first]), "the feed's state is forgotten"
        )
        assert first not in bus.table(FEED_MEMORY).get([first])
        before = len(site.asked("/one"))
        service.polls(3, "unchanged")
        assert len(site.asked("/one")) <= before + 1
    assert service.metrics.value("wirewatch_ingest_feeds", state="watched") == 1


def test_a_subscription_that_cannot_be_read_is_a_dead_letter(bus: SqliteBus, site: Site) -> None:
    bus.publish([Record(channel=FEEDS, key="bad", value=b"not json")])
    subscribe(bus, site.at("/feed", feed(full(1))))
    with running(bus) as service:
        service.articles(1)
    (letter,) = dead(bus)
    assert (letter.key, letter.value) == ("bad", b"not json")
    assert service.metrics.value("wirewatch_dead_letters_total", stage="ingest") == 1


def test_polling_pauses_while_enrichment_is_behind(bus: SqliteBus, site: Site) -> None:
    reader = bus.source(RAW, group="enrich")
    subscribe(bus, site.at("/one", feed(full(1), full(2))))
    with running(bus, SETTINGS.model_copy(update={"max_backlog": 1})) as service:
        service.articles(2)
        subscribe(bus, site.at("/two", feed(full(3))))
        service.until(
            lambda: service.metrics.value("wirewatch_ingest_feeds", state="watched") == 2, "watched"
        )
        service.until(lambda: service.metrics.value("wirewatch_ingest_feeds", state="due") == 2, "both due")
        reader.commit(reader.poll(1), ())
        service.articles(3)
    reader.close()


def test_a_stop_does_not_wait_for_a_server_that_says_nothing(bus: SqliteBus, site: Site) -> None:
    ids = subscribe(bus, site.at("/feed", Answer(hold=True)), site.at("/other", feed(full(1))))
    slow = SETTINGS.model_copy(update={"total_timeout": 600})
    with running(bus, slow) as service:
        service.articles(1)
        service.until(site.held.is_set, "the server holds the connection")
    assert ids[0] not in bus.table(FEED_STATE).get(ids)


def test_two_services_share_the_feeds(tmp_path: Path, bus: SqliteBus, site: Site) -> None:
    other = open_bus(tmp_path)
    urls = [site.at(f"/{number}", feed(full(number), etag='"1"')) for number in range(20)]
    with running(bus) as one, running(other) as two:
        subscribe(bus, *urls)
        one.until(
            lambda: (
                one.metrics.value("wirewatch_ingest_feeds", state="watched")
                + two.metrics.value("wirewatch_ingest_feeds", state="watched")
                == 20
            ),
            "each feed has one owner",
        )
        one.polls(3, "unchanged")
        titles = {article.title for article in one.articles(20)}
    assert titles == {f"Title {number}" for number in range(20)}
    other.close()
