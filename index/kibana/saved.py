"""What every saved object has: id, type, the versions it is written for, references.

Kibana migrates what is older than itself and refuses what is newer, so each version is the oldest that has
all that is used, none newer than the pinned Kibana's.
Source: elastic/kibana 8.19, `modelVersions` and `migrations` of each type: dashboard_saved_object.ts,
saved_search/server/saved_objects/search.ts, data_views/server/saved_objects/data_views.ts,
maps/server/saved_objects/setup_saved_objects.ts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

Json = dict[str, object]

ALIAS = "wirewatch-articles"

DATA_VIEW = "wirewatch-articles-data-view"
ARTICLES = "wirewatch-articles-search"
CORRECTIONS = "wirewatch-corrections-search"
FAILURES = "wirewatch-failures-search"
MAP = "wirewatch-places-map"
OVERVIEW = "wirewatch-overview-dashboard"

CORE_VERSION = "8.8.0"
TYPE_VERSIONS = {"index-pattern": "8.0.0", "search": "10.5.0", "map": "8.4.0", "dashboard": "10.2.0"}


def saved(kind: str, object_id: str, attributes: Json, references: Sequence[Json] = ()) -> Json:
    """A saved object. It is `managed`: people copy it to change it, since the next setup overwrites it."""
    return {
        "type": kind,
        "id": object_id,
        "managed": True,
        "coreMigrationVersion": CORE_VERSION,
        "typeMigrationVersion": TYPE_VERSIONS[kind],
        "attributes": attributes,
        "references": list(references),
    }


def reference(name: str, kind: str, object_id: str) -> Json:
    return {"name": name, "type": kind, "id": object_id}


def packed(value: object) -> str:
    """Kibana keeps what is nested as JSON in a string."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def kql(query: str) -> Json:
    return {"language": "kuery", "query": query}
