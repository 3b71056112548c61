"""The data view, and the searches that Discover opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index.kibana.saved import (
    ARTICLES,
    CORRECTIONS,
    DATA_VIEW,
    FAILURES,
    Json,
    kql,
    packed,
    reference,
    saved,
)

CORRECTED = "revision > 1"
INCOMPLETE = "not enrichment.status : complete"

LABELS = {
    "enrichment.failures.step": "Failed step",
    "enrichment.status": "Enrichment",
    "failures": "Failures",
    "feed.id": "Feed id",
    "feed.title.shown": "Feed",
    "first_seen": "First seen",
    "lang": "Language",
    "location": "Location",
    "named.event": "Events",
    "named.group": "Groups",
    "named.location": "Locations",
    "named.org": "Organisations",
    "named.person": "Persons",
    "notes": "Notes",
    "places.country": "Country",
    "places.name.shown": "Places",
    "revision": "Revision",
    "text_source": "Text from",
    "time": "Time",
    "title": "Title",
    "topics.label.shown": "Topics",
    "url": "Link",
}
"""Fields that people meet, by the names that they are shown under."""

_HIDDEN = ("embedding", "entities.mentions", "search.*")
_STATUS_COLOURS = (("failed", "#ffffff", "#bd271e"), ("partial", "#000000", "#f5c35c"))

_WIDTHS = {"time": 190, "first_seen": 190, "title": 380, "lang": 90, "revision": 90, "url": 260}


def data_view(alias: str) -> Json:
    """Everything behind `alias`, on the time axis of publication."""
    link = {"id": "url", "params": {"type": "a", "openLinkInCurrentTab": False}}
    status = {
        "id": "color",
        "params": {
            "fieldType": "string",
            "colors": [
                {"range": "-Infinity:Infinity", "regex": word, "text": text, "background": background}
                for word, text, background in _STATUS_COLOURS
            ],
        },
    }
    attributes: Json = {
        "title": alias,
        "name": "Wirewatch articles",
        "timeFieldName": "time",
        "allowNoIndex": True,  # a new installation has no article yet
        "fields": "[]",
        "fieldAttrs": packed({field: {"customLabel": label} for field, label in LABELS.items()}),
        "fieldFormatMap": packed(
            {"url": link, "canonical_url": link, "feed.url": link, "enrichment.status": status}
        ),
        "runtimeFieldMap": "{}",
        "sourceFilters": packed([{"value": pattern} for pattern in _HIDDEN]),
        "typeMeta": "{}",
    }
    return saved("index-pattern", DATA_VIEW, attributes)


def searches() -> tuple[Json, ...]:
    return (
        _search(
            ARTICLES,
            "Wirewatch: articles",
            "Every article, newest first.",
            "",
            (
                "title",
                "feed.title.shown",
                "named.person",
                "named.org",
                "topics.label.shown",
                "places.name.shown",
                "lang",
                "url",
            ),
            breakdown="feed.title.shown",
        ),
        _search(
            CORRECTIONS,
            "Wirewatch: corrections",
            "Articles whose title, text or date has changed since they were first seen.",
            CORRECTED,
            ("revision", "title", "feed.title.shown", "first_seen", "url"),
            breakdown="feed.title.shown",
        ),
        _search(
            FAILURES,
            "Wirewatch: failures",
            "Articles that are not enriched in full, with the step that failed and the reason.",
            INCOMPLETE,
            ("enrichment.status", "failures", "title", "feed.title.shown", "text_source", "notes", "url"),
            breakdown="enrichment.failures.step",
        ),
    )


def search_source(query: str) -> str:
    return packed({"query": kql(query), "filter": [], "indexRefName": _INDEX_REFERENCE})


_INDEX_REFERENCE = "kibanaSavedObjectMeta.searchSourceJSON.index"


def _search(
    object_id: str, title: str, description: str, query: str, columns: Sequence[str], *, breakdown: str
) -> Json:
    widths: Mapping[str, Json] = {
        column: {"width": _WIDTHS[column]} for column in ("time", *columns) if column in _WIDTHS
    }
    attributes: Json = {
        "title": title,
        "description": description,
        "columns": list(columns),
        "sort": [["time", "desc"]],
        "grid": {"columns": widths},
        "hideChart": False,
        "breakdownField": breakdown,
        "isTextBasedQuery": False,
        "rowHeight": 3,
        "timeRestore": False,
        "kibanaSavedObjectMeta": {"searchSourceJSON": search_source(query)},
    }
    return saved("search", object_id, attributes, [reference(_INDEX_REFERENCE, "index-pattern", DATA_VIEW)])
