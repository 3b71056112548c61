"""`feeds list` and `feeds check` as a person types them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from article.identity import feed_id
from article.observed import FeedFlow, FeedHints
from article.tables import FeedState
from bus.sqlite import SqliteBus
from ingest.lists.subscriptions import added, subscription
from ingest.output import state_record
from runtime.clock import SystemClock
from tests.app.program import DocumentServer, environment, json_lines, wirewatch
from tests.ingest.documents import item, page, rss

WELL, ILL = "https://well.example/rss", "https://ill.example/rss"
HOUR = timedelta(hours=1)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Two feeds, one of which fails."""
    now = datetime.now(UTC)
    well = FeedState(
        id=feed_id(WELL),
        title="Good news",
        polled=now,
        succeeded=now,
        next_poll=now + HOUR,
        interval=3600,
        status=304,
        reason="little came of late",
        hub="https://hub.example/",
        topic_url=WELL,
        hints=FeedHints(ttl=1800),
        flow=FeedFlow(pace=1.0, last_new=now, window=20, overlap=0.5),
    )
    ill = FeedState(
        id=feed_id(ILL),
        polled=now,
        failing_since=now - HOUR,
        next_poll=now + HOUR,
        failures=4,
        problem="answers with status 500",
        status=500,
    )
    bus = SqliteBus(tmp_path / "data" / "log.db", clock=SystemClock())
    bus.publish([added(subscription(url, now=now), now=now) for url in (WELL, ILL)])
    bus.publish([state_record(state, now=now) for state in (well, ill)])
    bus.close()
    return environment(tmp_path / "data")


@pytest.fixture
def server() -> Iterator[DocumentServer]:
    documents = {
        "/rss": (
            "application/rss+xml",
            rss(item(title="One"), item(title="Two", link="https://news.test/2")),
        ),
        "/page": ("text/html", page("Hello.")),
    }
    with DocumentServer(documents) as running:
        yield running


def test_each_feed_is_listed_with_its_health(env: dict[str, str]) -> None:
    text = wirewatch("feeds", "list", env=env).stdout.decode()
    assert "Good news" in text
    assert "nothing is wrong" in text
    assert "failing" in text
    assert "answers with status 500" in text


def test_those_that_are_unwell_can_be_listed_alone(env: dict[str, str]) -> None:
    (ill,) = json_lines(wirewatch("feeds", "list", "--unwell", "--json", env=env).stdout)
    assert (ill["url"], ill["health"], ill["unwell"], ill["failures"]) == (ILL, "failing", True, 4)
    wirewatch("feeds", "remove", ILL, env=env)
    assert wirewatch("feeds", "list", "--unwell", env=env).stdout == b"all 1 feeds are well\n"


def test_a_feed_is_explained(env: dict[str, str]) -> None:
    result = wirewatch("feeds", "check", WELL, env=env)
    assert result.returncode == 0
    text = result.stdout.decode()
    assert text.startswith("Good news\nhttps://well.example/rss (")
    assert "about every 60 min: little came of late" in text
    assert "30 min between polls (ttl or sy:updatePeriod)" in text
    assert "still showed 50% of the one before" in text
    assert "https://hub.example/ offers to push; it is asked where ingest.websub_url is set" in text


def test_a_feed_is_explained_to_a_program(env: dict[str, str]) -> None:
    told = json.loads(wirewatch("feeds", "check", feed_id(ILL), "--json", env=env).stdout)
    assert told["feed"]["url"] == ILL
    assert told["health"][0]["word"] == "failing"
    assert told["state"]["failures"] == 4
    assert "4 times in a row" in told["health"][0]["explanation"]
    assert told["explained"]["validators"] == "its server gives none"


def test_a_feed_that_is_not_watched_is_said(env: dict[str, str]) -> None:
    result = wirewatch("feeds", "check", "https://other.example/rss", env=env)
    assert result.returncode == 65
    assert b"is not watched" in result.stderr


def test_a_feed_is_polled_now_and_nothing_is_kept(env: dict[str, str], server: DocumentServer) -> None:
    result = wirewatch("feeds", "check", f"{server.url}/rss", "--now", "--json", env=env)
    assert result.returncode == 0
    told = json.loads(result.stdout)
    assert [article["title"] for article in told["now"]["articles"]] == ["One", "Two"]
    assert told["state"] is None
    text = wirewatch("feeds", "check", f"{server.url}/rss", "--now", env=env).stdout.decode()
    assert "status 200, 2 new entries, 0 changed ones, 2 in all" in text
    assert len(json_lines(wirewatch("feeds", "list", "--json", env=env).stdout)) == 2


@pytest.mark.parametrize(("path", "code", "said"), [("/page", 65, "HTML page"), ("/none", 69, "status 404")])
def test_what_a_poll_now_finds_wrong_is_in_the_exit_code(
    env: dict[str, str], server: DocumentServer, path: str, code: int, said: str
) -> None:
    result = wirewatch("feeds", "check", server.url + path, "--now", env=env)
    assert result.returncode == code
    assert said in result.stdout.decode()
    assert b"Traceback" not in result.stderr
