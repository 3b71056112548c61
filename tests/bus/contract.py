"""What every bus must do. A test module for one implementation provides the `make_bus` fixture:
a function that opens another bus on the same channels, as another process would."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from article.errors import Fenced
from bus.channels import ENRICHED, FEED_STATE, FEEDS, KNOWN, RAW, Channel
from bus.partition import partition_of
from bus.protocol import Batch, Bus, Message, Record, Source

MakeBus = Callable[[], Bus]


def record(key: str, value: str | None, channel: Channel = RAW) -> Record:
    return Record(
        channel=channel,
        key=key,
        value=None if value is None else value.encode(),
        headers=(("ce_id", b"1"), ("bytes", bytes(range(256)))),
    )


def drain(source: Source, *, commit: bool = True) -> list[Message]:
    """Everything there is, batch by batch."""
    messages: list[Message] = []
    while (batch := source.poll(0)).messages:
        messages.extend(batch.messages)
        if commit:
            source.commit(batch, ())
    return messages


def everything(bus: Bus, channel: Channel) -> list[Message]:
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
    partitions = 8
    for number in range(count):
        key = f"k{number}"
        (mine if partition_of(key, partitions) in one.owned() else others).append(key)
    return mine, others


class BusContract:
    @pytest.fixture
    def bus(self, make_bus: MakeBus) -> Bus:
        return make_bus()

    def test_a_record_comes_out_as_it_went_in(self, bus: Bus) -> None:
        sent = record("key ü", "value")
        bus.publish([sent])
        (message,) = drain(bus.source(RAW, group="g"))
        assert (message.channel, message.key, message.value, message.headers) == (
            sent.channel,
            sent.key,
            sent.value,
            sent.headers,
        )
        assert message.partition == partition_of("key ü", 8)

    def test_records_of_one_key_keep_their_order(self, bus: Bus) -> None:
        bus.publish([record(f"k{number % 5}", str(number)) for number in range(100)])
        by_key: dict[str, list[int]] = {}
        for message in drain(bus.source(RAW, group="g", max_records=7)):
            by_key.setdefault(message.key, []).append(int(message.value or b""))
        assert len(by_key) == 5
        assert all(found == sorted(found) and len(found) == 20 for found in by_key.values())

    def test_a_batch_keeps_to_the_limit_of_records(self, bus: Bus) -> None:
        bus.publish([record(f"k{number}", "v") for number in range(50)])
        source = bus.source(RAW, group="g", max_records=10)
        batch = source.poll(0)
        assert 0 < len(batch.messages) <= 10

    def test_a_batch_keeps_to_the_limit_of_bytes_and_a_larger_record_comes_alone(self, bus: Bus) -> None:
        bus.publish(
            [record(f"k{number}", str(number) * size) for number, size in enumerate([10, 5000, 10, 10])]
        )
        source = bus.source(RAW, group="g", max_bytes=100)
        seen: list[Message] = []
        while (batch := source.poll(0)).messages:
            assert len(batch.messages) == 1 or sum(len(m.value or b"") for m in batch.messages) <= 100
            seen.extend(batch.messages)
        assert len(seen) == 4

    def test_every_partition_is_read_even_when_one_is_never_empty(self, bus: Bus) -> None:
        bus.publish([record("hot", str(number)) for number in range(50)] + [record("cold", "x")])
        source = bus.source(RAW, group="g", max_records=5)
        keys = set()
        for _ in range(10):
            bus.publish([record("hot", "again") for _ in range(5)])
            keys |= {message.key for message in source.poll(0).messages}
        assert keys == {"hot", "cold"}

    def test_a_poll_without_records_returns_an_empty_batch(self, bus: Bus) -> None:
        assert bus.source(RAW, group="g").poll(0) == Batch()

    def test_polls_go_on_behind_each_other_without_a_commit(self, bus: Bus) -> None:
        source = bus.source(RAW, group="g", max_records=1)
        bus.publish([record("k", "1"), record("k", "2")])
        assert values(source.poll(0).messages) == ["1"]
        assert values(source.poll(0).messages) == ["2"]

    def test_a_member_that_leaves_without_commit_leaves_its_messages(self, bus: Bus) -> None:
        bus.publish([record("k", "1")])
        first = bus.source(RAW, group="g")
        assert values(drain(first, commit=False)) == ["1"]
        first.close()
        assert values(drain(bus.source(RAW, group="g"))) == ["1"]

    def test_a_commit_is_where_the_next_member_goes_on(self, bus: Bus, make_bus: MakeBus) -> None:
        bus.publish([record("k", "1"), record("k", "2")])
        first = bus.source(RAW, group="g", max_records=1)
        first.commit(first.poll(0), ())
        first.close()
        assert values(drain(make_bus().source(RAW, group="g"))) == ["2"]

    def test_rewind_returns_uncommitted_messages_again(self, bus: Bus) -> None:
        bus.publish([record("k", "1"), record("k", "2")])
        source = bus.source(RAW, group="g", max_records=1)
        source.commit(source.poll(0), ())
        assert values(source.poll(0).messages) == ["2"]
        source.rewind()
        assert values(source.poll(0).messages) == ["2"]

    def test_a_group_can_be_taken_back_to_the_start(self, bus: Bus) -> None:
        bus.publish([record(f"k{number}", str(number)) for number in range(40)])
        before = bus.source(RAW, group="g")
        drain(before)
        bus.publish([record("k", "late")])
        in_hand = before.poll(0)
        again = bus.source(RAW, group="g", from_start=True)
        with pytest.raises(Fenced):
            before.commit(in_hand, [record("k", "never", ENRICHED)])
        before.close()
        assert values(drain(again)) == sorted([*map(str, range(40)), "late"])
        assert everything(bus, ENRICHED) == []

    def test_groups_do_not_see_each_other(self, bus: Bus) -> None:
        bus.publish([record("k", "1")])
        assert values(drain(bus.source(RAW, group="one"))) == ["1"]
        assert values(drain(bus.source(RAW, group="two"))) == ["1"]

    def test_members_of_a_group_share_the_messages(self, bus: Bus, make_bus: MakeBus) -> None:
        one, two = bus.source(RAW, group="g"), make_bus().source(RAW, group="g")
        self.settle(one, two)
        assert one.owned() | two.owned() == set(range(8))
        assert not one.owned() & two.owned()
        assert one.owned()
        assert two.owned()
        bus.publish([record(f"k{number}", str(number)) for number in range(100)])
        assert values(drain(one) + drain(two)) == sorted(map(str, range(100)))

    def test_a_member_that_closes_gives_its_share_to_the_others(self, bus: Bus, make_bus: MakeBus) -> None:
        one, two = bus.source(RAW, group="g"), make_bus().source(RAW, group="g")
        self.settle(one, two)
        two.close()
        self.settle(one)
        assert one.owned() == set(range(8))

    def test_offsets_and_outputs_are_committed_together(self, bus: Bus) -> None:
        bus.publish([record("k", "1")])
        source = bus.source(RAW, group="g")
        source.commit(source.poll(0), [record("k", "out", ENRICHED), record("k", "row", KNOWN)])
        assert values(everything(bus, ENRICHED)) == ["out"]
        assert bus.table(KNOWN).get(["k"]) == {"k": b"row"}
        assert bus.lag(RAW, group="g").records == 0

    def test_a_fenced_commit_changes_nothing(self, bus: Bus, make_bus: MakeBus) -> None:
        bus.publish([record(f"k{number}", str(number)) for number in range(40)])
        one = bus.source(RAW, group="g")
        batch = one.poll(0)
        assert len(batch.messages) == 40
        two = make_bus().source(RAW, group="g")
        taken = drain(two)
        assert taken
        with pytest.raises(Fenced):
            one.commit(batch, [record("k", "out", ENRICHED), record("k1", "row", KNOWN)])
        assert everything(bus, ENRICHED) == []
        assert bus.table(KNOWN).get(["k1"]) == {}
        two.close()
        again = self.settle(one)
        assert values(again + drain(one) + taken) == sorted(map(str, range(40)))

    def test_a_member_cannot_write_rows_that_another_owns(self, bus: Bus, make_bus: MakeBus) -> None:
        one, two = bus.source(FEEDS, group="g"), make_bus().source(FEEDS, group="g")
        self.settle(one, two)
        mine, others = split_keys(one)
        one.commit(Batch(), [record(mine[0], "row", FEED_STATE), record(others[0], "out", RAW)])
        with pytest.raises(Fenced):
            one.commit(Batch(), [record(others[0], "row", FEED_STATE), record("k", "never", RAW)])
        assert values(everything(bus, RAW)) == ["out"]
        assert bus.table(FEED_STATE).get([mine[0], others[0]]) == {mine[0]: b"row"}

    def test_a_member_sees_only_its_own_rows(self, bus: Bus, make_bus: MakeBus) -> None:
        bus.publish([record(f"k{number}", "row", KNOWN) for number in range(50)])
        one, two = bus.source(RAW, group="g"), make_bus().source(RAW, group="g")
        self.settle(one, two)
        keys_one = {key for key, _ in one.table(KNOWN).items()}
        keys_two = {key for key, _ in two.table(KNOWN).items()}
        assert keys_one | keys_two == {f"k{number}" for number in range(50)}
        assert not keys_one & keys_two
        assert one.table(KNOWN).get(sorted(keys_two)) == {}

    def test_a_table_keeps_the_last_value_of_each_key(self, bus: Bus) -> None:
        bus.publish([record("a", "1", KNOWN), record("b", "1", KNOWN), record("a", "2", KNOWN)])
        bus.publish([record("b", None, KNOWN), record("c", "1", KNOWN), record("c", "3", KNOWN)])
        assert dict(bus.table(KNOWN).items()) == {"a": b"2", "c": b"3"}
        assert bus.table(KNOWN).get(["a", "b", "c", "d"]) == {"a": b"2", "c": b"3"}

    def test_a_table_is_a_channel_whose_changes_can_be_followed(self, bus: Bus) -> None:
        source = bus.source(FEEDS, group="g")
        bus.publish([record("a", "1", FEEDS)])
        assert [(m.key, m.value) for m in drain(source)] == [("a", b"1")]
        bus.publish([record("a", "2", FEEDS), record("b", "1", FEEDS)])
        bus.publish([record("a", None, FEEDS)])
        assert {(m.key, m.value) for m in drain(source)} >= {("a", None), ("b", b"1")}

    def test_a_table_holds_more_rows_than_one_read_returns(self, bus: Bus) -> None:
        bus.publish([record(f"k{number}", str(number), KNOWN) for number in range(1700)])
        assert len(dict(bus.table(KNOWN).items())) == 1700
        assert len(bus.table(KNOWN).get([f"k{number}" for number in range(1700)])) == 1700

    def test_a_reader_from_the_end_sees_only_what_comes_later(self, bus: Bus) -> None:
        bus.publish([record("k", "before")])
        reader = bus.reader(RAW, from_start=False)
        assert list(reader.poll(0)) == []
        bus.publish([record("k", "after")])
        assert values(reader.poll(5)) == ["after"]
        reader.close()

    def test_lag_is_what_is_written_and_not_committed(self, bus: Bus) -> None:
        bus.publish([record(f"k{number}", "v") for number in range(10)])
        assert bus.lag(RAW, group="g").records == 10
        source = bus.source(RAW, group="g", max_records=4)
        batch = source.poll(0)
        assert bus.lag(RAW, group="g").records == 10
        source.commit(batch, ())
        assert bus.lag(RAW, group="g").records == 10 - len(batch.messages)
        assert bus.count(RAW) == 10

    def settle(self, *sources: Source) -> list[Message]:
        """Poll until every partition is owned once, which takes each implementation its own number of
        rounds; the messages that came meanwhile."""
        messages: list[Message] = []
        for _ in range(200):
            for source in sources:
                messages.extend(source.poll(0.01).messages)
            if sorted(part for source in sources for part in source.owned()) == list(range(8)):
                return messages
        pytest.fail("the partitions were not shared out")
