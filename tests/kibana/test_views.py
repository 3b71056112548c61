"""Discover, the map and the lists above the dashboard, asked of a real Elasticsearch."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import cast

import pytest

from article.records import EnrichedArticle
from tests.kibana.conftest import Ask
from tests.kibana.news import (
    SHOWN,
    WEEK,
    Values,
    corrected,
    countries,
    failures,
    feeds,
    incomplete,
    languages,
    most,
    organisations,
    persons,
    places,
    steps,
    time,
    topics,
)
from tests.kibana.reading import Json, at, attributes, inside, layers
from tests.kibana.requests import cluster_request, control_request, discover_request, points_request

LAYERS = {cast("str", layer["id"]): layer for layer in layers()}


@pytest.mark.parametrize(
    ("search", "among"),
    [
        ("wirewatch-articles-search", SHOWN),
        ("wirewatch-corrections-search", [article for article in SHOWN if corrected(article)]),
        ("wirewatch-failures-search", [article for article in SHOWN if incomplete(article)]),
    ],
)
def test_discover_lists_the_newest_first_with_its_columns(
    ask: Ask, search: str, among: Sequence[EnrichedArticle]
) -> None:
    content = attributes(search)
    query = cast("str", at(content, "kibanaSavedObjectMeta", "searchSourceJSON", "query", "query"))
    answer = ask(discover_request(content, query, WEEK))
    hits = cast("list[Json]", at(answer, "hits", "hits"))
    by_id = {article.id: article for article in among}
    assert {hit["_id"] for hit in hits} == set(by_id)
    times = [time(by_id[cast("str", hit["_id"])]) for hit in hits]
    assert times == sorted(times, reverse=True)
    for hit in hits:
        shown = cast("dict[str, list[object]]", hit.get("fields", {}))
        expected = columns(by_id[cast("str", hit["_id"])])
        assert shown == {
            name: expected[name] for name in cast("list[str]", content["columns"]) if expected[name]
        }
    parts = cast("list[Json]", at(answer, "aggregations", "parts", "buckets"))
    values = steps if content["breakdownField"] == "enrichment.failures.step" else feeds
    assert [(part["key"], part["doc_count"]) for part in parts] == most(values, size=3, among=among)


def columns(article: EnrichedArticle) -> dict[str, list[object]]:
    """What each column of a search shows of an article."""
    return {
        "title": [article.title],
        "feed.title.shown": [article.feed.title],
        "named.person": list(persons(article)),
        "named.org": list(organisations(article)),
        "topics.label.shown": list(topics(article)),
        "places.name.shown": list(places(article)),
        "lang": list(languages(article)),
        "url": [article.url],
        "revision": [article.revision],
        "first_seen": [f"{article.first_seen:%Y-%m-%dT%H:%M:%S}.000Z"],
        "enrichment.status": [article.enrichment.status],
        "failures": list(failures(article)),
        "text_source": [article.text_source],
        "notes": list(article.notes),
    }


@pytest.mark.parametrize("precision", [3, 7, 12])
def test_the_map_counts_articles_by_cell(ask: Ask, precision: int) -> None:
    request = cluster_request(inside(LAYERS["clusters"], "sourceDescriptor"), precision=precision, span=WEEK)
    found = cast("list[Json]", at(ask(request), "aggregations", "cells", "buckets"))
    expected = Counter(
        cell
        for article in SHOWN
        for cell in {tile(place.lat, place.lon, precision) for place in article.places}
    )
    assert {cast("str", at(each, "key", "cell")): each["doc_count"] for each in found} == expected


def tile(lat: float, lon: float, zoom: int) -> str:
    """zoom/x/y of the square of the Web Mercator map. Source: EPSG:3857; "Slippy map tilenames"."""
    squares = 2**zoom
    x = (lon + 180) / 360 * squares
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * squares
    return f"{zoom}/{int(x)}/{int(y)}"


def test_the_map_shows_single_articles_when_near(ask: Ask) -> None:
    source = inside(LAYERS["articles"], "sourceDescriptor")
    box: Json = {"top_left": {"lat": 55, "lon": 12}, "bottom_right": {"lat": 54, "lon": 14}}
    answer = ask(points_request(source, box=box, span=WEEK))
    hits = cast("list[Json]", at(answer, "hits", "hits"))
    there = {article.id: article for article in SHOWN if "DE" in countries(article)}
    assert {hit["_id"] for hit in hits} == set(there)
    for hit in hits:
        article = there[cast("str", hit["_id"])]
        assert at(hit, "fields", "title") == [article.title]
        assert len(cast("list[object]", at(hit, "fields", "location"))) == len(article.places)


def test_the_lists_above_the_dashboard_offer_what_there_is(ask: Ask) -> None:
    offered: dict[str, Values] = {
        "topic": topics,
        "person": persons,
        "organisation": organisations,
        "place": places,
        "feed": feeds,
        "language": languages,
    }
    controls = inside(attributes("wirewatch-overview-dashboard"), "controlGroupInput", "panelsJSON")
    assert set(controls) == set(offered)
    for control, values in offered.items():
        field = cast("str", at(controls, control, "explicitInput", "fieldName"))
        answer = inside(ask(control_request(field, WEEK)), "aggregations")
        suggestions = cast("list[Json]", at(answer, "suggestions", "buckets"))
        assert [(each["key"], each["doc_count"]) for each in suggestions] == most(values, size=10)
        assert at(answer, "unique_terms", "value") == len({v for article in SHOWN for v in values(article)})
