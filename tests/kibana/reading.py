"""The saved objects as Kibana finds them: from the file that is imported, with the nested JSON unpacked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from index.elastic.mapping import mapping
from index.kibana.build import FILE

Json = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A Lens panel: its columns in the order of nesting, and the queries on it."""

    id: str
    kind: str
    columns: Mapping[str, Json]
    query: str
    state: Json


def objects() -> dict[str, Json]:
    """By id."""
    return {cast("str", each["id"]): each for each in map(json.loads, FILE.read_text("utf-8").splitlines())}


def attributes(object_id: str) -> Json:
    return inside(objects()[object_id], "attributes")


def inside(value: object, *path: str | int) -> Json:
    """The object at `path`; text on the way is JSON."""
    return cast("Json", at(value, *path))


def at(value: object, *path: str | int) -> object:
    for step in path:
        value = _opened(value)[step]  # type: ignore[index]
    return _opened(value)


def _opened(value: object) -> object:
    return json.loads(value) if isinstance(value, str) and value[:1] in ("{", "[") else value


def panels() -> list[Json]:
    return cast("list[Json]", at(attributes("wirewatch-overview-dashboard"), "panelsJSON"))


def charts() -> Iterator[Chart]:
    for panel in panels():
        if panel["type"] == "lens":
            chart = inside(panel, "embeddableConfig", "attributes")
            (layer,) = inside(chart, "state", "datasourceStates", "formBased", "layers").values()
            columns = inside(layer, "columns")
            yield Chart(
                id=cast("str", panel["panelIndex"]),
                kind=cast("str", chart["visualizationType"]),
                columns={name: inside(columns, name) for name in cast("list[str]", at(layer, "columnOrder"))},
                query=cast("str", at(chart, "state", "query", "query")),
                state=inside(chart, "state", "visualization"),
            )


def layers() -> list[Json]:
    return cast("list[Json]", at(attributes("wirewatch-places-map"), "layerListJSON"))


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of the index, as Kibana learns of it."""

    kind: str
    aggregatable: bool
    searchable: bool


def fields() -> dict[str, Field]:
    """Every field that the mapping has outside nested objects, with sub-fields, by its path."""
    return dict(_fields(mapping(), ""))


def _fields(node: Mapping[str, object], path: str) -> Iterator[tuple[str, Field]]:
    kind = node.get("type")
    if isinstance(kind, str) and kind not in ("object", "nested"):
        yield (
            path,
            Field(
                kind=kind,
                aggregatable=kind not in ("text", "dense_vector", "flattened")
                and node.get("doc_values") is not False,
                searchable=node.get("index") is not False,
            ),
        )
    if kind == "nested" or node.get("enabled") is False:
        return
    for part in ("properties", "fields"):
        for name, child in cast("dict[str, Json]", node.get(part) or {}).items():
            yield from _fields(child, f"{path}.{name}" if path else name)
