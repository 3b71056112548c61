from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from article.errors import BadConfiguration, Unavailable
from bus.channels import ENRICHED, FEEDS, KNOWN, RAW
from bus.protocol import Batch
from bus.sqlite import Retention, SqliteBus
from runtime.clock import SystemClock
from tests.bus.contract import BusContract, MakeBus, drain, everything, record, values


class HandClock(SystemClock):
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


class TestSqlite(BusContract):
    @pytest.fixture
    def make_bus(self, tmp_path: Path) -> Iterator[MakeBus]:
        opened: list[SqliteBus] = []

        def make() -> SqliteBus:
            opened.append(SqliteBus(tmp_path / "log.db", partitions=8, clock=SystemClock()))
            return opened[-1]

        yield make
        for bus in opened:
            bus.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "log.db"


def test_a_file_keeps_the_number_of_partitions_it_was_made_with(path: Path) -> None:
    SqliteBus(path, partitions=3, clock=SystemClock()).close()
    bus = SqliteBus(path, partitions=8, clock=SystemClock())
    assert bus.source(RAW, group="g").owned() == frozenset()
    source = bus.source(RAW, group="h")
    source.poll(0)
    assert source.owned() == {0, 1, 2}


_OPENER = """
import sys
from pathlib import Path
from bus.channels import RAW
from bus.sqlite import SqliteBus
from runtime.clock import SystemClock

for number in range(40):
    source = SqliteBus(Path(sys.argv[1]) / str(number) / "log.db", clock=SystemClock()).source(RAW, group="g")
    source.poll(0)
    source.close()
"""


def test_processes_may_open_a_new_file_at_the_same_moment(tmp_path: Path) -> None:
    openers = [
        subprocess.Popen([sys.executable, "-c", _OPENER, str(tmp_path)], stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert [opener.communicate()[1] for opener in openers] == [""] * 4


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadConfiguration, match=r"file.*WIREWATCH_DATA_DIR"):
        SqliteBus(tmp_path / "file" / "log.db", clock=SystemClock())


def test_a_file_that_is_no_log_is_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is not a database" * 100)
    with pytest.raises(BadConfiguration, match=r"log\.db: is not a usable log"):
        SqliteBus(path, clock=SystemClock())


def test_a_file_of_a_later_release_is_left_alone(path: Path) -> None:
    SqliteBus(path, clock=SystemClock()).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(BadConfiguration, match="has format 99"):
        SqliteBus(path, clock=SystemClock())


class TestRetention:
    @pytest.fixture
    def clock(self) -> HandClock:
        return HandClock()

    def bus(self, path: Path, clock: HandClock, size: int = 10**9) -> SqliteBus:
        keep = Retention(age=timedelta(days=1), size=size, known=timedelta(days=10))
        return SqliteBus(path, clock=clock, retention=keep)

    def test_old_records_that_every_group_has_read_go(self, path: Path, clock: HandClock) -> None:
        bus = self.bus(path, clock)
        bus.publish([record("k", "old")])
        drain(bus.source(RAW, group="g"), total=1)
        clock.time += timedelta(days=2)
        bus.publish([record("k", "new")])
        assert bus.trim() == 1
        assert values(everything(bus, RAW)) == ["new"]

    def test_a_record_that_one_group_has_not_read_stays(self, path: Path, clock: HandClock) -> None:
        bus = self.bus(path, clock)
        slow = bus.source(RAW, group="slow")
        bus.publish([record("k", "old")])
        drain(bus.source(RAW, group="fast"), total=1)
        clock.time += timedelta(days=2)
        assert bus.trim() == 0
        assert values(drain(slow, total=1)) == ["old"]
        assert bus.trim() == 1

    def test_the_oldest_go_first_when_there_are_too_many_bytes(self, path: Path, clock: HandClock) -> None:
        bus = self.bus(path, clock, size=1000)
        bus.publish([record(f"k{number}", f"{number:0>100}") for number in range(18)])
        drain(bus.source(RAW, group="g"), total=18)
        assert bus.trim() == 8
        assert [int(message.value or b"") for message in everything(bus, RAW)] == list(range(8, 18))

    def test_a_channel_full_of_unread_records_refuses_more(self, path: Path, clock: HandClock) -> None:
        bus = self.bus(path, clock, size=1000)
        source = bus.source(RAW, group="g")
        bus.publish([record("k", "x" * 2001)])
        assert bus.trim() == 0
        with pytest.raises(Unavailable, match=r"wirewatch\.raw: holds 2,001 bytes"):
            bus.publish([record("k", "y")])
        drain(source, total=1)
        bus.trim()
        bus.publish([record("k", "y")])
        assert values(everything(bus, RAW)) == ["y"]

    def test_rows_of_a_table_stay_and_marks_of_removed_keys_go(self, path: Path, clock: HandClock) -> None:
        bus = self.bus(path, clock)
        bus.publish([record("a", "1", FEEDS), record("b", "1", FEEDS), record("b", None, FEEDS)])
        clock.time += timedelta(days=2)
        assert bus.trim() == 1
        assert dict(bus.table(FEEDS).items()) == {"a": b"1"}

    def test_a_known_article_is_forgotten_long_after_it_was_last_seen(
        self, path: Path, clock: HandClock
    ) -> None:
        bus = self.bus(path, clock)
        bus.publish([record("a", "1", KNOWN), record("b", "1", KNOWN)])
        clock.time += timedelta(days=9)
        bus.publish([record("b", "2", KNOWN)])
        clock.time += timedelta(days=2)
        assert bus.trim() == 1
        assert dict(bus.table(KNOWN).items()) == {"b": b"2"}


_WORKER = """
import sys
from pathlib import Path
from bus.channels import ENRICHED, KNOWN, RAW
from bus.protocol import Record
from bus.sqlite import SqliteBus
from article.errors import Fenced
from runtime.clock import SystemClock

bus = SqliteBus(Path(sys.argv[1]), clock=SystemClock())
source = bus.source(RAW, group="g", max_records=20)
while True:
    batch = source.poll(0.1)
    seen = source.table(KNOWN).get([m.key for m in batch.messages])
    counts = {key: int(value) for key, value in seen.items()}
    out = []
    for m in batch.messages:
        counts[m.key] = counts.get(m.key, 0) + 1
        out.append(Record(channel=ENRICHED, key=m.key, value=m.value))
        out.append(Record(channel=KNOWN, key=m.key, value=str(counts[m.key]).encode()))
    try:
        source.commit(batch, out)
    except Fenced:
        continue
    print(len(batch.messages), flush=True)
"""


def test_processes_killed_at_any_moment_lose_and_repeat_nothing(path: Path) -> None:
    bus = SqliteBus(path, clock=SystemClock())
    total = 3000
    keys = 70
    bus.publish([record(f"k{number % keys}", str(number)) for number in range(total)])
    workers: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        workers.append(
            subprocess.Popen([sys.executable, "-c", _WORKER, str(path)], stdout=subprocess.PIPE, text=True)
        )
        return workers[-1]

    try:
        running = [start(), start()]
        for round_number in range(12):
            victim = running.pop(0)
            assert victim.stdout is not None
            victim.stdout.readline()  # it is at work; where exactly it dies is up to the machine
            os.kill(victim.pid, signal.SIGKILL)
            victim.wait()
            victim.stdout.close()
            bus.publish([record(f"k{number % keys}", f"r{round_number}-{number}") for number in range(20)])
            running.append(start())
        expected = total + 12 * 20
        survivor = running[0]
        assert survivor.stdout is not None
        while bus.lag(RAW, group="g").records:
            survivor.stdout.readline()
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
            if worker.stdout:
                worker.stdout.close()
    written = Counter(message.value for message in everything(bus, ENRICHED))
    assert set(written.values()) == {1}
    assert len(written) == expected
    assert sum(int(value) for _, value in bus.table(KNOWN).items()) == expected


def test_a_member_whose_process_was_killed_is_noticed_by_its_lock(path: Path) -> None:
    bus = SqliteBus(path, clock=SystemClock())
    holder = subprocess.Popen([sys.executable, "-c", _WORKER, str(path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    source = bus.source(RAW, group="g")
    source.poll(0)
    assert len(source.owned()) == 4
    holder.kill()
    holder.wait()
    holder.stdout.close()
    while len(source.owned()) < 8:
        source.poll(0.1)
    source.commit(Batch(), [])
    assert len(list(path.with_name("log.db.members").iterdir())) == 1
