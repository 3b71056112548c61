from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.channels import RAW
from bus.envelope import dead_letter, event, letter_of
from bus.protocol import Message, Record
from bus.trace import Trace, begin, trace_id_of, trace_of

NOW = datetime(2026, 5, 3, tzinfo=UTC)
# The example of the recommendation, §3.2.
EXAMPLE = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_the_example_of_the_recommendation_is_read() -> None:
    trace = trace_of((("traceparent", EXAMPLE),))
    assert trace == Trace(trace_id="4bf92f3577b34da6a3ce929d0e0e4736", span_id="00f067aa0ba902b7", flags=1)
    assert trace.headers() == (("traceparent", EXAMPLE),)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        b"ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        b"00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        b"00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        b"00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        EXAMPLE + b"-more",
        EXAMPLE + b"\n",
        b"\xff" * 55,
    ],
)
def test_what_is_not_valid_counts_as_none(value: bytes) -> None:
    assert trace_of((("traceparent", value),)) is None
    assert not trace_id_of((("traceparent", value),))


def test_two_parents_are_none() -> None:
    assert trace_of((("traceparent", EXAMPLE), ("traceparent", EXAMPLE))) is None


@pytest.mark.parametrize("more", [b"", b"-", b"-what-comes"])
def test_a_later_version_is_read_as_far_as_it_is_known(more: bytes) -> None:
    trace = trace_of((("traceparent", b"cc" + EXAMPLE[2:-2] + b"ff" + more),))
    assert trace is not None
    assert trace.headers() == (("traceparent", EXAMPLE),)


def test_what_others_added_is_passed_on() -> None:
    trace = trace_of((("tracestate", b"a=1"), ("traceparent", EXAMPLE), ("tracestate", b"b=2")))
    assert trace is not None
    assert trace.child("next").headers()[1] == ("tracestate", b"a=1,b=2")


@given(st.text(), st.text())
def test_a_trace_survives_its_headers_and_goes_on_in_its_children(name: str, step: str) -> None:
    trace = begin(name)
    assert trace_of(trace.headers()) == trace == begin(name)
    child = trace.child(step)
    assert child.trace_id == trace.trace_id
    assert child == trace.child(step)
    assert child.span_id != trace.child(step + "x").span_id


def read(record: Record) -> Message:
    return Message(
        channel=record.channel,
        partition=0,
        offset=0,
        key=record.key,
        value=b"",
        headers=record.headers,
        time=NOW,
    )


def test_a_dead_letter_and_what_is_driven_again_keep_the_trace() -> None:
    trace = begin("seen")
    raw = event(RAW, "id", b"", kind="article.raw", event_id="seen", source="ingest", now=NOW, trace=trace)
    letter = dead_letter(read(raw), stage="enrich", reason="broken", now=NOW)
    original = letter_of(read(letter)).original()
    assert trace_of(letter.headers) == trace
    assert original is not None
    assert trace_of(original.headers) == trace
