"""The map of places: clusters of articles, single articles when near, and a base map that is switched off.

The base map comes from Elastic's servers, so a browser only asks for it when a person switches the layer on.
Source: elastic/kibana 8.19, x-pack maps/common/descriptor_types and
maps/server/content_management/schema/v1 (layers, sources, styles).
"""

from __future__ import annotations

from index.kibana.saved import DATA_VIEW, MAP, Json, kql, packed, reference, saved

NEAR_ZOOM = 6  # a cell of the grid is then some tens of kilometres wide
_FROM_FIRST, _TO_LAST = 0, 24
_LIGHT, _DARK = "#6092C0", "#1F4E79"


def places_map() -> Json:
    layers = [_base_map(), _clusters(), _articles()]
    attributes: Json = {
        "title": "Wirewatch: places",
        "description": "Where the places are that articles name. An article counts at each of its places.",
        "layerListJSON": packed(layers),
        "mapStateJSON": packed(
            {
                "zoom": 1.6,
                "center": {"lon": 15, "lat": 25},
                "timeFilters": {"from": "now-7d", "to": "now"},
                "refreshConfig": {"isPaused": False, "interval": 60_000},
                "query": kql(""),
                "filters": [],
                "settings": {"autoFitToDataBounds": False, "initialLocation": "LAST_SAVED_LOCATION"},
            }
        ),
        "uiStateJSON": packed({"isLayerTOCOpen": True, "openTOCDetails": []}),
    }
    references = [
        reference(_reference_name(position), "index-pattern", DATA_VIEW)
        for position, layer in enumerate(layers)
        if layer["type"] != "EMS_VECTOR_TILE"
    ]
    return saved("map", MAP, attributes, references)


def _base_map() -> Json:
    """With a label of its own, because Kibana would ask Elastic's servers for one."""
    return _layer("base-map", "Base map (from Elastic's servers)", "EMS_VECTOR_TILE") | {
        "visible": False,
        "alpha": 1,
        "locale": "autoselect",
        "sourceDescriptor": {
            "type": "EMS_TMS",
            "isAutoSelect": True,
            "lightModeDefault": "road_map_desaturated",
        },
        "style": {"type": "EMS_VECTOR_TILE", "color": ""},
    }


def _clusters() -> Json:
    by_count = {"field": {"name": "doc_count", "origin": "source"}}
    from_data: Json = {"isEnabled": True, "sigma": 3}
    return _vector("clusters", "Articles by place") | {
        "sourceDescriptor": _source("clusters", "ES_GEO_GRID", position=1)
        | {"requestType": "point", "resolution": "FINE", "metrics": [{"type": "count", "label": "Articles"}]},
        "style": _style(
            {
                "fillColor": {
                    "type": "DYNAMIC",
                    "options": {
                        **by_count,
                        "color": "Blues",
                        "type": "ORDINAL",
                        "fieldMetaOptions": from_data,
                    },
                },
                "iconSize": {
                    "type": "DYNAMIC",
                    "options": {**by_count, "minSize": 7, "maxSize": 32, "fieldMetaOptions": from_data},
                },
                "labelText": {"type": "DYNAMIC", "options": by_count},
            }
        ),
    }


def _articles() -> Json:
    return _vector("articles", "Single articles") | {
        "minZoom": NEAR_ZOOM,
        "sourceDescriptor": _source("articles", "ES_SEARCH", position=2)
        | {
            "filterByMapBounds": True,
            "scalingType": "LIMIT",
            "sortField": "time",
            "sortOrder": "desc",
            "tooltipProperties": ["title", "time", "feed.title.shown", "places.name.shown", "url"],
        },
        "style": _style(
            {
                "fillColor": {"type": "STATIC", "options": {"color": _DARK}},
                "iconSize": {"type": "STATIC", "options": {"size": 4}},
            }
        ),
    }


def _layer(layer_id: str, label: str, kind: str) -> Json:
    return {
        "id": layer_id,
        "label": label,
        "type": kind,
        "alpha": 0.8,
        "minZoom": _FROM_FIRST,
        "maxZoom": _TO_LAST,
        "visible": True,
        "includeInFitToBounds": True,
    }


def _source(source_id: str, kind: str, *, position: int) -> Json:
    return {
        "id": f"{source_id}-source",
        "type": kind,
        "geoField": "location",
        "applyGlobalQuery": True,
        "applyGlobalTime": True,
        "applyForceRefresh": True,
        "indexPatternRefName": _reference_name(position),
    }


def _vector(layer_id: str, label: str) -> Json:
    return _layer(layer_id, label, "GEOJSON_VECTOR") | {"joins": []}


def _style(properties: Json) -> Json:
    line: Json = {
        "lineColor": {"type": "STATIC", "options": {"color": _LIGHT}},
        "lineWidth": {"type": "STATIC", "options": {"size": 1}},
    }
    return {"type": "VECTOR", "isTimeAware": True, "properties": line | properties}


def _reference_name(position: int) -> str:
    return f"layer_{position}_source_index_pattern"
