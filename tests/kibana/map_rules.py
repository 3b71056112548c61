"""What Maps 8.19 accepts. See `rules` for how these are written.

x-pack maps: server/content_management/schema/v1 (layer_schemas, source_schemas, style_schemas) for layers as
the API has them; common/descriptor_types for what is kept: data views by name of reference.
"""

from __future__ import annotations

from tests.kibana.rules import ANY, FLAG, NAME, NUMBER, QUERY, TEXT, Json, closed, listed, one_of

# server/saved_objects/types.ts, StoredMapAttributes
MAP = closed(
    {"title": NAME, "description": TEXT, "layerListJSON": NAME, "mapStateJSON": NAME, "uiStateJSON": NAME}
)

# map_attributes_schema and settings_schema, under the names that they are kept by
MAP_STATE = closed(
    {
        "zoom": {"type": "number", "minimum": 0, "maximum": 24},
        "center": closed({"lat": NUMBER, "lon": NUMBER}),
        "timeFilters": closed({"from": NAME, "to": NAME}),
        "refreshConfig": closed({"isPaused": FLAG, "interval": {"type": "integer", "minimum": 1000}}),
        "query": QUERY,
        "filters": listed(ANY),
        "settings": closed(
            {
                "autoFitToDataBounds": FLAG,
                "initialLocation": one_of(
                    "LAST_SAVED_LOCATION", "FIXED_LOCATION", "BROWSER_LOCATION", "AUTO_FIT_TO_BOUNDS"
                ),
            }
        ),
    }
)
UI_STATE = closed({"isLayerTOCOpen": FLAG, "openTOCDetails": listed(NAME)})

_FIELD = closed({"name": NAME, "origin": one_of("source", "join")})
_META = closed({"isEnabled": FLAG, "sigma": NUMBER})


def _style(static: Json, dynamic: Json) -> Json:
    """A property of a style: fixed, or taken from the data."""
    return {
        "oneOf": [
            closed({"type": one_of("STATIC"), "options": static}),
            closed({"type": one_of("DYNAMIC"), "options": dynamic}),
        ]
    }


_COLOUR = _style(
    closed({"color": NAME}),
    closed(
        {"field": _FIELD, "fieldMetaOptions": _META},
        {"color": NAME, "type": one_of("ORDINAL", "CATEGORICAL")},
    ),
)
_SIZE = _style(
    closed({"size": NUMBER}),
    closed({"field": _FIELD, "fieldMetaOptions": _META, "minSize": NUMBER, "maxSize": NUMBER}),
)
_LABEL = _style(closed({"value": TEXT}), closed({"field": _FIELD}))

VECTOR_STYLE = closed(
    {
        "type": one_of("VECTOR"),
        "isTimeAware": FLAG,
        "properties": closed(
            {},
            {
                "fillColor": _COLOUR,
                "lineColor": _COLOUR,
                "lineWidth": _SIZE,
                "iconSize": _SIZE,
                "labelText": _LABEL,
            },
        ),
    }
)

_ELASTIC: Json = {
    "id": NAME,
    "geoField": NAME,
    "applyGlobalQuery": FLAG,
    "applyGlobalTime": FLAG,
    "applyForceRefresh": FLAG,
    "indexPatternRefName": NAME,
}
GRID_SOURCE = closed(
    {
        **_ELASTIC,
        "type": one_of("ES_GEO_GRID"),
        "requestType": one_of("heatmap", "point", "grid", "hex"),
        "resolution": one_of("COARSE", "FINE", "MOST_FINE", "SUPER_FINE"),
        "metrics": listed(closed({"type": one_of("count")}, {"label": NAME})),
    }
)
ARTICLE_SOURCE = closed(
    {
        **_ELASTIC,
        "type": one_of("ES_SEARCH"),
        "filterByMapBounds": FLAG,
        "scalingType": one_of("LIMIT", "CLUSTERS", "MVT", "TOP_HITS"),
        "sortField": NAME,
        "sortOrder": one_of("asc", "desc"),
        "tooltipProperties": listed(NAME),
    }
)

_LAYER: Json = {
    "id": NAME,
    "label": NAME,
    "alpha": {"type": "number", "minimum": 0, "maximum": 1},
    "minZoom": {"type": "number", "minimum": 0, "maximum": 24},
    "maxZoom": {"type": "number", "minimum": 0, "maximum": 24},
    "visible": FLAG,
    "includeInFitToBounds": FLAG,
}

LAYER: Json = {
    "oneOf": [
        closed(
            {
                **_LAYER,
                "type": one_of("EMS_VECTOR_TILE"),
                "locale": NAME,
                "sourceDescriptor": closed(
                    {"type": one_of("EMS_TMS"), "isAutoSelect": FLAG}, {"lightModeDefault": NAME}
                ),
                "style": closed({"type": one_of("EMS_VECTOR_TILE"), "color": TEXT}),
            }
        ),
        closed(
            {
                **_LAYER,
                "type": one_of("GEOJSON_VECTOR"),
                "joins": {"type": "array", "maxItems": 0},
                "sourceDescriptor": {"oneOf": [GRID_SOURCE, ARTICLE_SOURCE]},
                "style": VECTOR_STYLE,
            }
        ),
    ]
}
