"""Counts of the values of a field over all found articles, by the library's aggregations on columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.beginning import word_beginning
from index.embedded.schema import DAY, HOUR, moment_of
from index.fold import fold
from index.query import Facet, FacetName, TimeFacet

# A segment of the index hands on its PER_SEGMENT most frequent values of a field. Counts are exact for values
# that are among these in every segment, which the first hundreds are; rarer ones may be counted a little low.
PER_SEGMENT = 2_000

_MONDAY = 4 * DAY  # 1970-01-05, the first Monday of the epoch that spans are counted from
_INTERVALS: dict[TimeFacet, int] = {"hour": HOUR, "day": DAY, "week": 7 * DAY, "month": DAY}


@dataclass(frozen=True, slots=True)
class Count:
    key: str
    count: int


def aggregations(facets: Sequence[Facet]) -> dict[str, object]:
    """The request for exactly these facets."""
    return {facet.name: _aggregation(facet) for facet in facets}


def counts(facets: Sequence[Facet], answer: Mapping[str, object]) -> dict[FacetName, list[Count]]:
    """The answer in the order to show: most frequent first (then by key), times in their own order."""
    return {facet.name: _counts(facet, _buckets(answer[facet.name])) for facet in facets}


def _aggregation(facet: Facet) -> dict[str, object]:
    if facet.name in _INTERVALS:
        offset = _MONDAY % (7 * DAY) if facet.name == "week" else 0
        interval = _INTERVALS[facet.name]
        return {"histogram": {"field": "time", "interval": interval, "offset": offset, "min_doc_count": 1}}
    terms: dict[str, object] = {
        "field": f"count_{facet.name}",
        "size": facet.size,
        "segment_size": PER_SEGMENT,
    }
    if beginning := fold(facet.beginning):
        terms["include"] = word_beginning(beginning)
    return {"terms": terms}


def _counts(facet: Facet, buckets: Sequence[tuple[str | float, int]]) -> list[Count]:
    if facet.name in _INTERVALS:
        days = 31 if facet.name == "month" else 1
        spans: Counter[str] = Counter()
        for start, count in sorted((float(start), count) for start, count in buckets)[-facet.size * days :]:
            spans[_span_key(facet.name, start)] += count
        return [Count(key, spans[key]) for key in sorted(spans)[-facet.size :]]
    ranked = sorted(((str(key), count) for key, count in buckets), key=lambda pair: (-pair[1], pair[0]))
    return [Count(key, count) for key, count in ranked]


def _span_key(name: FacetName, start: float) -> str:
    day = moment_of(start).isoformat()
    if name == "hour":
        return f"{day[:16]}Z"
    return f"{day[:7]}-01" if name == "month" else day[:10]


def _buckets(answer: object) -> list[tuple[str | float, int]]:
    assert isinstance(answer, Mapping)  # noqa: S101 - the shape that the library documents
    return [(bucket["key"], bucket["doc_count"]) for bucket in answer["buckets"]]
