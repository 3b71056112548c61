"""The Kafka bus on a real broker: the contract of every bus, and what only this one does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from article.errors import BadConfiguration, Fenced
from bus.channels import CHANNELS, DEAD, ENRICHED, KNOWN, RAW
from bus.envelope import dead_letter, letter_of
from bus.kafka import KafkaBus, setup_kafka
from bus.protocol import Source
from runtime.clock import SystemClock
from runtime.settings import BusSettings
from stack.kafka import KafkaServer
from tests.bus.contract import (
    SECONDS,
    BusContract,
    MakeBus,
    drain,
    everything,
    first_batch,
    record,
    settle,
    values,
)
from tests.bus.kafka_channels import bus_settings, empty_channels

Logs = list[MutableMapping[str, Any]]


@pytest.fixture
def settings(kafka: KafkaServer) -> BusSettings:
    empty_channels(kafka.bootstrap)
    return bus_settings(kafka.bootstrap)


@pytest.fixture
def make_bus(settings: BusSettings, tmp_path: Path) -> Iterator[MakeBus]:
    opened: list[KafkaBus] = []

    def make() -> KafkaBus:
        opened.append(KafkaBus(settings, data_dir=tmp_path, clock=SystemClock()))
        return opened[-1]

    yield make
    for bus in opened:
        bus.close()


@pytest.fixture
def bus(make_bus: Callable[[], KafkaBus]) -> KafkaBus:
    return make_bus()


@pytest.fixture
def foreign(kafka: KafkaServer) -> Iterator[KafkaProducer]:
    """Another program's producer, without transactions."""
    with closing(
        KafkaProducer(bootstrap_servers=kafka.bootstrap, max_request_size=20_000_000, acks="all")
    ) as producer:
        yield producer


@pytest.fixture
def admin(kafka: KafkaServer) -> Iterator[KafkaAdminClient]:
    with closing(KafkaAdminClient(bootstrap_servers=kafka.bootstrap)) as admin:
        yield admin


class TestContract(BusContract):
    """With the fixtures of this module."""


def restored(logs: Logs) -> list[int]:
    """How many records each restoring of tables has read."""
    return [line["records"] for line in logs if line["event"] == "tables.restored"]


class TestTables:
    def test_a_copy_that_was_lost_is_read_from_the_channel(
        self, bus: KafkaBus, tmp_path: Path, logs: Logs
    ) -> None:
        self.fill(bus)
        (store,) = (tmp_path / "kafka").glob("*/tables.db")
        for file in store.parent.glob("tables.db*"):
            file.unlink()
        with closing(self.source(bus)) as source:
            settle(source)
            assert len(dict(source.table(KNOWN).items())) == 50
        assert restored(logs)[-1] >= 50

    def test_a_damaged_copy_is_read_from_the_channel(self, bus: KafkaBus, tmp_path: Path) -> None:
        self.fill(bus)
        (store,) = (tmp_path / "kafka").glob("*/tables.db")
        for file in store.parent.glob("tables.db-*"):
            file.unlink()
        store.write_bytes(b"this is not a database" * 1000)
        with closing(self.source(bus)) as source:
            settle(source)
            assert len(dict(source.table(KNOWN).items())) == 50

    def test_a_copy_that_is_there_is_not_read_again(self, bus: KafkaBus, logs: Logs) -> None:
        self.fill(bus)
        logs.clear()
        with closing(self.source(bus)) as source:
            settle(source)
            assert len(dict(source.table(KNOWN).items())) == 50
        assert restored(logs) == []

    def test_a_copy_of_a_channel_that_was_created_anew_is_dropped(
        self, kafka: KafkaServer, settings: BusSettings, bus: KafkaBus, tmp_path: Path
    ) -> None:
        self.fill(bus)
        bus.close()
        empty_channels(kafka.bootstrap)
        with (
            closing(KafkaBus(settings, data_dir=tmp_path, clock=SystemClock())) as again,
            closing(self.source(again)) as source,
        ):
            settle(source)
            assert dict(source.table(KNOWN).items()) == {}

    def test_a_table_that_was_not_asked_for_is_a_fault_of_ours(self, bus: KafkaBus) -> None:
        with closing(bus.source(RAW, group="g")) as source, pytest.raises(ValueError, match="known"):
            source.table(KNOWN)

    def source(self, bus: KafkaBus) -> Source:
        return bus.source(RAW, group="g", tables=(KNOWN,))

    def fill(self, bus: KafkaBus) -> None:
        """Fifty rows, written by a member of the group."""
        bus.publish([record(f"k{number}", "x") for number in range(50)])
        with closing(self.source(bus)) as source:
            done = 0
            while done < 50:
                batch = first_batch(source)
                source.commit(batch, [record(message.key, "row", KNOWN) for message in batch.messages])
                done += len(batch.messages)


class TestForeignRecords:
    def test_odd_keys_headers_and_values_come_through(self, bus: KafkaBus, foreign: KafkaProducer) -> None:
        big = b"{" + b"x" * 5_000_000
        foreign.send(RAW.name, key=None, value=b"no key", partition=0).get(10)
        foreign.send(RAW.name, key=b"\xff\xfe", value=b"not json", headers=[("odd", b"\xff")]).get(10)
        foreign.send(RAW.name, key=b"big", value=big).get(10)
        with closing(bus.source(RAW, group="g")) as source:
            batch = drain(source, total=3, commit=False)
            found = {message.key: message for message in batch}
            assert found[""].value == b"no key"
            assert found["\udcff\udcfe"].value == b"not json"
            assert found["\udcff\udcfe"].headers == (("odd", b"\xff"),)
            assert found["big"].value == big
            now = SystemClock().now()
            source.rewind()
            seen = 0
            while seen < 3:
                messages = first_batch(source)
                letters = [dead_letter(each, stage="s", reason="odd", now=now) for each in messages.messages]
                source.commit(messages, letters)
                seen += len(letters)
        dead = {message.key: message for message in everything(bus, DEAD)}
        assert {key: each.value for key, each in dead.items()} == {key: m.value for key, m in found.items()}
        original = letter_of(dead["\udcff\udcfe"]).original()
        assert original is not None
        assert (original.channel, original.key, original.value, original.headers) == (
            RAW,
            "\udcff\udcfe",
            b"not json",
            (("odd", b"\xff"),),
        )

    def test_what_was_not_committed_is_never_seen(self, bus: KafkaBus, kafka: KafkaServer) -> None:
        with closing(
            KafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id="somebody")
        ) as producer:
            producer.init_transactions()
            producer.begin_transaction()
            producer.send(RAW.name, key=b"k", value=b"aborted").get(10)
            producer.abort_transaction()
        bus.publish([record("k", "committed")])
        assert values(everything(bus, RAW)) == ["committed"]
        with closing(bus.source(RAW, group="g")) as source:
            assert values(drain(source, total=1)) == ["committed"]


class TestOffsets:
    def test_records_that_the_brokers_forgot_before_they_were_read_are_said(
        self, bus: KafkaBus, admin: KafkaAdminClient, logs: Logs
    ) -> None:
        bus.publish([record("k", str(number)) for number in range(10)])
        with closing(bus.source(RAW, group="g", max_records=2)) as source:
            batch = first_batch(source)
            source.commit(batch, ())
        place = TopicPartition(RAW.name, batch.messages[0].partition)
        admin.delete_records({place: 6})
        with closing(bus.source(RAW, group="g")) as source:
            assert values(drain(source, total=4)) == ["6", "7", "8", "9"]
        (expired,) = [line for line in logs if line["event"] == "records.expired"]
        assert (expired["log_level"], expired["records"]) == ("error", 4)
        assert "RETENTION_DAYS" in expired["remedy"]
        logs.remove(expired)

    def test_an_offset_beyond_the_end_begins_anew(
        self, bus: KafkaBus, admin: KafkaAdminClient, logs: Logs
    ) -> None:
        from kafka.structs import OffsetAndMetadata

        bus.publish([record("k", "1")])
        (message,) = everything(bus, RAW)
        place = TopicPartition(RAW.name, message.partition)
        admin.alter_group_offsets("wirewatch.raw.g", {place: OffsetAndMetadata(1_000_000, "", -1)})
        with closing(bus.source(RAW, group="g")) as source:
            assert values(drain(source, total=1)) == ["1"]
        assert [line["offset"] for line in logs if line["event"] == "offset.beyond_end"] == [1_000_000]


class TestChannels:
    def test_a_missing_channel_is_named_with_the_way_out(self, settings: BusSettings, tmp_path: Path) -> None:
        with pytest.raises(BadConfiguration, match=r"wirewatch\.raw: is not there; `wirewatch setup`"):
            KafkaBus(settings, data_dir=tmp_path, clock=SystemClock(), create=False)

    def test_setup_can_be_repeated_and_brings_settings_up_to_date(
        self, settings: BusSettings, admin: KafkaAdminClient
    ) -> None:
        made = setup_kafka(settings)
        assert made == dict.fromkeys(CHANNELS, 8)
        assert setup_kafka(settings.model_copy(update={"retention_days": 2.0})) == made
        assert config_of(admin, RAW.name)["retention.ms"] == str(2 * 86_400_000)
        assert config_of(admin, KNOWN.name)["cleanup.policy"] == "compact,delete"

    def test_a_channel_with_too_few_partitions_is_named(
        self, settings: BusSettings, admin: KafkaAdminClient, foreign: KafkaProducer, tmp_path: Path
    ) -> None:
        admin.create_topics({ENRICHED.name: {"num_partitions": 3, "replication_factor": 1}})
        admin.create_topics({RAW.name: {"num_partitions": 8, "replication_factor": 1}})
        admin.wait_for_topics([ENRICHED.name, RAW.name])
        foreign.send(ENRICHED.name, value=b"x").get(10)
        for attempt in (lambda: setup_kafka(settings), lambda: self.open(settings, tmp_path)):
            with pytest.raises(BadConfiguration, match=r"wirewatch\.enriched: has 3 partitions and .* has 8"):
                attempt()

    def test_setup_mends_a_channel_with_too_few_partitions_while_it_is_empty(
        self, settings: BusSettings, admin: KafkaAdminClient, tmp_path: Path
    ) -> None:
        admin.create_topics({ENRICHED.name: {"num_partitions": 3, "replication_factor": 1}})
        admin.create_topics({RAW.name: {"num_partitions": 8, "replication_factor": 1}})
        admin.wait_for_topics([ENRICHED.name, RAW.name])
        assert setup_kafka(settings)[ENRICHED.name] == 8
        self.open(settings, tmp_path)

    def test_more_copies_than_brokers_are_refused(self, settings: BusSettings) -> None:
        kafka = settings.kafka.model_copy(update={"replication": 3})
        with pytest.raises(BadConfiguration, match=r"cannot have 3 copies.*REPLICATION"):
            setup_kafka(settings.model_copy(update={"kafka": kafka}))

    def open(self, settings: BusSettings, tmp_path: Path) -> None:
        KafkaBus(settings, data_dir=tmp_path, clock=SystemClock()).close()


def config_of(admin: KafkaAdminClient, topic: str) -> dict[str, str]:
    from kafka.admin import ConfigResource

    found = admin.describe_configs([ConfigResource("TOPIC", topic)])
    return {name: str(entry["value"]) for name, entry in found["topic"][topic].items()}


class TestMembers:
    @pytest.fixture
    def named(self, settings: BusSettings) -> BusSettings:
        return settings.model_copy(update={"kafka": settings.kafka.model_copy(update={"instance": "one"})})

    def test_an_instance_has_one_process(self, named: BusSettings, tmp_path: Path) -> None:
        with (
            closing(KafkaBus(named, data_dir=tmp_path, clock=SystemClock())) as bus,
            closing(bus.source(RAW, group="g")),
            pytest.raises(BadConfiguration, match=r"instance one: another process.*INSTANCE"),
        ):
            bus.source(RAW, group="g")

    def test_the_same_instance_from_another_folder_stops_the_older(
        self, named: BusSettings, tmp_path: Path
    ) -> None:
        with (
            closing(KafkaBus(named, data_dir=tmp_path / "a", clock=SystemClock())) as bus,
            closing(KafkaBus(named, data_dir=tmp_path / "b", clock=SystemClock())) as twin,
            closing(bus.source(RAW, group="g")) as older,
            closing(twin.source(RAW, group="g")) as newer,
        ):
            settle(older)
            settle(newer)
            bus.publish([record("k", "1")])
            with pytest.raises(BadConfiguration, match="another process has joined under this one's name"):
                older.commit(first_batch(older), [record("k", "never", ENRICHED)])
            assert values(drain(newer, total=1)) == ["1"]
            assert everything(bus, ENRICHED) == []

    def test_members_that_look_only_now_and_then_share_at_the_first_try(
        self, make_bus: MakeBus, logs: Logs
    ) -> None:
        """The library drops an answer to joining that comes while nobody looks, and makes all join again."""
        first, second = make_bus().source(RAW, group="g"), make_bus().source(RAW, group="g")
        owned = {"first": 0, "second": 0}
        both, stop = threading.Event(), threading.Event()

        def look(name: str, source: Source) -> None:
            while not stop.wait(0.1):
                source.poll(0)
                owned[name] = len(source.owned())
                if set(owned.values()) == {4}:
                    both.set()

        threads = [threading.Thread(target=look, args=("first", first))]
        threads[0].start()
        try:
            while owned["first"] < 8 and threads[0].is_alive():
                both.wait(0.05)
            threads.append(threading.Thread(target=look, args=("second", second)))
            threads[1].start()
            assert both.wait(SECONDS)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
            first.close()
            second.close()
        assert [line["event"] for line in logs if line["event"] == "group.joining_anew"] == []
        lost = sum(len(line["partitions"]) for line in logs if line["event"] == "partitions.lost")
        assert lost == 4 + 4 + 4  # given to the other, then by each as it left


_WORKER = """
import sys
from pathlib import Path
from article.errors import Fenced, Unavailable
from bus.channels import ENRICHED, KNOWN, RAW
from bus.kafka import KafkaBus
from bus.protocol import Record
from runtime.clock import SystemClock
from runtime.logging import configure_logging
from tests.bus.kafka_channels import bus_settings

configure_logging("warning")
bus = KafkaBus(bus_settings(sys.argv[1]), data_dir=Path(sys.argv[2]), clock=SystemClock())
source = bus.source(RAW, group="g", tables=(KNOWN,), max_records=20)
failed = False
while True:
    try:
        if failed:
            source.rewind()
            failed = False
        batch = source.poll(0.2)
        seen = source.table(KNOWN).get([m.key for m in batch.messages])
        counts = {key: int(value) for key, value in seen.items()}
        out = []
        for m in batch.messages:
            counts[m.key] = counts.get(m.key, 0) + 1
            out.append(Record(channel=ENRICHED, key=m.key, value=m.value))
            out.append(Record(channel=KNOWN, key=m.key, value=str(counts[m.key]).encode()))
        if batch.messages:
            source.commit(batch, out)
            print(len(batch.messages), flush=True)
    except Fenced:
        print("fenced", flush=True)
    except Unavailable:
        failed = True
"""


# Dies between the two rounds in which it gives partitions to another member.
_CRASHER = """
import os
import sys
from pathlib import Path
from bus.channels import RAW
from bus.kafka import KafkaBus
from runtime.clock import SystemClock
from runtime.logging import configure_logging
from tests.bus.kafka_channels import bus_settings

configure_logging("warning")
bus = KafkaBus(bus_settings(sys.argv[1]), data_dir=Path(sys.argv[2]), clock=SystemClock())
source = bus.source(RAW, group="g")
while len(source.owned()) < 8:
    source.poll(0.1)
print("owns all", flush=True)
while len(source.owned()) == 8:
    source.poll(0.1)
os._exit(9)
"""


class Workers:
    """Processes that copy the raw channel and count each key in a table."""

    def __init__(self, kafka: KafkaServer, folder: Path) -> None:
        self._arguments = [kafka.bootstrap, str(folder)]
        self.running: list[subprocess.Popen[str]] = []

    def start(self, program: str = _WORKER) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", program, *self._arguments]
        self.running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        return self.running[-1]

    def line(self, worker: subprocess.Popen[str]) -> str:
        assert worker.stdout is not None
        return worker.stdout.readline().strip()

    def end(self) -> None:
        for worker in self.running:
            worker.kill()
            worker.wait()
            if worker.stdout:
                worker.stdout.close()


@pytest.fixture
def workers(kafka: KafkaServer, tmp_path: Path) -> Iterator[Workers]:
    started = Workers(kafka, tmp_path)
    yield started
    started.end()


def check_each_once(bus: KafkaBus, expected: int) -> None:
    written = Counter(message.value for message in everything(bus, ENRICHED))
    assert set(written.values()) == {1}
    assert len(written) == expected
    assert sum(int(value) for _, value in bus.table(KNOWN).items()) == expected


def wait_until_read(bus: KafkaBus) -> None:
    pause = threading.Event()
    for _ in range(600):
        if bus.lag(RAW, group="g").records == 0:
            return
        pause.wait(0.2)
    pytest.fail("the group does not come to the end")


def test_processes_killed_at_any_moment_lose_and_repeat_nothing(bus: KafkaBus, workers: Workers) -> None:
    total, keys = 2000, 70
    bus.publish([record(f"k{number % keys}", str(number)) for number in range(total)])
    running = [workers.start(), workers.start()]
    for number in range(6):
        victim = running.pop(0)
        workers.line(victim)  # it is at work; where exactly it dies is up to the machine
        os.kill(victim.pid, signal.SIGKILL)
        bus.publish([record(f"k{each % keys}", f"r{number}-{each}") for each in range(20)])
        running.append(workers.start())
    wait_until_read(bus)
    check_each_once(bus, total + 6 * 20)


@pytest.mark.slow
def test_a_process_that_stood_still_too_long_cannot_commit(bus: KafkaBus, workers: Workers) -> None:
    bus.publish([record(f"k{number}", str(number)) for number in range(400)])
    sleeper = workers.start()
    workers.line(sleeper)
    os.kill(sleeper.pid, signal.SIGSTOP)
    workers.start()
    wait_until_read(bus)
    os.kill(sleeper.pid, signal.SIGCONT)
    bus.publish([record(f"k{number}", f"late {number}") for number in range(400)])
    wait_until_read(bus)
    check_each_once(bus, 800)


@pytest.mark.slow
def test_partitions_that_a_crash_left_to_nobody_are_shared_out_again(bus: KafkaBus, workers: Workers) -> None:
    crasher = workers.start(_CRASHER)
    assert workers.line(crasher) == "owns all"
    workers.start()
    assert crasher.wait(60) == 9
    workers.start()
    bus.publish([record(f"k{number}", str(number)) for number in range(200)])
    wait_until_read(bus)
    check_each_once(bus, 200)


def test_a_commit_without_a_partition_is_refused(bus: KafkaBus) -> None:
    from bus.protocol import Batch

    with closing(bus.source(RAW, group="g")) as source, pytest.raises(Fenced):
        source.commit(Batch(), [record("k", "never", ENRICHED)])
    assert everything(bus, ENRICHED) == []
