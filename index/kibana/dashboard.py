"""The overview dashboard: which charts, and where each stands.

Charts are part of the dashboard; the map and the list of articles are saved objects of their own, so that
they can be opened by themselves, too.
"""

from __future__ import annotations

from collections.abc import Iterator

from index.kibana.charts import (
    ARTICLES_OVER_TIME,
    BY_LANGUAGE,
    CORRECTIONS_OVER_TIME,
    COUNTRIES,
    FAILED_STEPS_OVER_TIME,
    FAILURES_BY_REASON,
    FEEDS,
    NUMBERS,
    ORGANISATIONS,
    PERSONS,
    PLACES,
    STATUS_OVER_TIME,
    TOPICS,
)
from index.kibana.lens import Chart
from index.kibana.saved import ARTICLES, DATA_VIEW, MAP, OVERVIEW, Json, kql, packed, reference, saved

COLUMNS = 48  # of Kibana's grid
REFRESH_MS = 60_000

_ROWS: tuple[tuple[int, tuple[tuple[Chart | str, int], ...]], ...] = (
    (5, tuple((number, COLUMNS // len(NUMBERS)) for number in NUMBERS)),
    (14, ((ARTICLES_OVER_TIME, 32), (TOPICS, 16))),
    (14, ((PERSONS, 16), (ORGANISATIONS, 16), (PLACES, 16))),
    (18, ((MAP, 34), (COUNTRIES, 14))),
    (14, ((FEEDS, 34), (BY_LANGUAGE, 14))),
    (12, ((CORRECTIONS_OVER_TIME, 24), (STATUS_OVER_TIME, 24))),
    (12, ((FAILED_STEPS_OVER_TIME, 24), (FAILURES_BY_REASON, 24))),
    (20, ((ARTICLES, 48),)),
)
"""Rows from the top: height, and what stands side by side with its width. Text is a saved object's id."""

_SAVED = {MAP: ("map", "Places"), ARTICLES: ("search", "Articles")}

_CONTROLS = {
    "topic": ("Topic", "topics.label.shown"),
    "person": ("Person", "named.person"),
    "organisation": ("Organisation", "named.org"),
    "place": ("Place", "places.name.shown"),
    "feed": ("Feed", "feed.title.shown"),
    "language": ("Language", "lang"),
}


def overview() -> Json:
    panels: list[Json] = []
    references: list[Json] = []
    for content, place in _placed():
        panel, needed = _panel(content, place)
        panels.append(panel)
        references += needed
    references += [
        reference(f"controlGroup_{control}:optionsListDataView", "index-pattern", DATA_VIEW)
        for control in _CONTROLS
    ]
    attributes: Json = {
        "title": "Wirewatch: overview",
        "description": "What the feeds report: who, where and about what, and how the pipeline is doing.",
        "panelsJSON": packed(panels),
        "optionsJSON": packed(
            {
                "hidePanelTitles": False,
                "useMargins": True,
                "syncColors": False,
                "syncCursor": True,
                "syncTooltips": False,
            }
        ),
        "controlGroupInput": _controls(),
        "timeRestore": True,
        "timeFrom": "now-7d",
        "timeTo": "now",
        "refreshInterval": {"pause": False, "value": REFRESH_MS},
        "kibanaSavedObjectMeta": {"searchSourceJSON": packed({"query": kql(""), "filter": []})},
    }
    return saved("dashboard", OVERVIEW, attributes, references)


def _placed() -> Iterator[tuple[Chart | str, Json]]:
    y = 0
    for height, cells in _ROWS:
        x = 0
        for content, width in cells:
            yield content, {"x": x, "y": y, "w": width, "h": height}
            x += width
        y += height


def _panel(content: Chart | str, place: Json) -> tuple[Json, list[Json]]:
    """The panel, with the references that the dashboard must hold for it."""
    if isinstance(content, str):
        kind, title = _SAVED[content]
        panel_id, name = kind, f"panel_{kind}"
        config: Json = {"enhancements": {}}
        extra: Json = {"panelRefName": name}
        references = [reference(name, kind, content)]
    else:
        kind, title, panel_id = "lens", content.title, content.id
        config = {"attributes": content.attributes(), "enhancements": {}}
        if content.description:
            config["description"] = content.description
        extra = {}
        references = content.references()
    panel: Json = {
        "type": kind,
        "title": title,
        "panelIndex": panel_id,
        "gridData": {**place, "i": panel_id},
        "embeddableConfig": config,
        **extra,
    }
    prefixed = [{**needed, "name": f"{panel_id}:{needed['name']}"} for needed in references]
    return panel, prefixed


def _controls() -> Json:
    """Lists to choose from, above the panels."""
    return {
        "controlStyle": "oneLine",
        "chainingSystem": "HIERARCHICAL",
        "showApplySelections": False,
        "ignoreParentSettingsJSON": packed(
            {
                "ignoreFilters": False,
                "ignoreQuery": False,
                "ignoreTimerange": False,
                "ignoreValidations": False,
            }
        ),
        "panelsJSON": packed(
            {
                control: {
                    "type": "optionsListControl",
                    "order": order,
                    "width": "medium",
                    "grow": True,
                    "explicitInput": {
                        "id": control,
                        "title": title,
                        "fieldName": field,
                        "selectedOptions": [],
                        "searchTechnique": "prefix",
                        "sort": {"by": "_count", "direction": "desc"},
                        "enhancements": {},
                    },
                }
                for order, (control, (title, field)) in enumerate(_CONTROLS.items())
            }
        ),
    }
