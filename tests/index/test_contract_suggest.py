"""Contract of every index: names by how they begin, and what a bucket tells of its value."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from article.errors import BadQuery
from article.records import EntityType
from index.protocol import ArticleIndex
from index.query import Facet, FacetName, Query
from index.suggest import entities_beginning
from index.syntax import parse
from tests.index.articles import article, entity, place
from tests.index.makers import Maker


@pytest.fixture(scope="module")
def stocked(make_maker: Callable[[], Maker]) -> Iterator[ArticleIndex]:
    """Only read by the tests below."""
    maker = make_maker()
    index = maker.make()
    qaida = entity("ORG", "Al-Qaïda", "AQ", linked="kb:al-qaida")
    index.write(
        [
            article("a", "Raid", entities=[qaida, entity("PER", "Qaïs Saïed"), entity("LOC", "Kyiv")]),
            article("b", "Raid", entities=[qaida, entity("PER", 'Kyi (Vann) "O\'Neil" a.b*')]),
            article("c", "Vote", entities=[entity("ORG", "Al Qaida", linked="kb:al-qaida")]),
            article("d", "Vote", entities=[entity("ORG", "Kyiv"), entity("EVENT", "Иван Купала")]),
            article("e", places=[place("Kyiv", "UA")], entities=[entity("LOC", "Kyiv")]),
        ]
    )
    yield index
    maker.clear()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("qai", [("ORG", "Al-Qaïda", 2), ("PER", "Qaïs Saïed", 1)]),
        ("QAÏ", [("ORG", "Al-Qaïda", 2), ("PER", "Qaïs Saïed", 1)]),
        ("al-q", [("ORG", "Al-Qaïda", 2)]),
        ("al q", [("ORG", "Al Qaida", 1)]),
        ("saied", [("PER", "Qaïs Saïed", 1)]),
        ("aida", []),
        ("aq", []),
        ("kyiv", [("LOC", "Kyiv", 2), ("ORG", "Kyiv", 1)]),
        ("van", [("PER", 'Kyi (Vann) "O\'Neil" a.b*', 1)]),
        ("neil", [("PER", 'Kyi (Vann) "O\'Neil" a.b*', 1)]),
        ("куп", [("EVENT", "Иван Купала", 1)]),
        (".*", []),
        ("k.*", []),
        ("a.b*", [("PER", 'Kyi (Vann) "O\'Neil" a.b*', 1)]),
        ("", []),
        ("  ", []),
        ("x" * 1_000, []),
    ],
)
def test_names_are_suggested(
    stocked: ArticleIndex, text: str, expected: list[tuple[EntityType, str, int]]
) -> None:
    assert [(one.type, one.name, one.count) for one in entities_beginning(stocked, text)] == expected


@pytest.mark.parametrize("sign", list("\\.+*?()|[]{}^$#&-~/@<>\"'_:,;!%=`"))
def test_signs_stand_for_themselves(stocked: ArticleIndex, sign: str) -> None:
    assert entities_beginning(stocked, f"q{sign}") == ()
    assert entities_beginning(stocked, f"{sign}q{sign}q") == ()


def test_suggestions_have_ids_and_obey_a_query_and_a_limit(stocked: ArticleIndex) -> None:
    (first, second) = entities_beginning(stocked, "qai")
    assert (first.key, first.id, second.id) == ("al-qaida", "kb:al-qaida", None)
    assert entities_beginning(stocked, "qai", limit=1) == (first,)
    (only,) = entities_beginning(stocked, "al", query=Query(expression=parse("vote")))
    assert (only.name, only.count) == ("Al Qaida", 1)


def test_a_bucket_tells_who_and_where_its_value_is(stocked: ArticleIndex) -> None:
    facets = stocked.search(Query(facets=(Facet(name="org"), Facet(name="place")))).facets
    assert {bucket.label: bucket.id for bucket in facets["org"]} == {
        "Al-Qaïda": "kb:al-qaida",
        "Al Qaida": "kb:al-qaida",
        "Kyiv": None,
    }
    (kyiv,) = facets["place"]
    assert kyiv.place == place("Kyiv", "UA")


@pytest.mark.parametrize(("name", "beginning"), [("day", "2026"), ("org", "x" * 101), ("org", "\ud800")])
def test_an_impossible_beginning_is_refused(name: FacetName, beginning: str) -> None:
    with pytest.raises(BadQuery):
        Query(facets=(Facet(name=name, beginning=beginning),))
