"""The saved objects against Kibana's rules, against each other, and against the index's mapping."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from typing import cast

import pytest
from jsonschema import Draft202012Validator

from index.elastic.mapping import mapping
from index.kibana.build import FILE
from index.kibana.objects import ndjson
from tests.kibana import lens_rules, map_rules, rules
from tests.kibana.reading import Chart, Json, at, attributes, charts, fields, inside, layers, objects, panels

OBJECTS = objects()
FIELDS = fields()
CHARTS = list(charts())
SEARCHES = [each for each in OBJECTS if each.endswith("-search")]
GRID = 48

OVERVIEW = attributes("wirewatch-overview-dashboard")
DATA_VIEW = attributes("wirewatch-articles-data-view")
PLACES = attributes("wirewatch-places-map")


def check(value: object, rule: Json) -> None:
    Draft202012Validator(rule).validate(value)


def test_the_file_is_what_the_modules_make() -> None:
    assert FILE.read_bytes() == ndjson(), "run: python -m index.kibana.build"


def test_ids_are_fixed_because_people_link_to_them() -> None:
    lines = FILE.read_text("utf-8").splitlines()
    assert len(lines) == len(OBJECTS)
    assert {(each["type"], each["id"]) for each in OBJECTS.values()} == {
        ("index-pattern", "wirewatch-articles-data-view"),
        ("search", "wirewatch-articles-search"),
        ("search", "wirewatch-corrections-search"),
        ("search", "wirewatch-failures-search"),
        ("map", "wirewatch-places-map"),
        ("dashboard", "wirewatch-overview-dashboard"),
    }


@pytest.mark.parametrize("object_id", OBJECTS)
def test_every_object_has_the_frame_that_import_reads(object_id: str) -> None:
    check(OBJECTS[object_id], rules.SAVED_OBJECT)


@pytest.mark.parametrize("object_id", OBJECTS)
def test_no_version_is_newer_than_the_pinned_kibana_knows(object_id: str) -> None:
    saved = OBJECTS[object_id]
    core, kind = (_version(saved[name]) for name in ("coreMigrationVersion", "typeMigrationVersion"))
    assert core <= rules.NEWEST_CORE <= rules.PINNED
    assert kind <= rules.NEWEST_TYPE[cast("str", saved["type"])]


def test_attributes_are_those_that_kibana_validates() -> None:
    check(DATA_VIEW, rules.DATA_VIEW)
    for search in SEARCHES:
        check(attributes(search), rules.SEARCH)
        check(at(attributes(search), "kibanaSavedObjectMeta", "searchSourceJSON"), rules.SEARCH_SOURCE)
    check(PLACES, map_rules.MAP)
    check(at(PLACES, "mapStateJSON"), map_rules.MAP_STATE)
    check(at(PLACES, "uiStateJSON"), map_rules.UI_STATE)
    check(OVERVIEW, rules.DASHBOARD)
    check(at(OVERVIEW, "kibanaSavedObjectMeta", "searchSourceJSON"), rules.SEARCH_SOURCE)
    check(at(OVERVIEW, "optionsJSON"), rules.OPTIONS)
    check(at(OVERVIEW, "controlGroupInput", "panelsJSON"), rules.CONTROLS)
    check(at(OVERVIEW, "controlGroupInput", "ignoreParentSettingsJSON"), rules.CONTROL_SETTINGS)


@pytest.mark.parametrize("panel", panels(), ids=lambda panel: panel["panelIndex"])
def test_a_panel_is_what_the_dashboard_reads(panel: Json) -> None:
    check(panel, rules.PANEL)
    assert at(panel, "gridData", "i") == panel["panelIndex"]
    if panel["type"] == "lens":
        chart = inside(panel, "embeddableConfig", "attributes")
        check(chart, lens_rules.CHART)
        visualisation = at(chart, "state", "visualization")
        check(visualisation, lens_rules.VISUALISATION[cast("str", chart["visualizationType"])])
    else:
        assert "attributes" not in inside(panel, "embeddableConfig")


@pytest.mark.parametrize("layer", layers(), ids=lambda layer: layer["id"])
def test_a_layer_is_what_maps_reads(layer: Json) -> None:
    check(layer, map_rules.LAYER)


def test_panels_lie_in_the_grid_and_not_on_each_other() -> None:
    places = [inside(panel, "gridData") for panel in panels()]
    covered = Counter(
        cell
        for place in places
        for cell in itertools.product(
            *(
                range(cast("int", place[start]), cast("int", place[start]) + cast("int", place[size]))
                for start, size in (("x", "w"), ("y", "h"))
            )
        )
    )
    assert max(covered.values()) == 1
    height = max(y for _, y in covered) + 1
    assert len(covered) == GRID * height, "a gap, or something beyond the right edge"
    assert max(x for x, _ in covered) == GRID - 1


def test_every_reference_leads_to_an_object_of_the_file() -> None:
    for saved in OBJECTS.values():
        for reference in _references(saved):
            assert OBJECTS[reference["id"]]["type"] == reference["type"]


def test_what_refers_comes_after_what_it_refers_to() -> None:
    order = list(OBJECTS)
    for object_id, saved in OBJECTS.items():
        for reference in _references(saved):
            assert order.index(reference["id"]) < order.index(object_id)


def test_names_of_references_are_used_and_none_is_missing() -> None:
    for search in SEARCHES:
        source = inside(attributes(search), "kibanaSavedObjectMeta", "searchSourceJSON")
        assert _names(search) == [source["indexRefName"]]
    assert _names("wirewatch-places-map") == [
        name
        for layer in layers()
        if (name := inside(layer, "sourceDescriptor").get("indexPatternRefName")) is not None
    ]
    assert Counter(_names("wirewatch-overview-dashboard")) == Counter(_used_by_the_dashboard())
    assert _names("wirewatch-articles-data-view") == []


def test_a_map_names_its_references_by_the_position_of_the_layer() -> None:
    # maps/common/migrations/references.ts finds them so
    for position, layer in enumerate(layers()):
        if layer["type"] != "EMS_VECTOR_TILE":
            name = at(layer, "sourceDescriptor", "indexPatternRefName")
            assert name == f"layer_{position}_source_index_pattern"


def test_a_map_asks_no_server_outside_until_a_person_wants_it() -> None:
    for layer in layers():
        if layer["type"] == "EMS_VECTOR_TILE":
            assert layer["visible"] is False
            assert layer["label"], "Kibana would fetch a label"
        else:
            assert str(at(layer, "sourceDescriptor", "type")).startswith("ES_")


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.id)
def test_a_chart_shows_all_of_its_columns_and_no_other(chart: Chart) -> None:
    assert set(chart.columns) == set(_shown(chart.state))
    bucketed = [bool(column["isBucketed"]) for column in chart.columns.values()]
    assert bucketed == sorted(bucketed, reverse=True), "Lens nests groups first, then measures"
    for column in chart.columns.values():
        if column["operationType"] == "terms":
            ordered_by = chart.columns[cast("str", at(column, "params", "orderBy", "columnId"))]
            assert not ordered_by["isBucketed"]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.id)
def test_an_operation_fits_the_type_of_its_field(chart: Chart) -> None:
    for column in chart.columns.values():
        operation, name = cast("str", column["operationType"]), cast("str", column["sourceField"])
        if operation == "count":
            continue
        field = FIELDS[name]
        assert field.aggregatable, name
        assert field.kind in lens_rules.FIELD_KINDS[operation], f"{operation} of {name}, a {field.kind}"
        if column["dataType"] == "date":
            assert field.kind == "date"


def test_queries_name_fields_that_can_be_searched() -> None:
    named = {name for query in _queries() for name in re.findall(r"([\w.]+) *(?::|>)", query)}
    assert named == {"revision", "enrichment.status"}
    assert all(FIELDS[name].searchable for name in named)


def test_controls_offer_values_that_can_be_counted() -> None:
    for control, settings in inside(OVERVIEW, "controlGroupInput", "panelsJSON").items():
        assert at(settings, "explicitInput", "id") == control
        field = FIELDS[cast("str", at(settings, "explicitInput", "fieldName"))]
        assert field.kind == "keyword"
        assert field.aggregatable


def test_layers_show_points_and_fields_of_the_index() -> None:
    for layer in layers():
        source = inside(layer, "sourceDescriptor")
        if "geoField" in source:
            assert FIELDS[cast("str", source["geoField"])].kind == "geo_point"
        if "sortField" in source:
            assert FIELDS[cast("str", source["sortField"])].aggregatable
        for name in cast("list[str]", source.get("tooltipProperties", [])):
            assert name in FIELDS


def test_the_data_view_names_fields_of_the_index() -> None:
    assert FIELDS[cast("str", DATA_VIEW["timeFieldName"])].kind == "date"
    assert set(inside(DATA_VIEW, "fieldAttrs")) <= set(FIELDS)
    for name, field_format in inside(DATA_VIEW, "fieldFormatMap").items():
        check(field_format, rules.FIELD_FORMAT)
        assert FIELDS[name].kind == "keyword"
    # not from `fields`: what is hidden need not be searchable
    hidden = [
        each["value"].removesuffix(".*")
        for each in cast("list[dict[str, str]]", at(DATA_VIEW, "sourceFilters"))
    ]
    assert hidden == ["embedding", "entities.mentions", "search"]
    for name in hidden:
        at(mapping(), "properties", *name.replace(".", ".properties.").split("."))


@pytest.mark.parametrize("search", SEARCHES)
def test_a_search_shows_and_sorts_by_fields_of_the_index(search: str) -> None:
    content = attributes(search)
    columns = cast("list[str]", content["columns"])
    assert set(columns) <= set(inside(DATA_VIEW, "fieldAttrs")), "a column without a readable name"
    assert set(inside(content, "grid", "columns")) <= {*columns, "time"}
    for name, _ in cast("list[tuple[str, str]]", content["sort"]):
        assert FIELDS[name].aggregatable
    assert FIELDS[cast("str", content["breakdownField"])].aggregatable


def test_another_alias_changes_the_data_view_and_nothing_else() -> None:
    ours, other = (ndjson(alias=alias).splitlines() for alias in ("wirewatch-articles", "news"))
    assert [a == b for a, b in zip(ours, other, strict=True)] == [False, *[True] * (len(ours) - 1)]
    assert other[0] == ours[0].replace(b'"title":"wirewatch-articles"', b'"title":"news"')


def _version(text: object) -> tuple[int, ...]:
    return tuple(map(int, str(text).split(".")))


def _references(saved: Json) -> list[dict[str, str]]:
    return cast("list[dict[str, str]]", saved["references"])


def _names(object_id: str) -> list[object]:
    return [reference["name"] for reference in _references(OBJECTS[object_id])]


def _used_by_the_dashboard() -> Iterator[str]:
    """As dashboard_container_references.ts looks them up: the panel's id, a colon, the panel's own name."""
    for panel in panels():
        if panel["type"] == "lens":
            chart = inside(panel, "embeddableConfig", "attributes")
            (layer,) = inside(chart, "state", "datasourceStates", "formBased", "layers")
            assert [reference["name"] for reference in _references(chart)] == [
                f"indexpattern-datasource-layer-{layer}"
            ]
            yield f"{panel['panelIndex']}:indexpattern-datasource-layer-{layer}"
        else:
            yield f"{panel['panelIndex']}:{panel['panelRefName']}"
    for control in inside(OVERVIEW, "controlGroupInput", "panelsJSON"):
        yield f"controlGroup_{control}:optionsListDataView"


def _shown(state: object) -> Iterator[str]:
    """Column ids that a visualisation names."""
    if isinstance(state, dict):
        for key, value in state.items():
            if key in ("xAccessor", "splitAccessor", "metricAccessor", "columnId"):
                yield cast("str", value)
            elif key in ("accessors", "primaryGroups", "metrics"):
                yield from cast("list[str]", value)
            else:
                yield from _shown(value)
    elif isinstance(state, list):
        for value in state:
            yield from _shown(value)


def _queries() -> Iterator[str]:
    for chart in CHARTS:
        yield chart.query
        for column in chart.columns.values():
            if "filter" in column:
                yield cast("str", at(column, "filter", "query"))
    for search in SEARCHES:
        yield cast(
            "str", at(attributes(search), "kibanaSavedObjectMeta", "searchSourceJSON", "query", "query")
        )
