"""The desks on both buses: what waits, what died, and that no change of somebody else is lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from pathlib import Path

import pytest

from app.desks.feeds import BusFeedsDesk
from app.desks.pipeline import BusPipelineDesk
from app.desks.rates import Rates
from app.redrive import waiting
from article.errors import Conflict
from bus.channels import RAW
from bus.kafka import KafkaBus
from bus.protocol import Bus
from bus.sqlite import SqliteBus
from index.embedded import EmbeddedIndex
from runtime.clock import SystemClock
from stack.kafka import KafkaServer
from tests.bus.contract import SECONDS, everything, first_batch, record, values
from tests.bus.kafka_channels import bus_settings, empty_channels
from tests.index.articles import NOON
from tests.ingest.running import SETTINGS
from tests.web.desks import bury
from web.feeds.desk import FeedChange, NewFeed
from web.pipeline.desk import Choice

MakeBus = Callable[[], Bus]
URL = "https://one.example/rss"


@pytest.fixture(params=["sqlite", "kafka"])
def make_bus(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeBus]:
    """Opens another bus on the same channels, as another process would."""
    bootstrap = ""
    if request.param == "kafka":
        server: KafkaServer = request.getfixturevalue("kafka")
        bootstrap = server.bootstrap
        empty_channels(bootstrap)
    with ExitStack() as held:

        def make() -> Bus:
            bus: Bus
            if bootstrap:
                bus = KafkaBus(bus_settings(bootstrap), data_dir=tmp_path, clock=SystemClock())
            else:
                bus = SqliteBus(tmp_path / "log.db", clock=SystemClock())
            held.callback(bus.close)
            return bus

        yield make


def feeds_desk(bus: Bus) -> BusFeedsDesk:
    return BusFeedsDesk(bus, SETTINGS, now=lambda: NOON)


def pipeline_desk(bus: Bus, index: Path) -> BusPipelineDesk:
    return BusPipelineDesk(
        bus,
        kind="a bus",
        marks=True,
        rates=Rates(),
        open_index=lambda: nullcontext(EmbeddedIndex(index)),
        now=lambda: NOON,
    )


def test_of_two_desks_that_change_a_feed_at_once_no_change_is_lost(make_bus: MakeBus) -> None:
    desks = [feeds_desk(make_bus()) for _ in range(2)]
    id = desks[0].add(NewFeed(url=URL, category="0")).id
    assert desks[1].add(NewFeed(url=URL)).outcome == "already"

    def changed(desk: BusFeedsDesk, category: str, version: str) -> bool:
        try:
            desk.change(id, FeedChange(category=category), version=version)
        except Conflict:
            return False
        return True

    for number in range(3):
        before = desks[0].feed(id).feed
        with ThreadPoolExecutor(2) as threads:
            done = list(threads.map(changed, desks, [f"{number}a", f"{number}b"], [before.version] * 2))
        after = desks[1].feed(id).feed
        written = [name for name, won in zip((f"{number}a", f"{number}b"), done, strict=True) if won]
        assert [after.category] == (written or [before.category])
    with pytest.raises(Conflict):
        desks[0].remove(id, version="of long ago")
    desks[0].remove(id, version=desks[1].feed(id).feed.version)
    assert not desks[1].feeds()
    with pytest.raises(Conflict):
        desks[1].change(id, FeedChange(paused=True), version=before.version)


def test_lag_and_letters_are_told_and_letters_sent_again(make_bus: MakeBus, tmp_path: Path) -> None:
    bus = make_bus()
    desk = pipeline_desk(bus, tmp_path / "index")
    bus.publish([record(f"k{number}", "1") for number in range(5)])
    ingest, enrich, index = desk.standing().stages
    assert (ingest.waiting, index.waiting) == (None, 0)
    assert (enrich.waiting or 0) >= 5
    source = bus.source(RAW, group="enrich")
    deadline = time.monotonic() + SECONDS
    done = 0
    while done < 5:
        assert time.monotonic() < deadline
        batch = first_batch(source)
        source.commit(batch, [])
        done += len(batch.messages)
    while desk.standing().stages[1].waiting:  # marks behind the last record are passed when all is quiet
        assert time.monotonic() < deadline
        source.poll(0.05)
    source.close()
    one, two = bury(bus, record("a", "x"), record("b", "y"))
    assert desk.standing().dead == 2
    assert {each.place for each in desk.letters().letters} == {one, two}
    assert desk.letter(two).value == b"y"
    desk.redrive(Choice(places=frozenset([one])))
    while desk.last_redrive().state == "running":
        assert time.monotonic() < deadline + SECONDS
    assert (desk.last_redrive().sent, desk.last_redrive().left) == (1, 1)
    assert [letter.place for letter in waiting(bus)] == [two]
    assert values(everything(bus, RAW)).count("x") == 2
