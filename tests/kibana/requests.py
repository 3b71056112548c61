"""What Kibana asks Elasticsearch for a panel: from the panel's own definition to a search body, and back.

Source: elastic/kibana 8.19, toEsAggsFn of each Lens operation, data/common/search/aggs/buckets (terms,
date_histogram, filter), es-query/src/kuery for KQL, maps/public/classes/sources/es_geo_grid_source and
controls/server/options_list. The parts of KQL that our objects use: field : value, field > number, not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from tests.kibana.reading import Chart, at

Json = dict[str, object]
Row = tuple[object, ...]

AUTO_INTERVAL = "3h"
"""What Kibana makes of "auto" over seven days: about fifty bars (calculateAutoTimeExpression)."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """The dashboard's time range, end exclusive."""

    start: datetime
    end: datetime


def chart_request(chart: Chart, span: Span) -> Json:
    groups = [(name, column) for name, column in chart.columns.items() if column["isBucketed"]]
    measures: Json = {
        name: body
        for name, column in chart.columns.items()
        if not column["isBucketed"] and (body := _measure(column)) is not None
    }
    aggs: Json = measures
    for name, column in reversed(groups):
        aggs = {name: _group(column, chart, span) | ({"aggs": aggs} if aggs else {})}
    return search_request(chart.query, span) | {"size": 0, "aggs": aggs}


def chart_rows(chart: Chart, answer: Json) -> list[Row]:
    """One row for each innermost group: the groups' keys, then the measures, in the order of the columns."""
    groups = [name for name, column in chart.columns.items() if column["isBucketed"]]
    whole = {
        **cast("Json", answer.get("aggregations", {})),
        "doc_count": at(answer, "hits", "total", "value"),
    }
    return list(_rows(chart, groups, whole, ()))


def search_request(query: str, span: Span) -> Json:
    within = {"gte": span.start.isoformat(), "lt": span.end.isoformat()}
    filters = [{"range": {"time": within}}, *([kql_filter(query)] if query else [])]
    return {"track_total_hits": True, "query": {"bool": {"filter": filters}}}


def discover_request(content: Mapping[str, object], query: str, span: Span) -> Json:
    """The table: newest first, columns by the fields API; and the chart above it, with its breakdown."""
    sort = [
        {name: {"order": order, "unmapped_type": "boolean"}}
        for name, order in cast("list[tuple[str, str]]", content["sort"])
    ]
    bars = {"field": "time", "fixed_interval": AUTO_INTERVAL, "min_doc_count": 1}
    parts = {"terms": {"field": content["breakdownField"], "size": 3, "order": {"_count": "desc"}}}
    return search_request(query, span) | {
        "size": 500,
        "_source": False,
        "sort": sort,
        "fields": [
            {"field": name, "include_unmapped": True} for name in cast("list[str]", content["columns"])
        ],
        "aggs": {"parts": {**parts, "aggs": {"bars": {"date_histogram": bars}}}},
    }


def cluster_request(source: Mapping[str, object], *, precision: int, span: Span) -> Json:
    """Cells of the map's grid, with the middle of the points in each."""
    field = source["geoField"]
    cells = {"geotile_grid": {"field": field, "precision": precision}}
    return search_request("", span) | {
        "size": 0,
        "aggs": {
            "cells": {
                "composite": {"size": 10_000, "sources": [{"cell": cells}]},
                "aggs": {"middle": {"geo_centroid": {"field": field}}},
            }
        },
    }


def points_request(source: Mapping[str, object], *, box: Json, span: Span) -> Json:
    """Articles with a point in `box` (top_left, bottom_right), as the map shows them one by one."""
    body = search_request("", span)
    filters = cast("list[Json]", at(body, "query", "bool", "filter"))
    filters.append({"geo_bounding_box": {cast("str", source["geoField"]): box}})
    names = [source["geoField"], *cast("list[str]", source["tooltipProperties"])]
    return body | {
        "size": 10_000,
        "_source": False,
        "fields": names,
        "sort": [{cast("str", source["sortField"]): source["sortOrder"]}],
    }


def control_request(field: str, span: Span) -> Json:
    """The values that a list above the dashboard offers, most frequent first, and how many there are."""
    return search_request("", span) | {
        "size": 0,
        "aggs": {
            "suggestions": {"terms": {"field": field, "size": 10, "order": {"_count": "desc"}}},
            "unique_terms": {"cardinality": {"field": field}},
        },
    }


def kql_filter(query: str) -> Json:
    if query.startswith("not "):
        return {"bool": {"must_not": [kql_filter(query.removeprefix("not "))]}}
    if match := re.fullmatch(r"([\w.]+) : (\w+)", query):
        return {"term": {match[1]: {"value": match[2]}}}
    match = re.fullmatch(r"([\w.]+) > (\d+)", query)
    assert match, f"not a query that this test reads: {query}"
    return {"range": {match[1]: {"gt": int(match[2])}}}


def _group(column: Json, chart: Chart, span: Span) -> Json:
    if column["operationType"] == "date_histogram":
        bounds = {
            "min": int(span.start.timestamp() * 1000),
            "max": int(span.end.timestamp() * 1000) - 1,
        }
        assert at(column, "params", "interval") == "auto"
        return {
            "date_histogram": {
                "field": column["sourceField"],
                "fixed_interval": AUTO_INTERVAL,
                "time_zone": "UTC",
                "min_doc_count": 0 if at(column, "params", "includeEmptyRows") else 1,
                "extended_bounds": bounds,
            }
        }
    assert column["operationType"] == "terms"
    by = cast("str", at(column, "params", "orderBy", "columnId"))
    assert chart.columns[by]["operationType"] == "count"
    assert "filter" not in chart.columns[by]
    return {
        "terms": {
            "field": column["sourceField"],
            "size": at(column, "params", "size"),
            "order": {"_count": at(column, "params", "orderDirection")},
        }
    }


def _measure(column: Json) -> Json | None:
    """None where the number is the group's own count."""
    if column["operationType"] == "count":
        return (
            {"filter": kql_filter(cast("str", at(column, "filter", "query")))} if "filter" in column else None
        )
    kind = {"max": "max", "unique_count": "cardinality"}[cast("str", column["operationType"])]
    return {kind: {"field": column["sourceField"]}}


def _rows(chart: Chart, groups: list[str], bucket: Json, keys: Row) -> Iterator[Row]:
    if groups:
        for each in cast("list[Json]", at(bucket, groups[0], "buckets")):
            yield from _rows(chart, groups[1:], each, (*keys, each["key"]))
        return
    values = (
        _value(bucket, name, column) for name, column in chart.columns.items() if not column["isBucketed"]
    )
    yield (*keys, *values)


def _value(bucket: Json, name: str, column: Json) -> object:
    if column["operationType"] == "count":
        return at(bucket, name, "doc_count") if "filter" in column else bucket["doc_count"]
    return at(bucket, name, "value")
