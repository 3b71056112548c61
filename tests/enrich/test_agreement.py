from __future__ import annotations

from article.records import EntityType
from enrich.agreement import SURE, agree_on_types
from tests.enrich.texts import found


def types(text: str, *names: tuple[str, EntityType, float]) -> list[EntityType]:
    return [mention.type for mention in agree_on_types(found(text, *names))]


def test_an_unsure_mention_takes_the_type_of_the_others() -> None:
    text = "Leeds won. Leeds cheered. LEEDS waits."
    assert types(text, ("Leeds", "ORG", 0.9), ("Leeds", "ORG", 0.9), ("LEEDS", "LOC", 0.6)) == ["ORG"] * 3


def test_a_mention_of_which_the_model_is_sure_is_another_thing_of_that_name() -> None:
    text = "Leeds won. Leeds cheered. Police in Leeds"
    assert types(text, ("Leeds", "ORG", 0.9), ("Leeds", "ORG", 0.9), ("Leeds", "LOC", SURE)) == [
        "ORG",
        "ORG",
        "LOC",
    ]


def test_a_group_that_is_now_an_organisation_and_now_a_nation_is_one_thing() -> None:
    text = "The Taliban said. A Taliban fighter. Taliban rule"
    assert (
        types(text, ("Taliban", "ORG", 0.99), ("Taliban", "NORP", 0.98), ("Taliban", "ORG", 0.97))
        == ["ORG"] * 3
    )
