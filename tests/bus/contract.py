"""What every bus must do. A test module for one implementation provides the `make_bus` fixture:
a function that opens another bus on the same channels, as another process would."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import pytest

from article.errors import Conflict, Fenced
from bus.channels import ENRICHED, FEED_STATE, FEEDS, KNOWN, RAW, Channel
from bus.partition import partition_of
from bus.protocol import Batch, Bus, Message, Record, Source

MakeBus = Callable[[], Bus]
SECONDS = 60.0  # until a test gives up waiting for what must come
PARTITIONS = 8


def record(key: str, value: str | None, channel: Channel = RAW) -> Record:
    return Record(
        channel=channel,
        key=key,
        value=None if value is None else value.encode(),
        headers=(("ce_id", b"1"), ("bytes", bytes(range(256)))),
    )


def drain(*sources: Source, total: int, commit: bool = True) -> list[Message]:
    """Poll the sources until `total` messages have come, and see that there are no more."""
    messages: list[Message] = []
    deadline = time.monotonic() + SECONDS
    while len(messages) < total:
        if time.monotonic() > deadline:
            pytest.fail(f"{len(messages)} of {total} messages came")
        messages += look(*sources, commit=commit)
    messages += look(*sources, commit=commit)
    assert len(messages) == total
    return messages


def take(source: Source, *, commit: bool = True) -> list[Message]:
    """One batch, empty maybe. One that is fenced, between two rounds of sharing out, comes again."""
    batch = source.poll(0.05)
    if commit and batch.messages:
        try:
            source.commit(batch, ())
        except Fenced:
            return []
    return list(batch.messages)


def look(*sources: Source, commit: bool) -> list[Message]:
    """One batch of each source, all at once, as processes of their own would look.

    In turn they would keep each other waiting: a group is shared out while all of its members look.
    """
    with ThreadPoolExecutor(len(sources)) as threads:
        batches = threads.map(lambda source: take(source, commit=commit), sources)
        return [message for batch in batches for message in batch]


def first_batch(source: Source) -> Batch:
    """The first that is not empty: a member may take a while to join its group."""
    deadline = time.monotonic() + SECONDS
    while not (batch := source.poll(0.05)).messages:
        if time.monotonic() > deadline:
            pytest.fail("no message came")
    return batch


def settle(*sources: Source) -> list[Message]:
    """Poll until each has its share and every partition is owned once; what came meanwhile, not committed."""

    def settled() -> bool:
        owned = [source.owned() for source in sources]
        return all(owned) and sorted(part for share in owned for part in share) == list(range(PARTITIONS))

    messages: list[Message] = []
    deadline = time.monotonic() + SECONDS
    while not settled():
        if time.monotonic() > deadline:
            pytest.fail("the partitions were not shared out")
        messages += look(*sources, commit=False)
    return messages


def everything(bus: Bus, channel: Channel) -> list[Message]:
    """All records that are kept, as one who reads committed ones alone sees them."""
    reader = bus.reader(channel, from_start=True)
    messages: list[Message] = []
    while found := reader.poll(0):
        messages.extend(found)
    reader.close()
    return messages


def values(messages: Sequence[Message]) -> list[str]:
    return sorted((message.value or b"").decode() for message in messages)


def split_keys(one: Source, count: int = 200) -> tuple[list[str], list[str]]:
    """Keys in partitions that `one` owns, and keys in the others."""
    mine: list[str] = []
    others: list[str] = []
    for number in range(count):
        key = f"k{number}"
        (mine if partition_of(key, PARTITIONS) in one.owned() else others).append(key)
    return mine, others


class BusContract:
    @pytest.fixture
    def bus(self, make_bus: MakeBus) -> Bus:
        return make_bus()

    @pytest.fixture
    def source(self, bus: Bus) -> Iterator[Source]:
        """The only member of its group on the raw channel."""
        source = bus.source(RAW, group="g", tables=(KNOWN,))
        yield source
        source.close()

    def test_a_record_comes_out_as_it_went_in(self, bus: Bus, source: Source) -> None:
        sent = record("key ü", "value")
        bus.publish([sent])
        (message,) = drain(source, total=1)
        assert (message.channel, message.key, message.value, message.headers) == (
            sent.channel,
            sent.key,
            sent.value,
            sent.headers,
        )
        assert message.partition == partition_of("key ü", PARTITIONS)

    def test_records_of_one_key_keep_their_order(self, bus: Bus) -> None:
        bus.publish([record(f"k{number % 5}", str(number)) for number in range(100)])
        by_key: dict[str, list[int]] = {}
        with closing(bus.source(RAW, group="g", max_records=7)) as source:
            for message in drain(source, total=100):
                by_key.setdefault(message.key, []).append(int(message.value or b""))
        assert len(by_key) == 5
        assert all(found == sorted(found) and len(found) == 20 for found in by_key.values())

    def test_a_batch_keeps_to_the_limit_of_records(self, bus: Bus) -> None:
        bus.publish([record(f"k{number}", "v") for number in range(50)])
        with closing(bus.source(RAW, group="g", max_records=10)) as source:
            seen = 0
            while seen < 50:
                batch = first_batch(source)
                assert len(batch.messages) <= 10
                seen += len(batch.messages)

    def test_a_batch_keeps_to_the_limit_of_bytes_and_a_larger_record_comes_alone(self, bus: Bus) -> None:
        bus.publish(
            [record(f"k{number}", str(number) * size) for number, size in enumerate([10, 5000, 10, 10])]
        )
        with closing(bus.source(RAW, group="g", max_bytes=100)) as source:
            seen: list[Message] = []
            while len(seen) < 4:
                batch = first_batch(source)
                assert len(batch.messages) == 1 or sum(len(m.value or b"") for m in batch.messages) <= 100
                seen.extend(batch.messages)

    def test_every_partition_is_read_even_when_one_is_never_empty(self, bus: Bus) -> None:
        with closing(bus.source(RAW, group="g", max_records=5)) as source:
            settle(source)
            bus.publish([record("hot", str(number)) for number in range(50)] + [record("cold", "x")])
            keys = set()
            for _ in range(20):
                bus.publish([record("hot", "again") for _ in range(5)])
                keys |= {message.key for message in first_batch(source).messages}
            assert keys == {"hot", "cold"}

    def test_a_poll_without_records_returns_an_empty_batch(self, source: Source) -> None:
        settle(source)
        assert source.poll(0) == Batch()

    def test_polls_go_on_behind_each_other_without_a_commit(self, bus: Bus) -> None:
        bus.publish([record("k", "1"), record("k", "2")])
        with closing(bus.source(RAW, group="g", max_records=1)) as source:
            assert values(first_batch(source).messages) == ["1"]
            assert values(first_batch(source).messages) == ["2"]

    def test_a_member_that_leaves_without_commit_leaves_its_messages(self, bus: Bus) -> None:
        bus.publish([record("k", "1")])
        with closing(bus.source(RAW, group="g")) as first:
            assert values(drain(first, total=1, commit=False)) == ["1"]
        with closing(bus.source(RAW, group="g")) as second:
            assert values(drain(second, total=1)) == ["1"]

    def test_a_commit_is_where_the_next_member_goes_on(self, bus: Bus, make_bus: MakeBus) -> None:
        bus.publish([record("k", "1"), record("k", "2")])
        with closing(bus.source(RAW, group="g", max_records=1)) as first:
            first.commit(first_batch(first), ())
        with closing(make_bus().source(RAW, group="g")) as second:
            assert values(drain(second, total=1)) == ["2"]

    def test_rewind_returns_uncommitted_messages_again(self, bus: Bus) -> None:
        bus.publish([record("k", "1"), record("k", "2")])
        with closing(bus.source(RAW, group="g", max_records=1)) as source:
            source.commit(first_batch(source), ())
            assert values(first_batch(source).messages) == ["2"]
            source.rewind()
            assert values(first_batch(source).messages) == ["2"]

    def test_what_was_polled_before_a_rewind_cannot_be_committed(self, bus: Bus, source: Source) -> None:
        bus.publish([record("k", "1"), record("k", "2")])
        batch = first_batch(source)
        source.rewind()
        with pytest.raises(Fenced):
            source.commit(batch, [record("k", "never", ENRICHED)])
        assert values(drain(source, total=2)) == ["1", "2"]
        assert everything(bus, ENRICHED) == []

    def test_a_group_can_be_taken_back_to_the_start(self, bus: Bus, source: Source) -> None:
        bus.publish([record(f"k{number}", str(number)) for number in range(40)])
        drain(source, total=40)
        bus.publish([record("k", "late")])
        in_hand = first_batch(source)
        with closing(bus.source(RAW, group="g", from_start=True)) as again:
            with pytest.raises(Fenced):
                source.commit(in_hand, [record("k", "never", ENRICHED)])
            source.close()
            assert values(drain(again, total=41)) == sorted([*map(str, range(40)), "late"])
        assert everything(bus, ENRICHED) == []

    def test_groups_do_not_see_each_other(self, bus: Bus) -> None:
        bus.publish([record("k", "1")])
        with closing(bus.source(RAW, group="one")) as one, closing(bus.source(RAW, group="two")) as two:
            assert values(drain(one, total=1)) == ["1"]
            assert values(drain(two, total=1)) == ["1"]

    def test_members_of_a_group_share_the_messages(self, bus: Bus, make_bus: MakeBus) -> None:
        with members(bus, make_bus()) as (one, two):
            assert one.owned() | two.owned() == set(range(PARTITIONS))
            assert not one.owned() & two.owned()
            assert one.owned()
            assert two.owned()
            bus.publish([record(f"k{number}", str(number)) for number in range(100)])
            assert values(drain(one, two, total=100)) == sorted(map(str, range(100)))

    def test_a_member_that_closes_gives_its_share_to_the_others(self, bus: Bus, make_bus: MakeBus) -> None:
        with members(bus, make_bus()) as (one, two):
            two.close()
            settle(one)
            assert one.owned() == set(range(PARTITIONS))

    def test_offsets_and_outputs_are_committed_together(self, bus: Bus, source: Source) -> None:
        bus.publish([record("k", "1")])
        source.commit(first_batch(source), [record("k", "out", ENRICHED), record("k", "row", KNOWN)])
        assert values(everything(bus, ENRICHED)) == ["out"]
        assert bus.table(KNOWN).get(["k"]) == source.table(KNOWN).get(["k"]) == {"k": b"row"}
        source.poll(0.05)
        assert bus.lag(RAW, group="g").records == 0

    def test_a_fenced_commit_changes_nothing(self, bus: Bus, make_bus: MakeBus) -> None:
        bus.publish([record(f"k{number}", str(number)) for number in range(40)])
        with ExitStack() as held:
            one = held.enter_context(closing(bus.source(RAW, group="g")))
            batch = drain_uncommitted(one, total=40)
            two = held.enter_context(closing(make_bus().source(RAW, group="g")))
            settle(one, two)
            assert two.owned()
            with pytest.raises(Fenced):
                one.commit(batch, [record("k", "out", ENRICHED), record("k1", "row", KNOWN)])
            assert everything(bus, ENRICHED) == []
            assert bus.table(KNOWN).get(["k1"]) == {}
            two.rewind()
            assert values(drain(one, two, total=40)) == sorted(map(str, range(40)))

    def test_a_member_cannot_write_rows_that_another_owns(self, bus: Bus, make_bus: MakeBus) -> None:
        with members(bus, make_bus(), channel=FEEDS, tables=(FEED_STATE,)) as (one, two):
            mine, others = commit_to_own_and_other(one, beside=two)
            with pytest.raises(Fenced):
                one.commit(Batch(), [record(others[0], "row", FEED_STATE), record("k", "never", RAW)])
            assert values(everything(bus, RAW)) == ["out"]
            assert bus.table(FEED_STATE).get([mine[0], others[0]]) == {mine[0]: b"row"}
            settle(one, two)
            assert one.table(FEED_STATE).get([mine[0]]) == {mine[0]: b"row"}

    def test_a_member_sees_only_its_own_rows(self, bus: Bus, make_bus: MakeBus) -> None:
        bus.publish([record(f"k{number}", "row", KNOWN) for number in range(50)])
        with members(bus, make_bus(), tables=(KNOWN,)) as (one, two):
            keys_one = {key for key, _ in one.table(KNOWN).items()}
            keys_two = {key for key, _ in two.table(KNOWN).items()}
            assert keys_one | keys_two == {f"k{number}" for number in range(50)}
            assert not keys_one & keys_two
            assert one.table(KNOWN).get(sorted(keys_two)) == {}

    def test_whoever_takes_a_share_over_has_its_rows(self, bus: Bus, make_bus: MakeBus) -> None:
        with members(bus, make_bus(), tables=(KNOWN,)) as (one, two):
            bus.publish([record(f"k{number}", "x") for number in range(50)])
            done = 0
            while done < 50:
                for source in (one, two):
                    batch = source.poll(0.05)
                    if batch.messages:
                        source.commit(
                            batch, [record(message.key, "row", KNOWN) for message in batch.messages]
                        )
                        done += len(batch.messages)
            two.close()
            settle(one)
            assert dict(one.table(KNOWN).items()) == {f"k{number}": b"row" for number in range(50)}

    def test_a_table_keeps_the_last_value_of_each_key(self, bus: Bus) -> None:
        bus.publish([record("a", "1", KNOWN), record("b", "1", KNOWN), record("a", "2", KNOWN)])
        bus.publish([record("b", None, KNOWN), record("c", "1", KNOWN), record("c", "3", KNOWN)])
        assert dict(bus.table(KNOWN).items()) == {"a": b"2", "c": b"3"}
        assert bus.table(KNOWN).get(["a", "b", "c", "d"]) == {"a": b"2", "c": b"3"}

    def test_a_table_is_a_channel_whose_changes_can_be_followed(self, bus: Bus) -> None:
        with closing(bus.source(FEEDS, group="g", tables=(FEEDS,))) as source:
            bus.publish([record("a", "1", FEEDS)])
            assert [(m.key, m.value) for m in drain(source, total=1)] == [("a", b"1")]
            assert dict(source.table(FEEDS).items()) == {"a": b"1"}
            bus.publish([record("a", "2", FEEDS), record("b", "1", FEEDS)])
            bus.publish([record("a", None, FEEDS)])
            seen: set[tuple[str, bytes | None]] = set()
            while not {("a", None), ("b", b"1")} <= seen:
                seen |= {(m.key, m.value) for m in first_batch(source).messages}
            assert dict(source.table(FEEDS).items()) == {"b": b"1"}

    def test_a_value_is_replaced_only_while_it_is_the_one_that_was_seen(self, bus: Bus) -> None:
        table = bus.table(FEEDS)
        bus.replace(record("a", "1", FEEDS), seen=None)
        with pytest.raises(Conflict):
            bus.replace(record("a", "mine", FEEDS), seen=None)
        bus.replace(record("a", "2", FEEDS), seen=b"1")
        with pytest.raises(Conflict):
            bus.replace(record("a", "mine", FEEDS), seen=b"1")
        assert table.get(["a"]) == {"a": b"2"}
        bus.publish([record("a", "3", FEEDS)])
        with pytest.raises(Conflict):
            bus.replace(record("a", None, FEEDS), seen=b"2")
        bus.replace(record("a", None, FEEDS), seen=b"3")
        with pytest.raises(Conflict):
            bus.replace(record("a", "back", FEEDS), seen=b"3")
        assert table.get(["a"]) == {}

    def test_of_those_who_replace_the_same_value_at_once_one_succeeds(
        self, bus: Bus, make_bus: MakeBus
    ) -> None:
        def replaced(other: Bus, value: str, seen: bytes) -> bool:
            try:
                other.replace(record("a", value, FEEDS), seen=seen)
            except Conflict:
                return False
            return True

        others = [make_bus() for _ in range(3)]
        bus.publish([record("a", "0", FEEDS)])
        with ThreadPoolExecutor(len(others)) as threads:
            for _ in range(3):
                seen = bus.table(FEEDS).get(["a"])["a"]
                done = [
                    threads.submit(replaced, other, f"{seen.decode()}{number}", seen)
                    for number, other in enumerate(others)
                ]
                winners = [number for number, each in enumerate(done) if each.result(SECONDS)]
                # On Kafka all may stop each other, and none is told that it succeeded.
                after = bus.table(FEEDS).get(["a"])["a"]
                assert [f"{seen.decode()}{number}".encode() for number in winners] in ([after], [])
                assert winners or after == seen

    def test_a_table_holds_more_rows_than_one_read_returns(self, bus: Bus) -> None:
        bus.publish([record(f"k{number}", str(number), KNOWN) for number in range(1700)])
        assert len(dict(bus.table(KNOWN).items())) == 1700
        assert len(bus.table(KNOWN).get([f"k{number}" for number in range(1700)])) == 1700

    def test_a_reader_from_the_end_sees_only_what_comes_later(self, bus: Bus) -> None:
        bus.publish([record("k", "before")])
        with closing(bus.reader(RAW, from_start=False)) as reader:
            assert list(reader.poll(0)) == []
            bus.publish([record("k", "after")])
            assert values(reader.poll(5)) == ["after"]

    def test_a_reader_can_begin_where_a_group_is(self, bus: Bus, source: Source) -> None:
        bus.publish([record("k", "done")])
        drain(source, total=1)
        bus.publish([record("k", "1"), record("other", "2")])
        with closing(bus.reader(RAW, behind="g")) as reader:
            assert values(reader.poll(0)) == ["1", "2"]
            assert list(reader.poll(0)) == []
        with closing(bus.reader(RAW, behind="never there")) as reader:
            assert len(reader.poll(0)) == 3

    def test_a_reader_can_end_where_the_channel_ended_when_it_was_opened(self, bus: Bus) -> None:
        bus.publish([record(f"k{number}", str(number)) for number in range(20)])
        with closing(bus.reader(RAW, from_start=True, until_now=True)) as reader:
            bus.publish([record(f"k{number}", "late") for number in range(20)])
            found: list[Message] = []
            while messages := reader.poll(60):
                found += messages
        assert values(found) == sorted(map(str, range(20)))

    def test_a_key_has_a_history(self, bus: Bus) -> None:
        bus.publish([record(f"k{number % 40}", str(number)) for number in range(400)])
        found = [int(message.value or b"") for message in bus.history(RAW, "k7")]
        assert found == [number for number in range(400) if number % 40 == 7]
        assert list(bus.history(RAW, "unknown")) == []

    def test_lag_is_what_is_written_and_not_committed(self, bus: Bus) -> None:
        bus.publish([record(f"k{number}", "v") for number in range(10)])
        whole = bus.lag(RAW, group="g").records
        assert whole >= 10
        with closing(bus.source(RAW, group="g", max_records=4)) as source:
            batch = first_batch(source)
            assert bus.lag(RAW, group="g").records == whole
            source.commit(batch, ())
            assert 0 < bus.lag(RAW, group="g").records <= whole - len(batch.messages)
            drain(source, total=10 - len(batch.messages))
            while bus.lag(RAW, group="g").records:
                source.poll(0.05)
        assert bus.count(RAW) >= 10


def commit_to_own_and_other(source: Source, *, beside: Source) -> tuple[list[str], list[str]]:
    """A row under a key of the source's own, a record under another's; the keys that are its own, and not.

    Sharing out may take some rounds more; a commit that falls between two of them is fenced, and what is the
    source's own may be something else then.
    """
    while True:
        mine, others = split_keys(source)
        try:
            source.commit(Batch(), [record(mine[0], "row", FEED_STATE), record(others[0], "out", RAW)])
        except Fenced:
            settle(source, beside)
        else:
            return mine, others


@contextmanager
def members(
    *buses: Bus, channel: Channel = RAW, tables: Sequence[Channel] = ()
) -> Iterator[tuple[Source, ...]]:
    """One member of a group on each bus, every partition owned by one of them."""
    with ExitStack() as held:
        sources = tuple(
            held.enter_context(closing(bus.source(channel, group="g", tables=tables))) for bus in buses
        )
        settle(*sources)
        yield sources


def drain_uncommitted(source: Source, *, total: int) -> Batch:
    """Everything, as if it had come in one batch."""
    return Batch(messages=tuple(drain(source, total=total, commit=False)))
