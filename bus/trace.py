"""The way of an article through the stages, as a W3C trace: header `traceparent` of records, `trace` in logs.

Source: W3C Recommendation "Trace Context", 23 November 2021, §3 (https://www.w3.org/TR/trace-context/).

A trace begins where a feed shows an entry. Its id is made from the event's id, not drawn, so that what is
done again after a crash has the same one. Each stage that writes a record goes on with a span of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import blake2b

from bus.protocol import Headers

PARENT, STATE = "traceparent", "tracestate"
_MOST_STATE = 512  # bytes that everybody passes on (§3.3.1.5)
# Later versions may have more behind another "-"; "ff" is forbidden (§3.2.2).
_HEADER = re.compile(rb"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """Where in which trace a record was written. `trace_id` has 32 hexadecimal digits, `span_id` 16."""

    trace_id: str
    span_id: str
    flags: int = 1
    """1: sampled, for every step can be found in the log."""
    state: bytes = b""
    """What other systems have added (`tracestate`), passed on as it is."""

    def child(self, name: str) -> Trace:
        """The next step, named for what it writes: the same name gives the same step."""
        return replace(self, span_id=_digits(f"{self.trace_id}-{name}", 8))

    def headers(self) -> Headers:
        # Of a later version's flags only the sampled one may be passed on (§3.2.2.5).
        parent = f"00-{self.trace_id}-{self.span_id}-{self.flags & 1:02x}".encode()
        return ((PARENT, parent), (STATE, self.state)) if self.state else ((PARENT, parent),)


def begin(name: str) -> Trace:
    """A new trace, of the event of that id."""
    trace_id = _digits(name, 16)
    return Trace(trace_id=trace_id, span_id=_digits(f"{trace_id}-{name}", 8))


def trace_of(headers: Headers) -> Trace | None:
    """The trace that a record's headers tell; None where there is none, or none that is valid."""
    parents = [value for name, value in headers if name == PARENT]
    found = _HEADER.fullmatch(parents[0]) if len(parents) == 1 else None
    if found is None or (found[5] is not None and found[1] == b"00"):
        return None
    trace_id, span_id = found[2].decode(), found[3].decode()
    if not int(trace_id, 16) or not int(span_id, 16):
        return None
    state = b",".join(value for name, value in headers if name == STATE)
    return Trace(
        trace_id=trace_id,
        span_id=span_id,
        flags=int(found[4], 16),
        state=state if len(state) <= _MOST_STATE else b"",
    )


def trace_id_of(headers: Headers) -> str:
    """For the log; empty where there is no trace."""
    trace = trace_of(headers)
    return trace.trace_id if trace else ""


def _digits(text: str, size: int) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()
