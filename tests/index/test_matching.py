"""Matching one article agrees with searching an index that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from article.records import EnrichedArticle
from index.embedded import EmbeddedIndex
from index.embedded.matching import Matching, matches
from index.query import Query
from index.syntax import parse
from tests.index import oracle
from tests.index.articles import article, entity, place, search, topic
from tests.index.test_contract_oracle import corpora, queries

ARTICLES = [
    article(
        "kerala",
        "Floods in Kérala: the river’s rise",
        "Covid-19 wards were cleared. Nothing was lost in Al-Qa’im.",
        summary="Monsoon",
        entities=[
            entity("ORG", "Islamic State", "ISIS", linked="kb:islamic-state"),
            entity("PER", "António Guterres"),
        ],
        places=[place("Kerala", "IN")],
        topics=[topic("03000000", "disaster, accident and emergency incident")],
    ),
    article("china", "中国央行下调利率", "北京。 ก่อนหน้านี้", lang="zh"),
    article("empty"),
]
ASKED = [
    "flood",
    "flooding kerala",
    '"river rise"',
    '"rise covid"',
    '"the rivers"',
    "covid-19",
    '"covid 19 ward"',
    "cov*",
    "al-qa*",
    "title:monsoon",
    "text:monsoon",
    "text:kerala",
    "monsoon -kerala",
    "NOT flood",
    "(rates OR flood) kerala",
    'entity:"kb:islamic-state"',
    "entity:isis",
    'org:"islamic state"',
    "person:antonio*",
    "person:isis",
    "topic:disaster",
    "topic:03000000",
    "place:in",
    "country:in",
    "place:ker*",
    'feed:"bbc news"',
    "lang:zh",
    "央行",
    "利央",
    "หน้านี้",
    "before:2026-05-10",
    "after:2026-05-10 before:2026-05-11",
    '"islamic state antonio"',
    "guterres",
    "",
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedIndex]:
    opened = EmbeddedIndex(tmp_path_factory.mktemp("matching") / "index")
    opened.write(ARTICLES)
    yield opened
    opened.close()


@pytest.mark.parametrize("asked", ASKED)
def test_what_people_type_matches_what_the_index_finds(index: EmbeddedIndex, asked: str) -> None:
    query = Query(expression=parse(asked), limit=100)
    found = {hit.id for hit in search(index, asked, query).hits}
    assert {one.id for one in ARTICLES if matches(query, one)} == found


def test_the_examples_find_something_and_not_everything(index: EmbeddedIndex) -> None:
    totals = [search(index, asked).total for asked in ASKED]
    assert {0, 1, 2, 3} == set(totals)
    assert totals.count(0) < len(totals) / 3


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(corpus=corpora, asked=st.lists(queries, min_size=1, max_size=12))
def test_what_matches_is_what_the_oracle_finds(corpus: list[EnrichedArticle], asked: list[Query]) -> None:
    read = [(one, Matching(one)) for one in corpus]
    for query in asked:
        expected = [one.id for one in oracle.found(corpus, query)]
        assert [one.id for one, matching in read if matching.meets(query)] == expected


words = st.text("abcéßİ'’ -_.中国ก\u0301", max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(words, min_size=1, max_size=5), asked=st.lists(words, min_size=1, max_size=5))
def test_any_text_is_read_as_the_index_reads_it(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], asked: list[str]
) -> None:
    articles = [article(f"n{number}", text) for number, text in enumerate(texts)]
    folder: Path = tmp_path_factory.mktemp("any")
    index = EmbeddedIndex(folder / "index")
    index.write(articles)
    for words in asked:
        quoted = '"' + words.replace('"', " ") + '"'
        if not any(char.isalnum() for char in words):
            continue
        query = Query(expression=parse(quoted), limit=100)
        found = {hit.id for hit in index.search(query).hits}
        assert {one.id for one in articles if matches(query, one)} == found, quoted
    index.close()
