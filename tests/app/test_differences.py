"""What new findings change, by examples."""

from __future__ import annotations

from dataclasses import replace

from app.differences import EXAMPLES, Differences, Kind
from article.records import EnrichedArticle, EnrichmentStatus
from tests.index.articles import article, entity, id_of, place, topic

CONFLICT = topic("16000000", "conflict, war and peace")
POLITICS = topic("11000000", "politics and government")
OLD = article(
    "a",
    "Taliban in Kabul",
    entities=[entity("ORG", "Taliban"), entity("LOC", "Kabul"), entity("PER", "Reuters")],
    places=[place("Kabul", "AF")],
    topics=[CONFLICT],
)


def differences(*pairs: tuple[EnrichedArticle, EnrichedArticle]) -> Differences:
    added = Differences()
    for old, new in pairs:
        added.add(old, new)
    return added


def with_status(given: EnrichedArticle, status: EnrichmentStatus, **models: str) -> EnrichedArticle:
    return replace(given, enrichment=replace(given.enrichment, status=status, models=models))


def counts(found: Differences, kind: Kind) -> dict[str, tuple[int, int]]:
    return {name: (group.gained.count, group.lost.count) for name, group in found.groups[kind].items()}


def test_the_same_findings_are_no_difference() -> None:
    rescored = replace(OLD, entities=tuple(replace(one, salience=0.1) for one in OLD.entities[::-1]))
    found = differences((OLD, rescored))
    assert (found.compared, found.changed, dict(found.articles)) == (1, 0, {})


def test_entities_gained_and_lost_by_type() -> None:
    new = replace(OLD, entities=(OLD.entities[0], OLD.entities[1], entity("ORG", "Reuters")))
    found = differences((OLD, new), (OLD, OLD))
    assert (found.compared, found.changed, dict(found.articles)) == (2, 1, {"entities": 1})
    assert counts(found, "entities") == {"ORG": (1, 0), "PER": (0, 1)}
    (example,) = found.groups["entities"]["PER"].lost.examples
    assert (example.found, example.article, example.title) == ("Reuters", id_of("a"), "Taliban in Kabul")


def test_a_name_in_other_letters_is_the_same() -> None:
    new = replace(OLD, entities=(entity("ORG", "TALIBAN"), *OLD.entities[1:]))
    assert differences((OLD, new)).changed == 0


def test_ids_gained_lost_and_changed() -> None:
    linked = replace(OLD, entities=(entity("ORG", "Taliban", linked="kb:taliban"), *OLD.entities[1:]))
    watched = replace(OLD, entities=(entity("ORG", "Taliban", linked="watch:un/taliban"), *OLD.entities[1:]))
    assert counts(differences((OLD, linked)), "ids") == {"kb": (1, 0)}
    assert counts(differences((linked, watched)), "ids") == {"kb": (0, 1), "watch": (1, 0)}
    (example,) = differences((OLD, linked)).groups["ids"]["kb"].gained.examples
    assert example.found == "Taliban = kb:taliban"


def test_places_and_topics() -> None:
    new = replace(OLD, places=(place("Kabul", "US"),), topics=(CONFLICT, POLITICS))
    found = differences((OLD, new))
    assert counts(found, "places") == {"AF": (0, 1), "US": (1, 0)}
    assert counts(found, "topics") == {POLITICS.code: (1, 0)}
    assert dict(found.articles) == {"places": 1, "topics": 1}


def test_status_and_models() -> None:
    old, new = with_status(OLD, "complete", entities="a@1"), with_status(OLD, "failed", entities="b@2")
    found = differences((old, new), (old, new), (old, old))
    assert (found.changed, dict(found.status)) == (2, {"complete → failed": 2})
    assert dict(found.models) == {"entities: a@1 → b@2": 2}


def test_another_model_that_finds_the_same_changes_no_article() -> None:
    found = differences((with_status(OLD, "complete", ner="a@1"), with_status(OLD, "complete", ner="b@2")))
    assert (found.changed, len(found.models)) == (0, 1)


def test_the_report_does_not_grow_with_the_articles() -> None:
    pairs = []
    for number in range(50):
        old = article(f"n{number}", f"Title {number}")
        new = replace(old, entities=(entity("PER", f"Person {number}"),), topics=(CONFLICT,))
        pairs.append((old, new))
    found = differences(*pairs)
    assert found.groups["entities"]["PER"].gained.count == 50
    assert len(found.groups["entities"]["PER"].gained.examples) == EXAMPLES
    assert len({each.title for each in found.groups["topics"][CONFLICT.code].gained.examples}) == EXAMPLES


def test_one_name_is_one_example() -> None:
    pairs = [(article(f"n{n}"), article(f"n{n}", entities=[entity("PER", "Merkel")])) for n in range(9)]
    side = differences(*pairs).groups["entities"]["PER"].gained
    assert (side.count, len(side.examples)) == (9, 1)


def test_for_a_person() -> None:
    new = replace(OLD, entities=(*OLD.entities[:2], entity("ORG", "Reuters")), topics=(CONFLICT, POLITICS))
    assert list(differences((OLD, with_status(new, "partial", ner="news@1"))).lines()) == [
        "1 articles were read anew: 1 say something else than before",
        "  status  complete → partial: 1 articles",
        "  entities: 1 articles",
        "    ORG  +1  -0",
        "      + Reuters  in: Taliban in Kabul",
        "    PER  +0  -1",
        "      - Reuters  in: Taliban in Kabul",
        "  topics: 1 articles",
        "    medtop:11000000 politics and government  +1  -0",
        "      + Taliban in Kabul",
    ]


def test_for_a_program() -> None:
    new = replace(OLD, places=())
    assert differences((OLD, new)).as_json() == {
        "compared": 1,
        "changed": 1,
        "models": {},
        "status": {},
        "entities": {"articles": 0, "groups": {}},
        "ids": {"articles": 0, "groups": {}},
        "places": {
            "articles": 1,
            "groups": {
                "AF": {
                    "gained": {"count": 0, "examples": []},
                    "lost": {
                        "count": 1,
                        "examples": [{"found": "Kabul", "article": id_of("a"), "title": "Taliban in Kabul"}],
                    },
                }
            },
        },
        "topics": {"articles": 0, "groups": {}},
    }
