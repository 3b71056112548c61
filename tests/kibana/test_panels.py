"""Every panel's own request on a real Elasticsearch, against numbers counted from the articles themselves."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import cast

import pytest
from elasticsearch import Elasticsearch

from article.records import EnrichedArticle
from index.elastic import ElasticIndex, setup_index
from index.protocol import Written
from runtime.settings import ElasticSettings
from stack.elastic import ElasticServer
from tests.kibana.news import WEEK, first_revision, week
from tests.kibana.reading import Json, at, attributes, charts, inside, layers
from tests.kibana.requests import (
    Row,
    chart_request,
    chart_rows,
    cluster_request,
    control_request,
    discover_request,
    points_request,
)

ALIAS = "kibana-panels"
BAR = 3 * 60 * 60 * 1000
"""Milliseconds of one bar over a week."""

CHARTS = {chart.id: chart for chart in charts()}
LAYERS = {cast("str", layer["id"]): layer for layer in layers()}

Values = Callable[[EnrichedArticle], Iterable[object]]


def time(article: EnrichedArticle) -> datetime:
    return article.published or article.first_seen


SHOWN = tuple(article for article in week() if WEEK.start <= time(article) < WEEK.end)


def persons(article: EnrichedArticle) -> list[str]:
    return [entity.name for entity in article.entities if entity.type == "PER"]


def organisations(article: EnrichedArticle) -> list[str]:
    return [entity.name for entity in article.entities if entity.type == "ORG"]


def places(article: EnrichedArticle) -> list[str]:
    return [place.name for place in article.places]


def countries(article: EnrichedArticle) -> list[str]:
    return [place.country for place in article.places]


def topics(article: EnrichedArticle) -> list[str]:
    return [topic.label for topic in article.topics]


def feeds(article: EnrichedArticle) -> list[str]:
    return [article.feed.title]


def languages(article: EnrichedArticle) -> list[str]:
    return [article.lang] if article.lang else []


def statuses(article: EnrichedArticle) -> list[str]:
    return [article.enrichment.status]


def steps(article: EnrichedArticle) -> list[str]:
    return [failure.step for failure in article.enrichment.failures]


def failures(article: EnrichedArticle) -> list[str]:
    return [f"{failure.step}: {failure.reason}" for failure in article.enrichment.failures]


def corrected(article: EnrichedArticle) -> bool:
    return article.revision > 1


def incomplete(article: EnrichedArticle) -> bool:
    return article.enrichment.status != "complete"


@pytest.fixture(scope="module")
def server(elastic: ElasticServer) -> Iterator[Elasticsearch]:
    """The week of articles behind the alias, some of them in several revisions."""
    settings = ElasticSettings(url=elastic.url, index_prefix=ALIAS)
    setup_index(settings)
    index = ElasticIndex(settings)
    articles = week()
    for batch in ([first_revision(article) for article in articles if corrected(article)], articles):
        assert all(isinstance(outcome, Written) for outcome in index.write(batch))
    index.refresh()
    index.close()
    with Elasticsearch(elastic.url) as client:
        client.indices.refresh(index=ALIAS)
        yield client


def ask(server: Elasticsearch, request: Json) -> Json:
    return cast("Json", server.search(index=ALIAS, body=request).body)


def rows(server: Elasticsearch, chart: str) -> list[Row]:
    return chart_rows(CHARTS[chart], ask(server, chart_request(CHARTS[chart], WEEK)))


def test_the_week_has_something_for_every_panel() -> None:
    assert len(week()) > len(SHOWN) > 200
    assert len({topic for article in SHOWN for topic in topics(article)}) > 8
    assert any(len(set(steps(article))) < len(failures(article)) for article in SHOWN)
    assert any(article.published is None for article in SHOWN)


def number(expected: int) -> list[Row]:
    return [(expected,)]


NUMBERS: dict[str, list[Row]] = {
    "articles": number(len(SHOWN)),
    "active-feeds": number(len({article.feed.id for article in SHOWN})),
    "corrections": number(sum(corrected(article) for article in SHOWN)),
    "incomplete": number(sum(incomplete(article) for article in SHOWN)),
}


@pytest.mark.parametrize("chart", NUMBERS)
def test_a_number_is_the_count(server: Elasticsearch, chart: str) -> None:
    assert rows(server, chart) == NUMBERS[chart]


def most(values: Values, *, size: int, among: Sequence[EnrichedArticle] = SHOWN) -> list[tuple[str, int]]:
    """The values that most articles have, with how many: equally frequent ones by name."""
    counted = Counter(cast("str", value) for article in among for value in set(values(article)))
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:size]


@pytest.mark.parametrize(
    ("chart", "values", "size"),
    [("topics", topics, 15), ("countries", countries, 20), ("languages", languages, 10)],
)
def test_values_are_counted(server: Elasticsearch, chart: str, values: Values, size: int) -> None:
    assert rows(server, chart) == most(values, size=size)


@pytest.mark.parametrize(
    ("chart", "values", "size"),
    [
        ("persons", persons, 50),
        ("organisations", organisations, 50),
        ("places", places, 50),
        ("failures-by-reason", failures, 100),
    ],
)
def test_a_table_has_the_last_time_of_each_value(
    server: Elasticsearch, chart: str, values: Values, size: int
) -> None:
    assert rows(server, chart) == [
        (value, count, max(milliseconds(time(article)) for article in SHOWN if value in values(article)))
        for value, count in most(values, size=size)
    ]


def test_feeds_are_shown_with_what_went_wrong(server: Elasticsearch) -> None:
    expected = []
    for feed, count in most(feeds, size=100):
        own = [article for article in SHOWN if article.feed.title == feed]
        last = max(milliseconds(article.first_seen) for article in own)
        expected.append((feed, count, last, sum(map(corrected, own)), sum(map(incomplete, own))))
    assert rows(server, "feeds") == expected


@pytest.mark.parametrize(
    ("chart", "values", "size", "among"),
    [
        ("articles-over-time", topics, 8, SHOWN),
        ("corrections-over-time", feeds, 8, [article for article in SHOWN if corrected(article)]),
        ("status-over-time", statuses, 3, SHOWN),
        ("failed-steps-over-time", steps, 10, SHOWN),
    ],
)
def test_bars_over_time_are_counted_by_value(
    server: Elasticsearch, chart: str, values: Values, size: int, among: Sequence[EnrichedArticle]
) -> None:
    expected = Counter(
        (value, milliseconds(time(article)) // BAR * BAR)
        for value, _ in most(values, size=size, among=among)
        for article in among
        if value in values(article)
    )
    found = rows(server, chart)
    assert {(value, bar): count for value, bar, count in found if count} == expected
    bars = range(milliseconds(WEEK.start), milliseconds(WEEK.end), BAR)
    assert {bar for _, bar, _ in found} == set(bars), "a bar for every span, empty ones too"


def test_every_chart_is_proved() -> None:
    over_time = {"articles-over-time", "corrections-over-time", "status-over-time", "failed-steps-over-time"}
    tables = {"persons", "organisations", "places", "failures-by-reason", "feeds"}
    assert set(CHARTS) == set(NUMBERS) | over_time | tables | {"topics", "countries", "languages"}


@pytest.mark.parametrize(
    ("search", "among"),
    [
        ("wirewatch-articles-search", SHOWN),
        ("wirewatch-corrections-search", [article for article in SHOWN if corrected(article)]),
        ("wirewatch-failures-search", [article for article in SHOWN if incomplete(article)]),
    ],
)
def test_discover_lists_the_newest_first_with_its_columns(
    server: Elasticsearch, search: str, among: Sequence[EnrichedArticle]
) -> None:
    content = attributes(search)
    query = cast("str", at(content, "kibanaSavedObjectMeta", "searchSourceJSON", "query", "query"))
    answer = ask(server, discover_request(content, query, WEEK))
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
def test_the_map_counts_articles_by_cell(server: Elasticsearch, precision: int) -> None:
    request = cluster_request(inside(LAYERS["clusters"], "sourceDescriptor"), precision=precision, span=WEEK)
    found = cast("list[Json]", at(ask(server, request), "aggregations", "cells", "buckets"))
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


def test_the_map_shows_single_articles_when_near(server: Elasticsearch) -> None:
    source = inside(LAYERS["articles"], "sourceDescriptor")
    box: Json = {"top_left": {"lat": 55, "lon": 12}, "bottom_right": {"lat": 54, "lon": 14}}
    answer = ask(server, points_request(source, box=box, span=WEEK))
    hits = cast("list[Json]", at(answer, "hits", "hits"))
    there = {article.id: article for article in SHOWN if "DE" in countries(article)}
    assert {hit["_id"] for hit in hits} == set(there)
    for hit in hits:
        article = there[cast("str", hit["_id"])]
        assert at(hit, "fields", "title") == [article.title]
        assert len(cast("list[object]", at(hit, "fields", "location"))) == len(article.places)


def test_the_lists_above_the_dashboard_offer_what_there_is(server: Elasticsearch) -> None:
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
        answer = inside(ask(server, control_request(field, WEEK)), "aggregations")
        suggestions = cast("list[Json]", at(answer, "suggestions", "buckets"))
        assert [(each["key"], each["doc_count"]) for each in suggestions] == most(values, size=10)
        assert at(answer, "unique_terms", "value") == len({v for article in SHOWN for v in values(article)})


def milliseconds(moment: datetime) -> int:
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)
