"""The templates that make every monthly index what it is: two components and the template that joins them."""

from __future__ import annotations

from index.elastic.analysis import analysis
from index.elastic.mapping import VERSION, mapping
from runtime.settings import ElasticSettings

Json = dict[str, object]

PRIORITY = 300  # above what Elasticsearch brings along (100) and the usual catch-all of an organisation


def component_templates(settings: ElasticSettings, *, server: tuple[int, int] = (8, 19)) -> dict[str, Json]:
    """Name to body of each component. `server` is the server's version, (major, minor)."""
    sizes: Json = {"number_of_shards": settings.shards, "number_of_replicas": settings.replicas}
    if server >= (9, 2):
        # From then on vectors are left out of _source by default; the record would not come back exactly.
        sizes["mapping"] = {"exclude_source_vectors": False}
    return {
        f"{settings.index_prefix}-settings": {
            "version": VERSION,
            "template": {"settings": {"index": sizes}},
        },
        f"{settings.index_prefix}-mapping": {
            "version": VERSION,
            "template": {"settings": {"index": {"analysis": analysis()}}, "mappings": mapping()},
        },
    }


def index_template(settings: ElasticSettings) -> Json:
    """The template named `settings.index_prefix`, for indices named by `months.index_name`.

    It names no alias: a new generation is to be seen only when it is whole. Indices are made by name and
    never by the way, because one that a write brings about would be missing from the alias.
    A component `<prefix>@custom`, where an operator makes one, has the last word on settings.
    """
    custom = f"{settings.index_prefix}@custom"
    return {
        "version": VERSION,
        "priority": PRIORITY,
        "index_patterns": [f"{settings.index_prefix}-0*"],
        "composed_of": [*component_templates(settings), custom],
        "ignore_missing_component_templates": [custom],
        "allow_auto_create": False,
        "_meta": {"wirewatch": VERSION},
    }
