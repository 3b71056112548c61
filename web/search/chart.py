"""How many articles over time, as bars: which spans, where each bar stands, and what it asks for.

Lengths across are in percent of the chart, so that it fits any width without being distorted; heights are
in CSS pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from index.protocol import Bucket
from index.query import Facet, FacetName, TimeFacet
from web.search.asked import Asked

HEIGHT = 60
_MOST: dict[TimeFacet, int] = {"hour": 48, "day": 62, "week": 62, "month": 60}
_LENGTH: dict[TimeFacet, timedelta] = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
}
_LABELS = 5
_GAP = 0.18  # of a bar's room
_WIDEST = 3.0  # percent
_LOWEST_TOP = 3  # a single article is no peak


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """From `start` to before `end`; `url` narrows to it. `chosen`: inside what is asked for."""

    start: datetime
    end: datetime
    label: str
    count: int
    left: float
    room: float
    x: float
    width: float
    y: float
    height: float
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    span: TimeFacet
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    most: int
    height: int = HEIGHT

    @property
    def summary(self) -> str:
        """One sentence for who does not see it."""
        highest = max(self.bars, key=lambda bar: bar.count)
        return (
            f"Articles by {self.span}, {self.bars[0].label} to {self.bars[-1].label};"
            f" most at {highest.label}: {highest.count:,}."
        )


def time_facets(asked: Asked) -> tuple[Facet, ...]:
    """What to ask an index for: one kind of span where the time is given, else all, to choose from."""
    if asked.start and asked.end:
        return (Facet(name=_span_for(asked.end - asked.start), size=max(_MOST.values())),)
    return tuple(Facet(name=span, size=most) for span, most in _MOST.items())


def chart(asked: Asked, facets: Mapping[FacetName, Sequence[Bucket]]) -> Chart | None:
    """None where nothing was found."""
    span = _finest(facets)
    counts = {moment_of(bucket.key): bucket.count for bucket in facets.get(span, ())}
    if not counts:
        return None
    first = min(asked.start or min(counts), *counts)
    last = max(asked.end - timedelta(microseconds=1) if asked.end else max(counts), *counts)
    starts = list(_starts(span, first, last))
    if len(starts) > max(_MOST.values()):  # a span of centuries: what is in it
        starts = list(_starts(span, min(counts), max(counts)))[-max(_MOST.values()) :]
    most = max(counts.values())
    room = 100 / len(starts)
    bars = tuple(
        _bar(asked, span, start, left=index * room, room=room, count=counts.get(start, 0), most=most)
        for index, start in enumerate(starts)
    )
    return Chart(span=span, bars=bars, ticks=tuple(_ticks(bars)), most=most)


def moment_of(key: str) -> datetime:
    """A time facet's key as its moment."""
    return datetime.fromisoformat(key).replace(tzinfo=UTC)


def _bar(
    asked: Asked, span: TimeFacet, start: datetime, *, left: float, room: float, count: int, most: int
) -> Bar:
    end = _next(span, start)
    height = max(count / max(most, _LOWEST_TOP) * HEIGHT, 2.0) if count else 0.0
    width = min(room * (1 - _GAP), _WIDEST)
    return Bar(
        start=start,
        end=end,
        label=label_of(span, start),
        count=count,
        left=round(left, 3),
        room=round(room, 3),
        x=round(left + (room - width) / 2, 3),
        width=round(width, 3),
        y=round(HEIGHT - height, 1),
        height=round(height, 1),
        url=asked.between(start, end).url,
    )


def _finest(facets: Mapping[FacetName, Sequence[Bucket]]) -> TimeFacet:
    """The shortest spans of which not too many lie between the oldest and the newest article."""
    for span in ("hour", "day", "week"):
        if span in facets and (other := facets.get("month", facets[span])):
            newest = max(moment_of(bucket.key) for bucket in facets[span])
            oldest = min(moment_of(bucket.key) for bucket in facets[span])
            whole = sum(bucket.count for bucket in facets[span]) == sum(bucket.count for bucket in other)
            if whole and (newest - oldest) / _LENGTH[span] < _MOST[span]:
                return span
    return next((span for span in reversed(_MOST) if span in facets), "month")


def _span_for(length: timedelta) -> TimeFacet:
    for span in ("hour", "day", "week"):
        if length / _LENGTH[span] <= _MOST[span]:
            return span
    return "month"


def _starts(span: TimeFacet, first: datetime, last: datetime) -> Iterator[datetime]:
    start = _floor(span, first)
    while start <= last:
        yield start
        start = _next(span, start)


def _floor(span: TimeFacet, at: datetime) -> datetime:
    hour = at.replace(minute=0, second=0, microsecond=0)
    if span == "hour":
        return hour
    day = hour.replace(hour=0)
    if span == "week":
        return day - timedelta(days=day.weekday())
    return day if span == "day" else day.replace(day=1)


def _next(span: TimeFacet, start: datetime) -> datetime:
    if span != "month":
        return start + _LENGTH[span]
    return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)


def label_of(span: TimeFacet, start: datetime) -> str:
    match span:
        case "hour":
            return f"{start.day} {start:%b}, {start:%H:%M}"
        case "day":
            return f"{start:%a} {start.day} {start:%b %Y}"
        case "week":
            return f"week of {start.day} {start:%b %Y}"
        case "month":
            return f"{start:%B %Y}"


def _ticks(bars: Sequence[Bar]) -> Iterator[Tick]:
    """A few labels, at the left of their bars; where the bars are hours, midnights first."""
    step = max(1, round(len(bars) / _LABELS))
    for index in range(0, len(bars), step):
        if index and index > len(bars) - step / 2:
            return  # too near to the end to be read
        bar = bars[index]
        yield Tick(x=bar.x, label=_tick(bar))


def _tick(bar: Bar) -> str:
    length = bar.end - bar.start
    if length < timedelta(days=1):
        return f"{bar.start:%H:%M}" if bar.start.hour else f"{bar.start.day} {bar.start:%b}"
    if length < timedelta(days=28):
        return f"{bar.start.day} {bar.start:%b}"
    return f"{bar.start:%b %Y}"
