"""What only the index on Elasticsearch does, on the run's server: setup, months, aliases, refusals."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import Elasticsearch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from article.errors import BadConfiguration, Unavailable
from index.elastic import ElasticIndex, setup_index
from index.elastic.analysis import STEMS, WORDS
from index.elastic.mapping import mapping
from index.embedded.analysis import stems, words
from index.expression import And, Expression, Not, Or, Word
from index.protocol import Refused, Written
from index.query import Facet, Query
from runtime.settings import ElasticSettings
from stack.elastic import ElasticServer
from tests.index.articles import NOON, article, direction, entity, id_of, place, search, topic
from tests.index.makers import AT_ONCE, ElasticMaker


@pytest.fixture
def maker(elastic: ElasticServer, free_prefixes: list[str]) -> Iterator[ElasticMaker]:
    made = ElasticMaker(elastic.url, free_prefixes)
    yield made
    made.clear()


@pytest.fixture
def client(elastic: ElasticServer) -> Iterator[Elasticsearch]:
    with Elasticsearch(elastic.url) as client:
        yield client


def indices(client: Elasticsearch, settings: ElasticSettings) -> list[str]:
    """Behind the alias."""
    return sorted(client.indices.get_alias(name=settings.index_prefix))


def test_setting_up_again_changes_nothing(maker: ElasticMaker, client: Elasticsearch) -> None:
    maker.make().write([article("a")])
    before = indices(client, maker.settings)
    said = setup_index(maker.settings)
    assert said == f"index {maker.settings.index_prefix}, generation 1"
    assert indices(client, maker.settings) == before
    assert maker.writer().count() == 1


def test_setting_up_from_many_places_at_once(maker: ElasticMaker, client: Elasticsearch) -> None:
    maker.make()
    settings = maker.settings
    client.indices.delete(index=indices(client, settings))
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda _: setup_index(settings), range(4)))
    assert len(set(said)) == 1
    assert len(indices(client, settings)) == 1


def test_templates_make_indices_strict_and_named_after_the_settings(
    maker: ElasticMaker, client: Elasticsearch
) -> None:
    maker.make()
    settings = maker.settings.model_copy(update={"replicas": 1, "shards": 2})
    setup_index(settings)
    ElasticIndex(settings).write([article("a", first_seen=NOON)])
    made = client.indices.get(index=f"{settings.index_prefix}-000001-2026.05")
    (index,) = made.values()
    assert index["mappings"]["dynamic"] == "strict"
    assert set(index["mappings"]["properties"]) == set(mapping()["properties"])  # type: ignore[call-overload]
    sizes = index["settings"]["index"]
    assert (sizes["number_of_shards"], sizes["number_of_replicas"]) == ("2", "1")
    assert set(index["aliases"]) == {settings.index_prefix}
    setup_index(maker.settings)


def test_a_component_of_the_operator_has_the_last_word(maker: ElasticMaker, client: Elasticsearch) -> None:
    maker.make()
    name = f"{maker.settings.index_prefix}@custom"
    client.cluster.put_component_template(
        name=name, template={"settings": {"index": {"refresh_interval": "30s"}}}
    )
    maker.writer().write([article("a", first_seen=NOON)])
    (made,) = client.indices.get_settings(index=f"{maker.settings.index_prefix}-000001-2026.05").values()
    assert made["settings"]["index"]["refresh_interval"] == "30s"
    client.cluster.put_component_template(name=name, template={})


def test_setting_up_adds_new_fields_to_old_indices(maker: ElasticMaker, client: Elasticsearch) -> None:
    maker.make()
    (index,) = indices(client, maker.settings)
    client.indices.delete(index=index)
    old = {"dynamic": "strict", "_meta": {"wirewatch": 0}, "properties": {"id": {"type": "keyword"}}}
    client.indices.create(
        index=index,
        mappings=old,
        aliases={maker.settings.index_prefix: {}},
    )
    setup_index(maker.settings)
    (made,) = client.indices.get_mapping(index=index).values()
    assert set(made["mappings"]["properties"]) == set(mapping()["properties"])  # type: ignore[call-overload]


def test_fields_that_cannot_be_changed_need_a_rebuild(maker: ElasticMaker, client: Elasticsearch) -> None:
    maker.make()
    (index,) = indices(client, maker.settings)
    client.indices.delete(index=index)
    old = {"properties": {"lang": {"type": "long"}}}
    client.indices.create(index=index, mappings=old, aliases={maker.settings.index_prefix: {}})
    with pytest.raises(BadConfiguration, match="lang") as caught:
        setup_index(maker.settings)
    assert "wirewatch rebuild" in caught.value.remedy
    maker.generations().begin().swap()
    setup_index(maker.settings)


def test_an_alias_that_is_taken_by_an_index(client: Elasticsearch, maker: ElasticMaker) -> None:
    maker.make()
    settings = maker.settings
    client.indices.delete(index=indices(client, settings))
    client.indices.create(index=settings.index_prefix)
    try:
        with pytest.raises(BadConfiguration, match="same name"):
            setup_index(settings)
    finally:
        client.indices.delete(index=settings.index_prefix)
    setup_index(settings)


def test_without_setup_writing_and_reading_say_what_to_do(elastic: ElasticServer) -> None:
    index = ElasticIndex(ElasticSettings(url=elastic.url, index_prefix="never-set-up"), backoff=AT_ONCE)
    with pytest.raises(BadConfiguration, match="wirewatch setup"):
        index.write([article("a")])
    for ask in (
        lambda: index.search(Query()),
        index.count,
        lambda: index.get("a"),
        lambda: index.similar("a"),
    ):
        with pytest.raises(Unavailable, match="wirewatch setup"):
            ask()
    index.close()


def test_an_index_that_another_template_would_make_is_not_written(
    maker: ElasticMaker, client: Elasticsearch
) -> None:
    """As when our templates were deleted, or somebody's catch-all goes before them."""
    maker.make()
    prefix = maker.settings.index_prefix
    client.indices.put_index_template(
        name=f"{prefix}-foreign", index_patterns=[f"{prefix}-000001-*"], priority=1_000, template={}
    )
    try:
        with pytest.raises(BadConfiguration, match=r"templates of .* another version.*wirewatch setup"):
            maker.writer().write([article("a", first_seen=NOON)])
        assert indices(client, maker.settings) == sorted(client.indices.get(index=f"{prefix}-0*"))
    finally:
        client.indices.delete_index_template(name=f"{prefix}-foreign")
    assert maker.writer().write([article("a", first_seen=NOON)]) == [Written(id=id_of("a"), revision=1)]


def test_articles_go_to_the_month_in_which_they_were_first_seen(
    maker: ElasticMaker, client: Elasticsearch
) -> None:
    index, prefix = maker.make(), maker.settings.index_prefix
    last = datetime(2026, 5, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    index.write(
        [
            article("may", "flood", first_seen=last),
            article("june", "flood", first_seen=last + timedelta(0, 1)),
        ]
    )
    index.refresh()
    found = client.search(index=prefix, query={"match": {"title": "flood"}}, source=False)["hits"]["hits"]
    assert {hit["_id"]: hit["_index"] for hit in found} == {
        id_of("may"): f"{prefix}-000001-2026.05",
        id_of("june"): f"{prefix}-000001-2026.06",
    }
    later = article("may", "flood", revision=2, first_seen=last, published=last + timedelta(days=40))
    index.write([later])
    assert search(index, "flood").total == 2
    assert index.get(later.id) == later


def test_several_writers_make_a_month_at_once(maker: ElasticMaker, client: Elasticsearch) -> None:
    maker.make()
    writers = [maker.writer() for _ in range(4)]
    gate = threading.Barrier(4)

    def write(number: int) -> int:
        gate.wait()
        seen = [datetime(2025, month, 1, tzinfo=UTC) for month in range(1, 7)]
        outcomes = writers[number].write(
            [article(f"{number}-{at}", "flood", first_seen=moment) for at, moment in enumerate(seen)]
            + [article("shared", "flood", first_seen=seen[0])]
        )
        return sum(isinstance(one, Written) and not one.stale for one in outcomes)

    with ThreadPoolExecutor(4) as pool:
        written = sum(pool.map(write, range(4)))
    assert written == 4 * 6 + 1
    writers[0].refresh()
    assert search(writers[0], "flood").total == 25
    assert len(indices(client, maker.settings)) == 7


def test_scores_do_not_depend_on_the_month(maker: ElasticMaker) -> None:
    """A word that is rare in one month and common in another has one weight."""
    index = maker.make()
    may, june = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    index.write([article(f"may {n}", "flood", "in the valley", first_seen=may) for n in range(30)])
    index.write([article(f"june {n}", "heat", "in the valley", first_seen=june) for n in range(30)])
    index.write([article("june flood", "flood", "in the valley", first_seen=june)])
    assert len({round(hit.score, 4) for hit in search(index, "flood", Query(limit=40)).hits}) == 1


def test_an_index_that_is_deleted_under_a_writer_is_made_anew(
    maker: ElasticMaker, client: Elasticsearch
) -> None:
    index = maker.make()
    index.write([article("a", first_seen=NOON)])
    client.indices.delete(index=f"{maker.settings.index_prefix}-000001-2026.05")
    assert index.write([article("b", first_seen=NOON)]) == [Written(id=id_of("b"), revision=1)]
    assert index.count() == 1
    client.indices.delete(index=indices(client, maker.settings))
    with pytest.raises(BadConfiguration, match="wirewatch setup"):
        index.write([article("c")])
    setup_index(maker.settings)
    assert index.write([article("c")]) == [Written(id=id_of("c"), revision=1)]


TOO_FAR = replace(place("Far", "XX"), geonames_id=2**70)
"""A place with a number that the server has no room for: one article that is refused there, not here."""


def test_what_the_server_refuses_is_refused_alone_and_says_why(maker: ElasticMaker) -> None:
    index = maker.make()
    outcomes = index.write(
        [article("good", "flood"), article("bad", "flood", places=[TOO_FAR]), article("other", "flood")]
    )
    assert [type(one) for one in outcomes] == [Written, Refused, Written]
    (refused,) = [one for one in outcomes if isinstance(one, Refused)]
    assert refused.id == id_of("bad")
    assert "geonames_id" in refused.reason
    assert len(refused.reason) < 400
    assert search(index, "flood").total == 2


def test_below_a_refused_revision_the_next_one_is_written(maker: ElasticMaker) -> None:
    index = maker.make()
    batch = [
        article("a", "first"),
        article("a", "third", revision=3, places=[TOO_FAR]),
        article("a", "second", revision=2),
    ]
    outcomes = index.write(batch)
    assert [(type(one), getattr(one, "stale", None)) for one in outcomes] == [
        (Written, True),
        (Refused, None),
        (Written, False),
    ]
    assert [hit.title for hit in search(index).hits] == ["second"]


def test_a_field_of_another_type_refuses_what_does_not_fit_it(
    maker: ElasticMaker, client: Elasticsearch
) -> None:
    maker.make()
    with_other_type(client, maker.settings, {"lang": {"type": "long"}})
    outcomes = maker.writer().write([article("a", lang="en"), article("b", lang=None)])
    assert [type(one) for one in outcomes] == [Refused, Written]
    assert "lang" in getattr(outcomes[0], "reason", "")


def test_an_index_of_another_version_stops_the_stage(maker: ElasticMaker, client: Elasticsearch) -> None:
    maker.make()
    with_other_type(client, maker.settings, {"title": {"type": "text"}}, only=True)
    with pytest.raises(BadConfiguration, match=r"another version.*wirewatch setup"):
        maker.writer().write([article("a")])


def with_other_type(
    client: Elasticsearch, settings: ElasticSettings, fields: dict[str, object], *, only: bool = False
) -> None:
    """An index of May 2026 behind the alias in which some fields are not ours."""
    ours = mapping()
    properties = fields if only else ours["properties"] | fields  # type: ignore[operator]
    index = f"{settings.index_prefix}-000001-2026.05"
    client.indices.put_index_template(
        name=settings.index_prefix, index_patterns=["none-*"], template={}, priority=1
    )
    made = client.cluster.get_component_template(name=f"{settings.index_prefix}-mapping")
    analysis = made["component_templates"][0]["component_template"]["template"]["settings"]
    client.indices.create(
        index=index,
        settings=analysis,
        mappings=ours | {"properties": properties},
        aliases={settings.index_prefix: {}},
    )


def test_vectors_that_point_nowhere_are_kept_and_are_near_nothing(maker: ElasticMaker) -> None:
    index = maker.make()
    zero, tiny = article("zero", embedding=(0.0,) * 384), article("tiny", embedding=(1e-30,) * 384)
    near = [article("one", embedding=direction(1.0)), article("two", embedding=direction(1.0, 0.1))]
    assert all(isinstance(one, Written) for one in index.write([zero, tiny, *near]))
    assert index.get(zero.id) == zero
    assert index.get(tiny.id) == tiny
    assert index.similar(zero.id).hits == ()
    assert [hit.id for hit in index.similar(id_of("one"), minimum=-1.0).hits] == [id_of("two")]


def test_many_similar_articles_over_months_are_ranked_by_their_exact_vectors(maker: ElasticMaker) -> None:
    index = maker.make()
    many = [
        article(
            f"n{n}",
            embedding=direction(1.0, n / 100, (n * 7919 % 13) / 50),
            first_seen=datetime(2026, 1 + n % 6, 1, tzinfo=UTC),
        )
        for n in range(400)
    ]
    index.write(many)
    exact = sorted(
        (
            (sum(a * b for a, b in zip(many[0].embedding, one.embedding, strict=True)), one.id)
            for one in many[1:]
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    page = index.similar(many[0].id, limit=100)
    assert [hit.score for hit in page.hits] == pytest.approx([score for score, _ in exact[:100]], abs=1e-5)
    distinct = index.similar(many[0].id, limit=1_000, distinct=True, minimum=0.5)
    assert [hit.score for hit in distinct.hits] == pytest.approx(
        [score for score, _ in exact if 0.5 <= score < 0.97], abs=1e-5
    )


def nested(levels: int) -> Expression:
    """A word below so many levels, and and or in turn, that is found if all is well."""
    node: Expression = Word("flood")
    for level in range(levels):
        node = Or((node, Word("never"))) if level % 2 else And((node, Not(Word("never"))))
    return node


@pytest.mark.parametrize("levels", [1, 10, 20, 29, 30, 31, 45, 61])
def test_queries_nested_deeper_than_the_server_reads_are_answered(maker: ElasticMaker, levels: int) -> None:
    index = maker.make()
    index.write([article("a", "flood"), article("b", "heat")])
    assert [hit.id for hit in index.search(Query(expression=nested(levels))).hits] == [id_of("a")]


def test_facets_list_a_thousand_values_with_their_labels(maker: ElasticMaker) -> None:
    index = maker.make()
    index.write(
        [
            article(f"n{n}", entities=[entity("PER", f"Émile {m}") for m in range(n * 100, n * 100 + 150)])
            for n in range(10)
        ]
    )
    buckets = index.search(Query(limit=0, facets=(Facet(name="person", size=1_000),))).facets["person"]
    assert len(buckets) == 1_000
    assert buckets[0].key == "emile 100"
    assert {bucket.count for bucket in buckets} == {1, 2}
    assert all(bucket.label == bucket.key.replace("emile", "Émile") for bucket in buckets)


def test_people_at_kibana_find_names_by_any_spelling(maker: ElasticMaker, client: Elasticsearch) -> None:
    """Fields that are not for our own searches: folded names, places on a map, topics with their score."""
    index = maker.make()
    index.write(
        [
            article(
                "a",
                entities=[entity("ORG", "Al-Qaïda")],
                places=[place("Kyïv", "UA")],
                topics=[topic("11000000", "politics"), topic("15000000", "sport")],
            )
        ]
    )
    index.refresh()

    def finds(query: dict[str, object]) -> bool:
        answer = client.search(index=maker.settings.index_prefix, query=query)
        return bool(answer["hits"]["total"]["value"])

    assert finds({"term": {"entities.name": "AL-QAIDA"}})
    assert finds({"term": {"entities.name.shown": "Al-Qaïda"}})
    assert not finds({"term": {"entities.name.shown": "al-qaida"}})
    assert finds({"term": {"named.org": "Al-Qaïda"}})
    assert finds({"geo_distance": {"distance": "1km", "location": {"lat": 50, "lon": 30}}})
    of_politics = {"term": {"search.topics.label": "POLITICS"}}
    for least, expected in ((0.7, True), (0.9, False)):
        both = {"bool": {"must": [of_politics, {"range": {"search.topics.score": {"gte": least}}}]}}
        assert finds({"nested": {"path": "search.topics", "query": both}}) is expected


@pytest.fixture
def analysed(maker: ElasticMaker) -> str:
    """An index to analyse with."""
    maker.make()
    return f"{maker.settings.index_prefix}"


PARTS = (
    *"abcsSgG 019'’-_.,;/&“”·\n\tøłßæéÉïñçğşŻйЙёαάΩ中国あいアｱ한국ภทยक़िнаﬁ½²①🙂\u00ad\u200b",
    *("e\u0301", "O\u0308", "и\u0306", "α\u0301", "'s", "’s ", "1's", "don't"),
)
WRITTEN = st.lists(st.sampled_from(PARTS), max_size=60).map("".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(WRITTEN, min_size=20, max_size=20))
def test_both_indices_make_the_same_terms_of_a_text(
    analysed: str, client: Elasticsearch, texts: list[str]
) -> None:
    for text in texts:
        for analyzer, expected in ((STEMS, stems(text)), (WORDS, words(text))):
            answer = client.indices.analyze(index=analysed, analyzer=analyzer, text=text)
            assert [token["token"] for token in answer["tokens"]] == expected, text
