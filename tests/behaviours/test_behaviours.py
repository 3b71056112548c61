"""Each behaviour through the real `wirewatch ingest`, and what must hold whatever a site does."""

from __future__ import annotations

import json

import pytest

from tests.app.program import wirewatch
from tests.behaviours.declared import Behaviour
from tests.behaviours.every import BEHAVIOURS
from tests.behaviours.running import Run, run


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(BEHAVIOURS, tmp_path_factory.mktemp("behaviours"))


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda each: each.name)
def test_behaviour(behaviour: Behaviour, ran: Run) -> None:
    behaviour.verify(ran.told[behaviour.name])


def test_nothing_is_published_twice(ran: Run) -> None:
    for name, told in ran.told.items():
        for feed in told.feeds:
            seen = [(article.id, article.content_hash, article.seen) for article in feed.articles]
            assert len(set(seen)) == len(seen), name


def test_the_ledger_of_each_feed_balances(ran: Run) -> None:
    for name, told in ran.told.items():
        for feed in told.feeds:
            counts = feed.listed["counts"]
            assert isinstance(counts, dict)
            assert counts["seen"] == sum(counts.values()) - counts["seen"], name
            assert counts["published"] + counts["revised"] == len(feed.articles), name
            assert counts["published"] == len({article.id for article in feed.articles}), name


def test_why_tells_what_became_of_an_article_in_each_of_its_feeds(ran: Run) -> None:
    told = ran.told["two-feeds"]
    found = json.loads(wirewatch("why", "--json", f"{told.site.url}/1", env=ran.env).stdout)
    assert found["id"] == told.article.id
    assert found["outcome"] == "seen, and waits for enrichment"
    assert {(feed["feed"], feed["outcome"], feed["is_shown"]) for feed in found["feeds"]} == {
        (feed.id, "published", True) for feed in told.feeds
    }
    assert [
        event["what"].partition(" in ")[0] for event in found["events"] if event["stage"] == "enrich"
    ] == [
        "revision 1 waits for enrichment",
        "duplicate sighting",
    ]


def test_why_tells_how_the_feeds_of_a_site_stand_that_never_showed_an_address(ran: Run) -> None:
    told = ran.told["status-404"]
    said = wirewatch("why", f"{told.site.url}/article", env=ran.env).stdout.decode()
    assert "never seen; 1 of the watched feeds" in said
    assert f"{told.feed.url}: failing; answers with status 404" in said
    said = wirewatch("why", told.feed.url, env=ran.env).stdout.decode()
    assert "no article but a feed that is watched" in said


def test_doctor_adds_the_ledgers_up(ran: Run) -> None:
    said = wirewatch("doctor", env=ran.env).stdout.decode()
    published = len(
        {(feed.id, one.id) for told in ran.told.values() for feed in told.feeds for one in feed.articles}
    )
    assert f"{published:,} published" in said


def test_the_process_is_not_surprised_and_ends_well(ran: Run) -> None:
    assert ran.exit_code == 0
    assert [line for line in ran.log if line["level"] == "error"] == []
    assert [line for line in ran.log if "unexpected" in str(line.get("problem", ""))] == []
