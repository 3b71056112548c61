"""Each behaviour through the real `wirewatch ingest`, and what must hold whatever a site does."""

from __future__ import annotations

import pytest

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


def test_the_process_is_not_surprised_and_ends_well(ran: Run) -> None:
    assert ran.exit_code == 0
    assert [line for line in ran.log if line["level"] == "error"] == []
    assert [line for line in ran.log if "unexpected" in str(line.get("problem", ""))] == []
