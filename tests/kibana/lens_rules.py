"""What Lens 8.19 accepts: its columns and the charts that we use. See `rules` for how these are written.

x-pack lens: common/types and public/datasources/form_based/types.ts; each chart and column names its file.
"""

from __future__ import annotations

from tests.kibana.rules import ANY, FLAG, NAME, NUMBER, QUERY, TEXT, Json, closed, dictionary, listed, one_of


def _column(operation: str, field: Json, *, data: str, scale: str, bucketed: bool, params: Json) -> Json:
    return closed(
        {
            "label": NAME,
            "customLabel": FLAG,
            "dataType": one_of(*data.split()),
            "isBucketed": one_of(bucketed),
            "operationType": one_of(operation),
            "scale": one_of(scale),
            "sourceField": field,
            "params": params,
        },
        {} if bucketed else {"filter": QUERY},
    )


_EMPTY = closed({"emptyAsNull": FLAG})

COLUMN: Json = {
    "oneOf": [
        # operations/definitions/count.tsx
        _column(
            "count", one_of("___records___"), data="number", scale="ratio", bucketed=False, params=_EMPTY
        ),
        # operations/definitions/cardinality.tsx
        _column("unique_count", NAME, data="number", scale="ratio", bucketed=False, params=_EMPTY),
        # operations/definitions/metrics.tsx
        _column("max", NAME, data="number date", scale="ratio", bucketed=False, params=_EMPTY),
        # operations/definitions/date_histogram.tsx
        _column(
            "date_histogram",
            NAME,
            data="date",
            scale="interval",
            bucketed=True,
            params=closed(
                {"interval": one_of("auto"), "includeEmptyRows": FLAG, "dropPartials": FLAG},
            ),
        ),
        # operations/definitions/terms/types.ts, and the size from values_input.tsx
        _column(
            "terms",
            NAME,
            data="string number",
            scale="ordinal",
            bucketed=True,
            params=closed(
                {
                    "size": {"type": "integer", "minimum": 1, "maximum": 10_000},
                    "orderBy": closed({"type": one_of("column"), "columnId": NAME}),
                    "orderDirection": one_of("asc", "desc"),
                },
                {
                    "otherBucket": FLAG,
                    "missingBucket": FLAG,
                    "parentFormat": closed({"id": one_of("terms")}),
                    "include": listed(TEXT),
                    "exclude": listed(TEXT),
                    "includeIsRegex": FLAG,
                    "excludeIsRegex": FLAG,
                },
            ),
        ),
    ]
}

LAYER = closed(
    {"columns": dictionary(COLUMN), "columnOrder": listed(NAME), "incompleteColumns": closed({})},
    {"sampling": NUMBER},
)

_BASE: Json = {"layerId": NAME, "layerType": one_of("data")}
_AXES = closed({"x": FLAG, "yLeft": FLAG, "yRight": FLAG})

VISUALISATION: dict[str, Json] = {
    # visualizations/metric/types.ts
    "lnsMetric": closed({**_BASE, "metricAccessor": NAME}),
    # visualizations/datatable, common/expressions/datatable: columns, sorting, paging
    "lnsDatatable": closed(
        {**_BASE, "columns": listed(closed({"columnId": NAME}, {"isTransposed": FLAG}))},
        {
            "sorting": closed({"columnId": NAME, "direction": one_of("asc", "desc")}),
            "paging": closed({"enabled": FLAG, "size": one_of(10, 20, 30, 50, 100)}),
        },
    ),
    # common/types.ts, PieVisualizationState
    "lnsPie": closed(
        {
            "shape": one_of("donut", "pie", "treemap", "mosaic", "waffle"),
            "layers": listed(
                closed(
                    {
                        **_BASE,
                        "primaryGroups": listed(NAME),
                        "metrics": listed(NAME),
                        "numberDisplay": one_of("hidden", "percent", "value"),
                        "categoryDisplay": one_of("default", "inside", "hide"),
                        "legendDisplay": one_of("default", "show", "hide"),
                    },
                    {"nestedLegend": FLAG},
                )
            ),
        }
    ),
    # visualizations/xy/types.ts, XYState and XYDataLayerConfig
    "lnsXY": closed(
        {
            "preferredSeriesType": one_of("bar_stacked", "bar_horizontal"),
            "legend": closed({"isVisible": FLAG, "position": one_of("top", "left", "bottom", "right")}),
            "layers": listed(
                closed(
                    {
                        **_BASE,
                        "accessors": listed(NAME),
                        "seriesType": one_of("bar_stacked", "bar_horizontal"),
                        "xAccessor": NAME,
                    },
                    {"splitAccessor": NAME},
                )
            ),
        },
        {
            "valueLabels": one_of("hide", "show"),
            "fittingFunction": one_of("None", "Zero", "Linear"),
            "axisTitlesVisibilitySettings": _AXES,
            "tickLabelsVisibilitySettings": _AXES,
            "gridlinesVisibilitySettings": _AXES,
            "labelsOrientation": closed({"x": NUMBER, "yLeft": NUMBER, "yRight": NUMBER}),
        },
    ),
}

# public/types.ts and common/types.ts, LensDocShape of a panel by value
CHART = closed(
    {
        "type": one_of("lens"),
        "title": TEXT,
        "visualizationType": one_of(*VISUALISATION),
        "references": listed(closed({"name": NAME, "type": one_of("index-pattern"), "id": NAME})),
        "state": closed(
            {
                "adHocDataViews": closed({}),
                "datasourceStates": closed(
                    {
                        "formBased": closed(
                            {
                                "layers": {
                                    "type": "object",
                                    "additionalProperties": LAYER,
                                    "minProperties": 1,
                                    "maxProperties": 1,
                                }
                            }
                        )
                    }
                ),
                "filters": listed(ANY),
                "internalReferences": listed(ANY),
                "query": QUERY,
                "visualization": {"type": "object"},
            }
        ),
    }
)

FIELD_KINDS: dict[str, frozenset[str]] = {
    "terms": frozenset({"keyword", "boolean", "ip", "short", "integer", "long", "float"}),
    "unique_count": frozenset({"keyword", "boolean", "ip", "date", "short", "integer", "long", "float"}),
    "max": frozenset({"date", "short", "integer", "long", "float"}),
    "date_histogram": frozenset({"date"}),
}
"""Types of mapped fields that each operation takes, from its getPossibleOperationForField."""
