"""What Kibana 8.19 accepts, as JSON Schemas: our own words for rules in Kibana's source, each with its file.

Only what our objects use is let through: a new attribute has to be looked up and added here.
"""

from __future__ import annotations

from collections.abc import Mapping

from stack import versions

Json = dict[str, object]

PINNED = tuple(map(int, versions.ELASTIC.split(".")))
"""Kibana's version is Elasticsearch's, always."""

NEWEST_CORE = (8, 8, 0)
"""The last migration of core itself: core/packages/saved-objects/migration-server-internal."""

NEWEST_TYPE: dict[str, tuple[int, int, int]] = {
    "index-pattern": (8, 0, 0),  # data_views/server/saved_objects: the last conversion, no model versions
    "search": (10, 5, 0),  # saved_search/server/saved_objects/search.ts: model version 5
    "map": (8, 4, 0),  # maps/server/saved_objects/saved_object_migrations.ts: the last migration
    "dashboard": (10, 2, 0),  # dashboard/server/dashboard_saved_object.ts: model version 2, at least
}
"""The newest version of each type that the pinned Kibana knows; 10.N.0 stands for model version N."""

TEXT: Json = {"type": "string"}
NAME: Json = {"type": "string", "minLength": 1}
FLAG: Json = {"type": "boolean"}
NUMBER: Json = {"type": "number"}
ANY: Json = {}


def closed(required: Mapping[str, object], optional: Mapping[str, object] | None = None) -> Json:
    """An object with these keys and no others."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


def listed(item: Json) -> Json:
    return {"type": "array", "items": item}


def one_of(*values: object) -> Json:
    return {"enum": list(values)}


def dictionary(value: Json) -> Json:
    return {"type": "object", "additionalProperties": value}


QUERY = closed({"query": TEXT, "language": one_of("kuery")})

# src/core/packages/saved-objects/common/src/server_types.ts, SavedObject; import adds what is not given
SAVED_OBJECT = closed(
    {
        "type": one_of("index-pattern", "search", "map", "dashboard"),
        "id": {"type": "string", "pattern": "^wirewatch-[a-z-]+$"},
        "managed": FLAG,
        "coreMigrationVersion": NAME,
        "typeMigrationVersion": NAME,
        "attributes": {"type": "object"},
        "references": listed(closed({"name": NAME, "type": NAME, "id": NAME})),
    }
)

# data_views/common/content_management/v1/cm_services.ts, dataViewAttributesSchema
DATA_VIEW = closed(
    {"title": NAME, "name": NAME},
    {
        "timeFieldName": NAME,
        "allowNoIndex": FLAG,
        "fields": TEXT,
        "fieldAttrs": TEXT,
        "fieldFormatMap": TEXT,
        "runtimeFieldMap": TEXT,
        "sourceFilters": TEXT,
        "typeMeta": TEXT,
    },
)

# field_formats/common/converters/url.ts and color.ts
FIELD_FORMAT: Json = {
    "oneOf": [
        closed({"id": one_of("url"), "params": closed({"type": one_of("a"), "openLinkInCurrentTab": FLAG})}),
        closed(
            {
                "id": one_of("color"),
                "params": closed(
                    {
                        "fieldType": one_of("string"),
                        "colors": listed(
                            closed({"range": TEXT, "regex": NAME, "text": NAME, "background": NAME})
                        ),
                    }
                ),
            }
        ),
    ]
}

# saved_search/server/saved_objects/schema.ts, model version 5
SEARCH = closed(
    {
        "title": NAME,
        "description": TEXT,
        "columns": listed(NAME),
        "sort": listed({"type": "array", "items": NAME, "minItems": 2, "maxItems": 2}),
        "grid": closed({"columns": dictionary(closed({"width": NUMBER}))}),
        "hideChart": FLAG,
        "isTextBasedQuery": FLAG,
        "kibanaSavedObjectMeta": closed({"searchSourceJSON": NAME}),
    },
    {"breakdownField": NAME, "rowHeight": NUMBER, "timeRestore": FLAG},
)
SEARCH_SOURCE = closed({"query": QUERY, "filter": listed(ANY)}, {"indexRefName": NAME})

# dashboard/server/dashboard_saved_object/schema/v1/v1.ts and v2/v2.ts
DASHBOARD = closed(
    {
        "title": NAME,
        "description": TEXT,
        "kibanaSavedObjectMeta": closed({"searchSourceJSON": NAME}),
        "panelsJSON": NAME,
        "optionsJSON": NAME,
    },
    {
        "timeRestore": FLAG,
        "timeFrom": NAME,
        "timeTo": NAME,
        "refreshInterval": closed({"pause": FLAG, "value": {"type": "integer", "minimum": 1000}}),
        "controlGroupInput": closed(
            {
                "controlStyle": one_of("oneLine", "twoLine"),
                "chainingSystem": one_of("HIERARCHICAL", "NONE"),
                "panelsJSON": NAME,
                "ignoreParentSettingsJSON": NAME,
                "showApplySelections": FLAG,
            }
        ),
    },
)

# dashboard/server/content_management/v3/cm_services.ts: optionsSchema, panelSchema, gridDataSchema
OPTIONS = closed(
    dict.fromkeys(("hidePanelTitles", "useMargins", "syncColors", "syncCursor", "syncTooltips"), FLAG)
)
GRID = closed(
    {
        "x": {"type": "integer", "minimum": 0},
        "y": {"type": "integer", "minimum": 0},
        "w": {"type": "integer", "minimum": 1, "maximum": 48},
        "h": {"type": "integer", "minimum": 1},
        "i": NAME,
    }
)
PANEL = closed(
    {
        "type": one_of("lens", "map", "search"),
        "title": NAME,
        "panelIndex": NAME,
        "gridData": GRID,
        "embeddableConfig": closed({"enhancements": closed({})}, {"attributes": ANY, "description": NAME}),
    },
    {"panelRefName": NAME},
)

# controls/common/options_list/types.ts, and the controls in dashboard/.../v3/cm_services.ts
CONTROLS = dictionary(
    closed(
        {
            "type": one_of("optionsListControl"),
            "order": {"type": "integer", "minimum": 0},
            "width": one_of("small", "medium", "large"),
            "grow": FLAG,
            "explicitInput": closed(
                {
                    "id": NAME,
                    "title": NAME,
                    "fieldName": NAME,
                    "selectedOptions": listed(TEXT),
                    "searchTechnique": one_of("prefix", "wildcard", "exact"),
                    "sort": closed({"by": one_of("_count", "_key"), "direction": one_of("asc", "desc")}),
                    "enhancements": closed({}),
                }
            ),
        }
    )
)
CONTROL_SETTINGS = closed(
    dict.fromkeys(("ignoreFilters", "ignoreQuery", "ignoreTimerange", "ignoreValidations"), FLAG)
)
