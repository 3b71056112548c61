from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from bus.channels import DEAD, ENRICHED, RAW
from bus.envelope import dead_letter, event
from bus.protocol import Message, Record
from bus.sqlite import SqliteBus
from bus.worker import MAX_DEAD_IN_A_ROW, Handled, TooManyDead, work
from runtime.clock import SystemClock
from runtime.metrics import Metrics
from runtime.shutdown import Stop
from tests.bus.contract import everything, record, values

CLOCK = SystemClock()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[SqliteBus]:
    made = SqliteBus(tmp_path / "log.db", clock=CLOCK)
    yield made
    made.close()


def run_until_idle(bus: SqliteBus, handle: Callable[[Sequence[Message]], Handled]) -> Metrics:
    """Work until the group has read everything: the batch that leaves nothing behind is the last."""
    stop, metrics = Stop(), Metrics()
    source = bus.source(RAW, group="g")

    def counted(messages: Sequence[Message]) -> Handled:
        handled = handle(messages)
        if bus.lag(RAW, group="g").records == len(messages):
            stop.set()
        return handled

    try:
        work(source, counted, stage="test", stop=stop, clock=CLOCK, metrics=metrics)
    finally:
        source.close()
    return metrics


def copies(messages: Sequence[Message]) -> list[Record]:
    return [Record(channel=ENRICHED, key=message.key, value=message.value) for message in messages]


def test_outputs_and_dead_letters_are_committed_with_the_batch(bus: SqliteBus) -> None:
    bus.publish([record("good", "1"), record("bad", "2")])

    def handle(messages: Sequence[Message]) -> Handled:
        return Handled(
            outputs=[Record(channel=ENRICHED, key=m.key, value=m.value) for m in messages if m.key == "good"],
            dead=[(m, "smells") for m in messages if m.key == "bad"],
        )

    metrics = run_until_idle(bus, handle)
    assert values(everything(bus, ENRICHED)) == ["1"]
    (letter,) = everything(bus, DEAD)
    assert (letter.key, letter.value) == ("bad", b"2")
    headers = dict(letter.headers)
    assert headers["dead_reason"] == b"smells"
    assert headers["dead_stage"] == b"test"
    assert headers["dead_channel"] == b"wirewatch.raw"
    assert headers["bytes"] == bytes(range(256))
    assert metrics.value("wirewatch_dead_letters_total", stage="test") == 1


def test_a_stage_that_gives_up_everything_stops_and_commits_nothing(bus: SqliteBus) -> None:
    bus.publish([record(f"k{number}", "x") for number in range(MAX_DEAD_IN_A_ROW)])
    with pytest.raises(TooManyDead, match="100 records in a row"):
        run_until_idle(bus, lambda messages: Handled(dead=[(message, "no") for message in messages]))
    assert everything(bus, DEAD) == []
    assert bus.lag(RAW, group="g").records == MAX_DEAD_IN_A_ROW


def test_dead_letters_with_good_records_between_do_not_stop_it(bus: SqliteBus) -> None:
    bus.publish([record("k", str(number)) for number in range(3 * MAX_DEAD_IN_A_ROW)])
    run_until_idle(
        bus, lambda messages: Handled(dead=[(message, "odd") for message in messages if message.offset % 2])
    )
    assert len(everything(bus, DEAD)) == 3 * MAX_DEAD_IN_A_ROW // 2


def test_a_batch_that_was_taken_over_is_left_to_the_other(bus: SqliteBus) -> None:
    bus.publish([record(f"k{number}", str(number)) for number in range(40)])
    taken: list[Message] = []

    def handle(messages: Sequence[Message]) -> Handled:
        if not taken:
            assert len(messages) == 40
            other = bus.source(RAW, group="g")
            batch = other.poll(0)
            taken.extend(batch.messages)
            other.commit(batch, copies(taken))
            other.close()
        return Handled(outputs=copies(messages))

    run_until_idle(bus, handle)
    assert taken
    assert values(everything(bus, ENRICHED)) == sorted(map(str, range(40)))


def test_a_letter_that_dies_again_has_one_set_of_reasons(bus: SqliteBus) -> None:
    now = CLOCK.now()
    bus.publish([event(RAW, "k", b"{}", kind="article.raw", event_id="1", source="ingest", now=now)])
    (message,) = everything(bus, RAW)
    bus.publish([dead_letter(message, stage="enrich", reason="first", now=now)])
    (letter,) = everything(bus, DEAD)
    again = dead_letter(letter, stage="index", reason="second", now=now)
    names = [name for name, _ in again.headers]
    assert len(names) == len(set(names))
    assert dict(again.headers)["dead_reason"] == b"second"
    assert dict(again.headers)["ce_type"] == b"wirewatch.article.raw.v1"
