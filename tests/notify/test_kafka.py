"""The same on a real broker: what matches is delivered, and what fails waits over a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bus.channels import DELIVERIES
from bus.kafka import KafkaBus
from runtime.clock import SystemClock
from stack.kafka import KafkaServer
from tests.bus.kafka_channels import bus_settings, empty_channels
from tests.index.articles import article
from tests.notify.receiver import (
    Receiver,
    enriched,
    hook_of,
    hooked,
    ok,
    running,
    wait_for,
    waiting_rows,
)


@pytest.fixture
def bus(kafka: KafkaServer, tmp_path: Path) -> Iterator[KafkaBus]:
    empty_channels(kafka.bootstrap)
    opened = KafkaBus(bus_settings(kafka.bootstrap), data_dir=tmp_path, clock=SystemClock())
    yield opened
    opened.close()


def test_what_waits_outlives_the_process_and_410_is_remembered(bus: KafkaBus) -> None:
    with Receiver(lambda _: (503, {"Retry-After": "0"})) as receiver, Receiver(lambda _: (410, {})) as gone:
        hooked(bus, "flood", receiver.url)
        unwanted, _ = hooked(bus, "flood", gone.url)
        with running(bus):
            bus.publish(enriched(article("a", "Flood in Kerala"), article("b", "Rates stay")))
            wait_for(
                lambda: receiver.heard and len(waiting_rows(bus)) == 1 and hook_of(bus, unwanted).stopped
            )
        receiver.answer = ok
        receiver.heard.clear()
        with running(bus):
            wait_for(lambda: receiver.heard and not waiting_rows(bus))
            wait_for(lambda: bus.lag(DELIVERIES, group="deliver").records == 0)
        assert receiver.titles() == ["Flood in Kerala"]
        assert len(gone.heard) == 1
