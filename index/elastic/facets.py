"""Counts of the values of a field over all found articles, by the server's aggregations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from index.beginning import word_beginning
from index.fold import fold
from index.query import TIME_FACETS, Facet, FacetName

# A shard hands on its PER_SHARD most frequent values of a field. Counts are exact for values that are among
# these in every shard, which the first hundreds are; rarer ones may be counted a little low.
PER_SHARD = 2_000

Json = dict[str, object]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Count:
    key: str
    count: int


def aggregations(facets: Sequence[Facet]) -> Json:
    """The request for exactly these facets."""
    return {facet.name: _aggregation(facet) for facet in facets}


def counts(facets: Sequence[Facet], answer: Mapping[str, Json]) -> dict[FacetName, list[Count]]:
    """The answer in the order to show: most frequent first (then by key), times in their own order."""
    return {facet.name: _counts(facet, answer[facet.name]["buckets"]) for facet in facets}


def _aggregation(facet: Facet) -> Json:
    if facet.name in TIME_FACETS:
        # A date_histogram cannot be asked for its newest spans alone, a composite can.
        span = {"field": "time", "calendar_interval": facet.name, "order": "desc"}
        return {"composite": {"size": facet.size, "sources": [{"start": {"date_histogram": span}}]}}
    shard_size = max(PER_SHARD, facet.size)
    terms: Json = {"field": f"search.counted.{facet.name}", "size": facet.size, "shard_size": shard_size}
    if beginning := fold(facet.beginning):
        terms["include"] = word_beginning(beginning)
    return {"terms": terms}


def _counts(facet: Facet, buckets: object) -> list[Count]:
    assert isinstance(buckets, list)  # noqa: S101 - the shape that the server documents
    if facet.name in TIME_FACETS:
        return [
            Count(_span_key(facet.name, bucket["key"]["start"]), bucket["doc_count"])
            for bucket in reversed(buckets)
        ]
    return [Count(bucket["key"], bucket["doc_count"]) for bucket in buckets]


def _span_key(name: FacetName, milliseconds: int) -> str:
    start = (_EPOCH + timedelta(milliseconds=milliseconds)).isoformat()
    return f"{start[:16]}Z" if name == "hour" else start[:10]
