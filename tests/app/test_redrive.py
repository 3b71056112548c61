"""Dead letters on the embedded bus: what waits, what is sent again, what stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from app.redrive import GROUP, OpenIndex, Redriven, redrive, waiting
from article.codec import encode
from article.errors import Unavailable
from bus.channels import DEAD, ENRICHED, RAW
from bus.envelope import Letter, dead_letter
from bus.protocol import Record
from bus.sqlite import SqliteBus
from index.embedded import EmbeddedIndex
from index.protocol import ArticleIndex
from runtime.clock import SystemClock
from tests.bus.contract import everything, first_batch, record, values
from tests.index.articles import article

NOW = SystemClock().now()


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[SqliteBus]:
    bus = SqliteBus(tmp_path / "log.db", clock=SystemClock())
    yield bus
    bus.close()


@pytest.fixture
def open_index(tmp_path: Path) -> OpenIndex:
    return lambda: closing(EmbeddedIndex(tmp_path / "index"))


def no_index() -> AbstractContextManager[ArticleIndex]:
    raise Unavailable("index", "is away")


def bury(bus: SqliteBus, *records: Record, stage: str = "enrich") -> None:
    """Write records and give each of them up."""
    channel = records[0].channel
    before = len(everything(bus, channel))
    bus.publish(list(records))
    messages = everything(bus, channel)[before:]
    bus.publish([dead_letter(each, stage=stage, reason="smells", now=NOW) for each in messages])


def keys(bus: SqliteBus) -> list[str]:
    return sorted(letter.message.key for letter in waiting(bus))


def everyone(_: Letter) -> bool:
    return True


def test_letters_wait_until_they_are_sent_again_once(bus: SqliteBus) -> None:
    bury(bus, record("a", "1"), record("b", "2"))
    assert keys(bus) == ["a", "b"]
    assert redrive(bus, everyone, no_index) == Redriven(sent=2, left=0, refused={})
    assert values(everything(bus, RAW)) == ["1", "1", "2", "2"]
    assert keys(bus) == []
    assert redrive(bus, everyone, no_index) == Redriven(sent=0, left=0, refused={})
    assert len(everything(bus, RAW)) == 4


def test_what_is_sent_again_is_the_record_as_it_was(bus: SqliteBus) -> None:
    bury(bus, record("a", "1"))
    redrive(bus, everyone, no_index)
    first, again = everything(bus, RAW)
    assert (again.key, again.value, again.headers) == (first.key, first.value, first.headers)


def test_letters_that_are_not_chosen_wait_on_under_their_names(bus: SqliteBus) -> None:
    bury(bus, *(record(f"k{number}", str(number)) for number in range(700)))
    places = {letter.message.key: letter.place for letter in waiting(bus)}
    done = redrive(bus, lambda letter: letter.message.key == "k500", no_index)
    assert (done.sent, done.left) == (1, 699)
    del places["k500"]
    assert {letter.message.key: letter.place for letter in waiting(bus)} == places


def test_a_letter_without_an_address_stays(bus: SqliteBus) -> None:
    bus.publish([Record(channel=DEAD, key="stray", value=b"?")])
    assert redrive(bus, everyone, no_index) == Redriven(sent=0, left=1, refused={})
    (letter,) = waiting(bus)
    assert (letter.channel, letter.stage, letter.reason, letter.place[:2]) == (None, "?", "?", "?/")


def test_an_article_goes_straight_to_the_index(bus: SqliteBus, open_index: OpenIndex) -> None:
    good, short = article("good"), article("short", embedding=[1.0])
    bury(
        bus,
        *(Record(channel=ENRICHED, key=each.id, value=encode(each)) for each in (good, short)),
        Record(channel=ENRICHED, key="broken", value=b"{"),
        stage="index",
    )
    done = redrive(bus, everyone, open_index)
    assert (done.sent, done.left, len(done.refused)) == (1, 2, 2)
    assert keys(bus) == sorted(["broken", short.id])
    assert len(everything(bus, ENRICHED)) == 3
    with open_index() as index:
        assert index.get(good.id) == good


def test_an_index_that_is_away_leaves_all_letters(bus: SqliteBus) -> None:
    good = article("good")
    bury(bus, Record(channel=ENRICHED, key=good.id, value=encode(good)), stage="index")
    with pytest.raises(Unavailable):
        redrive(bus, everyone, no_index)
    assert keys(bus) == [good.id]


def test_two_at_once_send_each_letter_once_and_both_end(bus: SqliteBus, tmp_path: Path) -> None:
    bury(bus, *(record(f"k{number}", str(number)) for number in range(300)))
    others = [SqliteBus(tmp_path / "log.db", clock=SystemClock()) for _ in range(2)]

    def half(one: SqliteBus) -> int | None:
        try:
            return redrive(one, lambda letter: letter.message.key[-1] in "02468", no_index).sent
        except Unavailable:
            return None

    with ThreadPoolExecutor(2) as threads:
        sent = list(threads.map(half, others))
    assert any(sent)
    for each in others:
        each.close()
    redrive(bus, lambda letter: letter.message.key[-1] in "02468", no_index)
    assert len(keys(bus)) == 150
    counts = Counter(message.key for message in everything(bus, RAW))
    assert {key: counts[key] for key in counts} == {
        f"k{number}": 1 + (number % 2 == 0) for number in range(300)
    }


def test_a_redrive_that_another_keeps_letters_from_says_so(bus: SqliteBus, tmp_path: Path) -> None:
    bury(bus, *(record(f"k{number}", str(number)) for number in range(300)))
    other = SqliteBus(tmp_path / "log.db", clock=SystemClock())
    with closing(other.source(DEAD, group=GROUP)) as held:
        first_batch(held)
        with pytest.raises(Unavailable, match="another redrive"):
            redrive(bus, lambda _: False, no_index)
    other.close()
    assert redrive(bus, everyone, no_index).left == 0
