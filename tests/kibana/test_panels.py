"""Every chart's own request on a real Elasticsearch, against numbers counted from the articles themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

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
    statuses,
    steps,
    time,
    topics,
    week,
)
from tests.kibana.reading import charts
from tests.kibana.requests import Row, chart_request, chart_rows

BAR = 3 * 60 * 60 * 1000
"""Milliseconds of one bar over a week."""

CHARTS = {chart.id: chart for chart in charts()}


def rows(ask: Ask, chart: str) -> list[Row]:
    return chart_rows(CHARTS[chart], ask(chart_request(CHARTS[chart], WEEK)))


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
def test_a_number_is_the_count(ask: Ask, chart: str) -> None:
    assert rows(ask, chart) == NUMBERS[chart]


@pytest.mark.parametrize(
    ("chart", "values", "size"),
    [("topics", topics, 15), ("countries", countries, 20), ("languages", languages, 10)],
)
def test_values_are_counted(ask: Ask, chart: str, values: Values, size: int) -> None:
    assert rows(ask, chart) == most(values, size=size)


@pytest.mark.parametrize(
    ("chart", "values", "size"),
    [
        ("persons", persons, 50),
        ("organisations", organisations, 50),
        ("places", places, 50),
        ("failures-by-reason", failures, 100),
    ],
)
def test_a_table_has_the_last_time_of_each_value(ask: Ask, chart: str, values: Values, size: int) -> None:
    assert rows(ask, chart) == [
        (value, count, max(milliseconds(time(article)) for article in SHOWN if value in values(article)))
        for value, count in most(values, size=size)
    ]


def test_feeds_are_shown_with_what_went_wrong(ask: Ask) -> None:
    expected = []
    for feed, count in most(feeds, size=100):
        own = [article for article in SHOWN if article.feed.title == feed]
        last = max(milliseconds(article.first_seen) for article in own)
        expected.append((feed, count, last, sum(map(corrected, own)), sum(map(incomplete, own))))
    assert rows(ask, "feeds") == expected


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
    ask: Ask, chart: str, values: Values, size: int, among: Sequence[EnrichedArticle]
) -> None:
    expected = Counter(
        (value, milliseconds(time(article)) // BAR * BAR)
        for value, _ in most(values, size=size, among=among)
        for article in among
        if value in values(article)
    )
    found = rows(ask, chart)
    assert {(value, bar): count for value, bar, count in found if count} == expected
    bars = range(milliseconds(WEEK.start), milliseconds(WEEK.end), BAR)
    assert {bar for _, bar, _ in found} == set(bars), "a bar for every span, empty ones too"


def test_every_chart_is_proved() -> None:
    over_time = {"articles-over-time", "corrections-over-time", "status-over-time", "failed-steps-over-time"}
    tables = {"persons", "organisations", "places", "failures-by-reason", "feeds"}
    assert set(CHARTS) == set(NUMBERS) | over_time | tables | {"topics", "countries", "languages"}


def milliseconds(moment: datetime) -> int:
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)
