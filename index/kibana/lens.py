"""Lens charts: columns, which are what is asked of Elasticsearch, and the charts that show them.

Source: elastic/kibana 8.19, x-pack lens/public/datasources/form_based/operations/definitions (columns) and
lens/public/visualizations (charts). A chart has one layer, which has the chart's own id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from index.kibana.saved import DATA_VIEW, Json, kql, reference

RECORDS = "___records___"  # Lens's name for documents themselves

Series = Literal["bar_stacked", "bar_horizontal"]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """`columns` by id, in the order in which they are nested: the groups first, then what is measured.

    `query` (KQL) limits what the chart counts, beside the dashboard's own query, filters and time.
    """

    id: str
    title: str
    description: str = ""
    columns: Mapping[str, Json]
    kind: str
    state: Json
    query: str = ""

    def references(self) -> list[Json]:
        return [reference(f"indexpattern-datasource-layer-{self.id}", "index-pattern", DATA_VIEW)]

    def attributes(self) -> Json:
        layer = {
            "columns": dict(self.columns),
            "columnOrder": list(self.columns),
            "incompleteColumns": {},
            "sampling": 1,
        }
        return {
            "type": "lens",
            "title": self.title,
            "visualizationType": self.kind,
            "references": self.references(),
            "state": {
                "adHocDataViews": {},
                "datasourceStates": {"formBased": {"layers": {self.id: layer}}},
                "filters": [],
                "internalReferences": [],
                "query": kql(self.query),
                "visualization": self.state,
            },
        }


def count(label: str = "Articles", *, query: str | None = None) -> Json:
    """Articles, or those that `query` (KQL) finds."""
    column = _measure("count", RECORDS, label, {"emptyAsNull": False})
    return column if query is None else column | {"filter": kql(query)}


def distinct(field: str, label: str) -> Json:
    return _measure("unique_count", field, label, {"emptyAsNull": False})


def latest(field: str, label: str) -> Json:
    return _measure("max", field, label, {"emptyAsNull": True}) | {"dataType": "date"}


def top(field: str, label: str, *, size: int, by: str) -> Json:
    """The `size` values that have most in the column `by`. An article counts for each of its values."""
    return {
        "label": label,
        "customLabel": True,
        "dataType": "string",
        "isBucketed": True,
        "operationType": "terms",
        "scale": "ordinal",
        "sourceField": field,
        "params": {
            "size": size,
            "orderBy": {"type": "column", "columnId": by},
            "orderDirection": "desc",
            "otherBucket": False,
            "missingBucket": False,
            "parentFormat": {"id": "terms"},
            "include": [],
            "exclude": [],
            "includeIsRegex": False,
            "excludeIsRegex": False,
        },
    }


def over_time(field: str = "time") -> Json:
    return {
        "label": "Time",
        "customLabel": True,
        "dataType": "date",
        "isBucketed": True,
        "operationType": "date_histogram",
        "scale": "interval",
        "sourceField": field,
        "params": {"interval": "auto", "includeEmptyRows": True, "dropPartials": False},
    }


def metric(chart: str, title: str, column: Json, *, query: str = "") -> Chart:
    """One number."""
    return Chart(
        id=chart,
        title=title,
        columns={"value": column},
        kind="lnsMetric",
        state={"layerId": chart, "layerType": "data", "metricAccessor": "value"},
        query=query,
    )


def bars(
    chart: str,
    title: str,
    columns: Mapping[str, Json],
    *,
    series: Series,
    x: str,
    split: str | None = None,
    query: str = "",
    description: str = "",
) -> Chart:
    """Bars of the column "articles" over `x`, stacked by `split`."""
    layer: Json = {
        "layerId": chart,
        "layerType": "data",
        "seriesType": series,
        "xAccessor": x,
        "accessors": ["articles"],
    }
    if split is not None:
        layer["splitAccessor"] = split
    shown = {"x": True, "yLeft": True, "yRight": True}
    return Chart(
        id=chart,
        title=title,
        description=description,
        columns=columns,
        kind="lnsXY",
        state={
            "preferredSeriesType": series,
            "layers": [layer],
            "legend": {"isVisible": split is not None, "position": "right"},
            "valueLabels": "hide" if series == "bar_stacked" else "show",
            "fittingFunction": "None",
            "axisTitlesVisibilitySettings": {"x": False, "yLeft": False, "yRight": False},
            "tickLabelsVisibilitySettings": shown,
            "gridlinesVisibilitySettings": shown,
            "labelsOrientation": {"x": 0, "yLeft": 0, "yRight": 0},
        },
        query=query,
    )


def table(
    chart: str, title: str, columns: Mapping[str, Json], *, query: str = "", description: str = ""
) -> Chart:
    """All columns side by side, most articles first."""
    return Chart(
        id=chart,
        title=title,
        description=description,
        columns=columns,
        kind="lnsDatatable",
        state={
            "layerId": chart,
            "layerType": "data",
            "columns": [{"columnId": column, "isTransposed": False} for column in columns],
            "sorting": {"columnId": "articles", "direction": "desc"},
            "paging": {"enabled": True, "size": 10},
        },
        query=query,
    )


def donut(chart: str, title: str, columns: Mapping[str, Json], *, groups: Sequence[str]) -> Chart:
    layer: Json = {
        "layerId": chart,
        "layerType": "data",
        "primaryGroups": list(groups),
        "metrics": ["articles"],
        "numberDisplay": "percent",
        "categoryDisplay": "default",
        "legendDisplay": "default",
        "nestedLegend": False,
    }
    return Chart(
        id=chart,
        title=title,
        columns=columns,
        kind="lnsPie",
        state={"shape": "donut", "layers": [layer]},
    )


def _measure(operation: str, field: str, label: str, params: Json) -> Json:
    return {
        "label": label,
        "customLabel": True,
        "dataType": "number",
        "isBucketed": False,
        "operationType": operation,
        "scale": "ratio",
        "sourceField": field,
        "params": params,
    }
