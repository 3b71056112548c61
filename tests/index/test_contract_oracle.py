"""Contract of every index: on small random corpora every answer is what the oracle works out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from article.records import EnrichedArticle, EntityType
from index.embedded.matching import matches
from index.expression import And, Between, Everything, Expression, Keyword, Not, Or, Phrase, Prefix, Word
from index.query import KEYWORD_FIELDS, TIME_FACETS, EntityFilter, Facet, Query
from tests.index import oracle
from tests.index.articles import BBC, DW, NOON, article, entity, id_of, place, topic
from tests.index.makers import Maker

WORDS = ("gold", "golf", "storm", "stork", "moon", "monk", "red")
TYPES: tuple[EntityType, ...] = get_args(EntityType)
NAMES = ("Gold Storm", "Red Monk", "Moon")
TOPICS = (("11000000", "politics"), ("15000000", "sport"), ("13000000", "science"))
PLACES = (("Moon", "US"), ("Red", "FR"), ("Storm Gold", "FR"))

words = st.sampled_from(WORDS)
texts = st.lists(words, max_size=5).map(" ".join)
times = st.integers(-5 * 365 * 86_400, 60 * 365 * 86_400).map(
    lambda seconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
) | st.sampled_from([NOON, datetime(2026, 5, 10, tzinfo=UTC), datetime(2026, 5, 11, tzinfo=UTC)])
# Of three months; when an article was first seen decides where an index may keep it.
first_times = st.sampled_from(
    [
        NOON,
        datetime(2026, 5, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 6, 1, tzinfo=UTC),
        NOON - timedelta(90),
    ]
)
fields = st.sampled_from([None, "title", "text"])
entities = st.lists(
    st.builds(entity, st.sampled_from(TYPES), st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=3
)
articles = st.builds(
    article,
    st.just("unnamed"),
    texts,
    texts,
    summary=texts,
    published=st.none() | times,
    first_seen=first_times,
    feed=st.sampled_from([BBC, DW]),
    lang=st.sampled_from([None, "en", "fr"]),
    entities=entities,
    places=st.lists(st.sampled_from(PLACES).map(lambda pair: place(*pair)), max_size=2),
    topics=st.lists(st.sampled_from(TOPICS).map(lambda pair: topic(*pair)), max_size=2),
)
corpora = st.lists(articles, min_size=1, max_size=8).map(
    lambda found: [replace(one, id=id_of(f"n{number}")) for number, one in enumerate(found)]
)
keyword_values = {
    "entity_type": st.sampled_from(TYPES),
    "topic": st.sampled_from([form for code, label in TOPICS for form in (code, f"medtop:{code}", label)]),
    "place": st.sampled_from(["Moon", "red", "FR", "us", "Gold Storm"]),
    "country": st.sampled_from(["FR", "us", "de"]),
    "feed": st.sampled_from([BBC.id, DW.url, "bbc news", "none"]),
    "lang": st.sampled_from(["en", "fr", "de"]),
}
keywords = st.sampled_from(KEYWORD_FIELDS).flatmap(
    lambda field: st.builds(
        Keyword, st.just(field), keyword_values.get(field, st.sampled_from(NAMES)), st.booleans()
    )
)
leaves = st.one_of(
    st.builds(Word, words, fields),
    st.builds(Phrase, st.lists(words, min_size=1, max_size=3).map(" ".join), fields),
    st.builds(Prefix, st.sampled_from(["go", "gold", "sto", "m", "x"]), fields),
    keywords,
    st.builds(Between, st.none() | times, st.none() | times),
    st.just(Everything()),
)


def _parts(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[tuple[Expression, ...]]:
    return st.lists(inner, min_size=1, max_size=3).map(tuple)


expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(And, _parts(inner)), st.builds(Or, _parts(inner)), st.builds(Not, inner)
    ),
    max_leaves=6,
)
filters = st.one_of(
    st.builds(
        Query,
        entities=st.lists(
            st.builds(EntityFilter, name=st.sampled_from(NAMES), type=st.none() | st.sampled_from(TYPES)),
            max_size=2,
        ).map(tuple),
        entity_types=st.lists(st.sampled_from(TYPES), max_size=1).map(tuple),
        feeds=st.lists(keyword_values["feed"], max_size=2).map(tuple),
    ),
    st.builds(
        Query,
        topics=st.lists(keyword_values["topic"], max_size=2).map(tuple),
        places=st.lists(keyword_values["place"], max_size=2).map(tuple),
        langs=st.lists(keyword_values["lang"], max_size=2).map(tuple),
        published_from=st.none() | times,
        published_to=st.none() | times,
    ),
    st.just(Query()),
)
queries = st.builds(
    lambda query, expression, sort: replace(query, expression=expression, sort=sort),
    filters,
    expressions,
    st.sampled_from(["relevance", "newest"]),
)
ALL_FACETS = tuple(Facet(name=name, size=1000) for name in KEYWORD_FIELDS + TIME_FACETS)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(corpus=corpora, asked=st.lists(queries, min_size=1, max_size=12), split=st.integers(1, 8))
def test_answers_are_those_of_the_oracle(
    maker: Maker, corpus: list[EnrichedArticle], asked: list[Query], split: int
) -> None:
    maker.clear()
    index = maker.make()
    index.write(corpus[:split])
    index.write(corpus[split:])
    for query in asked:
        expected = oracle.found(corpus, query)
        page = index.search(replace(query, facets=ALL_FACETS, limit=100, now=NOON, highlight=True))
        assert {hit.id for hit in page.hits} == {one.id for one in expected}
        assert [one for one in corpus if matches(query, one)] == expected
        assert page.total == len(page.hits) == len(expected)
        for facet in ALL_FACETS:
            buckets = page.facets[facet.name]
            assert {b.key: b.count for b in buckets} == oracle.counted(expected, facet.name), facet.name
        if query.sort == "newest":
            shown = [hit.published or hit.first_seen for hit in page.hits]
            assert shown == sorted(shown, reverse=True)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    corpus=corpora,
    writes=st.lists(st.tuples(st.integers(0, 7), st.integers(1, 4), texts), max_size=20),
    sizes=st.lists(st.integers(1, 6), min_size=20, max_size=20),
)
def test_any_order_of_revisions_ends_with_the_highest(
    maker: Maker, corpus: list[EnrichedArticle], writes: list[tuple[int, int, str]], sizes: list[int]
) -> None:
    maker.clear()
    index = maker.make()
    batch = [
        replace(corpus[which % len(corpus)], revision=revision, title=title)
        for which, revision, title in writes
    ]
    latest: dict[str, EnrichedArticle] = {}
    for one in batch:
        if one.id not in latest or one.revision > latest[one.id].revision:
            latest[one.id] = one
    for size in sizes:
        index.write(batch[:size])
        batch = batch[size:]
    assert index.count() == len(latest)
    assert {name: index.get(name) for name in latest} == latest
