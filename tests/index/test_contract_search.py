"""Contract of every index: what a search finds, and in which order."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from article.errors import BadQuery
from index.embedded.matching import matches
from index.expression import And, Expression, Keyword, Not, Or, Word
from index.protocol import ArticleIndex, Page
from index.query import EntityFilter, Facet, Query
from index.syntax import parse
from tests.index.articles import (
    BBC,
    DW,
    NOON,
    article,
    direction,
    entity,
    id_of,
    names,
    place,
    search,
    topic,
)
from tests.index.makers import Maker

KNOWN = ("attack", "study", "sport", "french", "chinese", "hindi")


STOCK = [
    article(
        "attack",
        "Al-Qaïda attacks convoy",
        "The group’s fighters attacked a convoy near Kyiv. Covid-19 slowed O'Brien's aid.",
        summary="Three trucks burned.",
        entities=[
            entity("ORG", "Al-Qaïda", "Al-Qaida", "AQ", linked="Q34490"),
            entity("LOC", "Kyiv", "Kiev"),
        ],
        places=[place("Kyiv", "UA")],
        topics=[topic("16000000", "conflict, war and peace")],
        published=datetime(2026, 5, 1, 8, tzinfo=UTC),
    ),
    article(
        "study",
        "Studies of reefs",
        "Economists and economics: the economy of reefs in a deal.",
        entities=[entity("PER", "Jane O'Brien"), entity("PER", "AQ")],
        topics=[topic("13000000", "science and technology"), topic("06000000", "environment")],
        published=datetime(2026, 5, 2, tzinfo=UTC),
        feed=DW,
    ),
    article("sport", "Kyiv wins", "The match in Kyiv. A grand deal of goals.", published=None),
    article("french", "Élection à l'Iran", "Le président de l’Iran.", lang="fr", feed=DW),
    article("chinese", "中国新闻", "北京今天下雨。", lang="zh"),
    article("hindi", "हिन्दी समाचार", "आज बारिश", lang="hi"),
]


@pytest.fixture(scope="module")
def stocked(make_maker: Callable[[], Maker]) -> Iterator[ArticleIndex]:
    """Holds STOCK; only read by the tests below."""
    maker = make_maker()
    index = maker.make()
    index.write(STOCK)
    yield index
    maker.clear()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", KNOWN),
        ("*", KNOWN),
        ("attack", ["attack"]),
        ("ATTACKING", ["attack"]),
        ("qaida", ["attack"]),
        ("Qaïda", ["attack"]),
        ("al-qaida", ["attack"]),
        ("group's", ["attack"]),
        ("group", ["attack"]),
        ("covid-19", ["attack"]),
        ("covid19", []),
        ("o'brien", ["attack", "study"]),
        ("burned", ["attack"]),
        ("kyiv convoy", ["attack"]),
        ("kyiv AND wins", ["sport"]),
        ("kyiv OR reefs", ["attack", "study", "sport"]),
        ("reefs OR kyiv wins", ["study", "sport"]),
        ("(reefs OR kyiv) deal", ["study", "sport"]),
        ('"grand deal"', ["sport"]),
        ('"deal grand"', []),
        ('"three trucks"', ["attack"]),
        ('"brien aq"', []),
        ("deal -kyiv", ["study"]),
        ("deal NOT kyiv", ["study"]),
        ("-kyiv -reefs", ["french", "chinese", "hindi"]),
        ("NOT (kyiv OR reefs)", ["french", "chinese", "hindi"]),
        ("wins OR -kyiv", ["study", "sport", "french", "chinese", "hindi"]),
        ("econom*", ["study"]),
        ("studie*", ["study"]),
        ("Qaï*", ["attack"]),
        ("covid-1*", ["attack"]),
        ("title:kyiv", ["sport"]),
        ("text:kyiv", ["attack", "sport"]),
        ("text:burned", ["attack"]),
        ("title:econom*", []),
        ("title:(kyiv OR reefs)", ["study", "sport"]),
        ('entity:"al-qaida"', ["attack"]),
        ("entity:AQ", ["attack", "study"]),
        ("org:aq", ["attack"]),
        ("person:aq", ["study"]),
        ("entity:q34490", ["attack"]),
        ("entity:al-q*", ["attack"]),
        ("entity:qaida", []),
        ("place:kiev", ["attack"]),
        ("place:ua", ["attack"]),
        ("country:UA", ["attack"]),
        ("country:fr", []),
        ("topic:environment", ["study"]),
        ('topic:"Conflict, War and Peace"', ["attack"]),
        ("topic:medtop:16000000", ["attack"]),
        ("topic:16000000", ["attack"]),
        ('feed:"deutsche welle"', ["study", "french"]),
        ("feed:dw", ["study", "french"]),
        (f"feed:{DW.url}", ["study", "french"]),
        ("lang:fr", ["french"]),
        ("iran", ["french"]),
        ("election", ["french"]),
        ("after:2026-05-02 before:2026-05-03", ["study"]),
        ("before:2026-05-02", ["attack"]),
        ("after:2026-05-03", ["sport", "french", "chinese", "hindi"]),
        ("after:2027", []),
        ("中国", ["chinese"]),
        ("国中", []),
        ("下雨", ["chinese"]),
        ("समाचार", ["hindi"]),
        ("x" * 100, []),
    ],
)
def test_a_search_finds(stocked: ArticleIndex, text: str, expected: list[str]) -> None:
    page = search(stocked, text)
    assert sorted(names(page, *KNOWN)) == sorted(expected)
    assert page.total == len(expected)
    assert {one.id for one in STOCK if matches(Query(expression=parse(text)), one)} == ids(page)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(entities=(EntityFilter(name="aq"),)), ["attack", "study"]),
        (Query(entities=(EntityFilter(name="AQ", type="PER"),)), ["study"]),
        (Query(entities=(EntityFilter(name="aq"), EntityFilter(name="kiev"))), ["attack"]),
        (Query(entity_types=("PER",)), ["study"]),
        (Query(entity_types=("PER", "ORG")), []),
        (Query(topics=("Environment",)), ["study"]),
        (Query(topics=("environment", "medtop:13000000")), ["study"]),
        (Query(topics=("environment", "16000000")), []),
        (Query(places=("KIEV",)), ["attack"]),
        (Query(places=("ua",)), ["attack"]),
        (Query(feeds=("BBC News",)), ["attack", "sport", "chinese", "hindi"]),
        (Query(feeds=(BBC.url, "dw"), langs=("fr", "hi")), ["french", "hindi"]),
        (Query(langs=("EN",)), ["attack", "study", "sport"]),
        (Query(published_from=datetime(2026, 5, 2, tzinfo=UTC), published_to=NOON), ["study"]),
        (Query(published_from=NOON), ["sport", "french", "chinese", "hindi"]),
    ],
)
def test_a_filter_finds(stocked: ArticleIndex, query: Query, expected: list[str]) -> None:
    page = stocked.search(query)
    assert sorted(names(page, *KNOWN)) == sorted(expected)
    assert {one.id for one in STOCK if matches(query, one)} == ids(page)


def ids(page: Page) -> set[str]:
    return {hit.id for hit in page.hits}


def test_a_hit_shows_the_article(stocked: ArticleIndex) -> None:
    (hit,) = search(stocked, "convoy").hits
    assert (hit.id, hit.revision, hit.lang) == (id_of("attack"), 1, "en")
    assert hit.title == "Al-Qaïda attacks convoy"
    assert hit.url == "https://news.example/attack"
    assert hit.feed == BBC
    assert hit.published == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert hit.first_seen == NOON
    assert [(e.type, e.name, e.id, e.mentions) for e in hit.entities] == [
        ("ORG", "Al-Qaïda", "Q34490", 2),
        ("LOC", "Kyiv", None, 1),
    ]
    assert [t.label for t in hit.topics] == ["conflict, war and peace"]
    assert [p.country for p in hit.places] == ["UA"]
    assert hit.score > 0


def test_pages_neither_overlap_nor_leave_gaps(index: ArticleIndex) -> None:
    for batch in range(5):
        index.write([article(f"{batch}-{n}", "flood " * (n % 3 + 1), "water") for n in range(10)])
    for query in (Query(now=NOON, limit=7), Query(sort="newest", limit=7)):
        seen: list[str] = []
        for offset in range(0, 56, 7):
            page = search(index, "flood", Query(now=query.now, sort=query.sort, limit=7, offset=offset))
            assert page.total == 50
            seen += [hit.id for hit in page.hits]
        assert len(seen) == len(set(seen)) == 50


def test_a_limit_of_zero_gives_total_and_facets_only(stocked: ArticleIndex) -> None:
    page = search(stocked, "kyiv", Query(limit=0, facets=(Facet(name="lang"),)))
    assert (page.total, page.hits) == (2, ())
    assert [bucket.count for bucket in page.facets["lang"]] == [2]


def test_newest_first(index: ArticleIndex) -> None:
    ages = {"new": 0, "old": 300, "middle": 20}
    index.write([article(n, "flood", published=NOON - timedelta(days=age)) for n, age in ages.items()])
    index.write([article("unknown", "flood", published=None, first_seen=NOON - timedelta(days=1))])
    expected = ["new", "unknown", "middle", "old"]
    assert names(search(index, "flood", Query(sort="newest")), *expected) == expected
    assert names(search(index, ""), *expected) == expected  # nothing to rank by


def test_of_equal_articles_the_recent_one_comes_first(index: ArticleIndex) -> None:
    order = [f"age {age}" for age in (0, 1, 3, 7, 14, 30)]
    index.write(
        [
            article(name, "flood", published=NOON - timedelta(days=int(name.split()[1])))
            for name in reversed(order)
        ]
    )
    page = search(index, "flood", Query(now=NOON))
    assert names(page, *order) == order
    scores = {name: hit.score for name, hit in zip(order, page.hits, strict=True)}
    whole = scores["age 0"] - search(index, "flood", Query(now=NOON + timedelta(days=900))).hits[0].score
    half = scores["age 7"] - (scores["age 0"] - whole)
    assert half == pytest.approx(whole / 2, rel=0.02)


def test_recency_does_not_lift_the_bad_above_the_good(index: ArticleIndex) -> None:
    index.write([article(f"filler {n}", "weather", "sun and rain " * 20) for n in range(50)])
    index.write([article("good", "Volcano erupts", "volcano", published=NOON - timedelta(days=60))])
    index.write([article("passing", "Weather", "sun and rain " * 40 + "volcano", published=NOON)])
    assert names(search(index, "volcano", Query(now=NOON)), "good", "passing") == ["good", "passing"]


def test_a_far_future_date_earns_nothing(index: ArticleIndex) -> None:
    index.write(
        [
            article("wrong", "flood", published=NOON + timedelta(days=400)),
            article("right", "flood", published=NOON),
        ]
    )
    assert names(search(index, "flood", Query(now=NOON)), "wrong", "right") == ["right", "wrong"]


def test_a_match_in_the_title_or_a_name_ranks_higher(index: ArticleIndex) -> None:
    filler = "and so on for many more words of text " * 3
    index.write(
        [
            article("text", "Report", f"merkel {filler}"),
            article("title", "Merkel report", filler),
            article("name", "Report", f"merkel {filler}", entities=[entity("PER", "Merkel")]),
            *[article(f"filler {n}", "Report", filler) for n in range(20)],
        ]
    )
    found = names(search(index, "merkel"), "text", "title", "name")
    assert found[0] == "title"
    assert found.index("name") < found.index("text")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Query(limit=10_001),
        lambda: Query(limit=1, offset=10_000),
        lambda: Query(limit=-1),
        lambda: Query(offset=-1),
        lambda: Query(facets=(Facet(name="topic", size=0),)),
        lambda: Query(facets=(Facet(name="nonsense"),)),  # type: ignore[arg-type]
        lambda: Query(published_from=datetime(2026, 5, 1)),  # noqa: DTZ001 - what is refused here
        lambda: Query(expression=Or(tuple(Word(f"w{n}") for n in range(300)))),
        lambda: Query(expression=deep(Word("x"), 10_000)),
    ],
)
def test_an_impossible_query_is_refused(make: type[Query]) -> None:
    with pytest.raises(BadQuery):
        make()


def deep(node: Expression, levels: int) -> Expression:
    for _ in range(levels):
        node = And((Not(node),))
    return node


def test_the_largest_query_is_answered(stocked: ArticleIndex) -> None:
    assert search(stocked, " OR ".join(f"word{n}" for n in range(255)) + " OR kyiv").total == 2
    nested = "(" * 16 + "kyiv" + ")" * 16
    assert search(stocked, nested).total == 2
    assert search(stocked, "NOT " * 2000 + "kyiv").total == 2
    assert search(stocked, "", Query(expression=deep(Word("kyiv"), 0), limit=10_000)).total == 6


@pytest.mark.parametrize(
    "text",
    [
        "entity:.*",
        "entity:<*",
        "entity:a>*",
        'entity:"a.*"',
        "entity:(a|b)*",
        'title:"["',
        r"entity:\*",
        "\x00",
        "a\x00b",
    ],
)
def test_signs_of_other_query_languages_are_plain_text(stocked: ArticleIndex, text: str) -> None:
    with suppress(BadQuery):
        assert search(stocked, text).total == 0


@pytest.mark.parametrize("sign", string.punctuation.replace("*", ""))
def test_signs_in_a_name_are_plain_text(stocked: ArticleIndex, sign: str) -> None:
    for beginning in (sign, f"al{sign}q"):
        found = stocked.search(Query(expression=Keyword("entity", beginning, prefix=True)))
        assert found.total == (1 if beginning == "al-q" else 0)


def test_highlights_mark_stems_and_phrases(index: ArticleIndex) -> None:
    index.write(
        [article("a", "Attack on Kyiv", "They attacked. " + "Filler words here. " * 40 + "A grand deal.")]
    )
    (hit,) = search(index, 'attacks "grand deal" -zebra', Query(highlight=True)).hits
    found = {highlight.field: highlight.fragments for highlight in hit.highlights}
    assert found["title"] == ("<em>Attack</em> on Kyiv",)
    assert any("<em>attacked</em>" in fragment for fragment in found["text"])
    assert any("<em>grand" in fragment and "deal</em>" in fragment for fragment in found["text"])


def test_highlights_are_safe_and_bounded(index: ArticleIndex) -> None:
    text = "<script>alert('attack')</script> & <em>attack</em> " * 2_000
    index.write([article("a", "<img src=x onerror=attack>", text, summary="</em><b>attack</b>")])
    (hit,) = search(index, "attack", Query(highlight=True)).hits
    for highlight in hit.highlights:
        assert sum(map(len, highlight.fragments)) < 6_000
        for fragment in highlight.fragments:
            assert "<em>attack</em>" in fragment
            assert "<" not in fragment.replace("<em>", "").replace("</em>", "")
    assert {highlight.field for highlight in hit.highlights} == {"title", "summary", "text"}


def test_no_highlights_unless_asked_for(stocked: ArticleIndex) -> None:
    assert all(hit.highlights == () for hit in search(stocked, "kyiv").hits)


def test_the_most_similar_come_first(index: ArticleIndex) -> None:
    index.write(
        [
            article("origin", embedding=direction(1.0)),
            article("near", embedding=direction(0.9, 0.3)),
            article("reprint", embedding=direction(0.999, 0.01)),
            article("far", embedding=direction(0.5, 0.8)),
            article("opposite", embedding=direction(-1.0)),
            article("without"),
        ]
    )
    known = ("origin", "near", "reprint", "far", "opposite", "without")
    page = index.similar(id_of("origin"))
    assert names(page, *known) == ["reprint", "near", "far"]
    assert page.total == 3
    assert page.hits[1].score == pytest.approx(0.9 / (0.81 + 0.09) ** 0.5, abs=1e-5)
    assert names(index.similar(id_of("origin"), distinct=True), *known) == ["near", "far"]
    assert names(index.similar(id_of("origin"), limit=1), *known) == ["reprint"]
    assert names(index.similar(id_of("origin"), minimum=0.9), *known) == ["reprint", "near"]
    assert names(index.similar(id_of("origin"), minimum=-1.0), *known)[-1] == "opposite"
    assert index.similar(id_of("without")).hits == ()
    assert index.similar(id_of("unknown")).hits == ()
    for limit in (-1, 1_001):
        with pytest.raises(BadQuery):
            index.similar(id_of("origin"), limit=limit)


def test_similarity_follows_revisions(index: ArticleIndex) -> None:
    index.write([article("origin", embedding=direction(1.0)), article("b", embedding=direction(1.0, 0.1))])
    index.write([article("b", revision=2, embedding=direction(0.0, 1.0))])
    assert index.similar(id_of("origin"), minimum=0.5).hits == ()
    index.write([article("b", revision=3, embedding=direction(1.0, 0.2))])
    assert [hit.revision for hit in index.similar(id_of("origin"), minimum=0.5).hits] == [3]
    index.write([article("b", revision=4)])
    assert index.similar(id_of("origin"), minimum=-1.0).hits == ()
