"""The article that the project began with: what an analyst would want to have found in it."""

from __future__ import annotations

import pytest

from enrich.findings import Findings, Text
from enrich.pipeline import Enricher
from tests.corpus import corpus


@pytest.fixture(scope="module")
def findings(enricher: Enricher) -> Findings:
    _, title, *paragraphs, _ = corpus("data/seed/article.txt").read_text("utf-8").split("\n\n")
    (result,) = enricher.enrich([Text(id="seed", title=title, text="\n\n".join(paragraphs))])
    return result


def test_all_steps_are_done(findings: Findings) -> None:
    assert findings.status == "complete"
    assert findings.lang == "en"


@pytest.mark.parametrize(
    ("name", "kind", "at_least"),
    [
        ("Isis-Khorasan", "ORG", 9),
        ("Taliban", "ORG", 4),
        ("Haqqani Network", "ORG", 2),
        ("al Qaeda", "ORG", 1),
        ("Shahab Al-Muhajir", "PER", 1),
        ("Jalaluddin", "PER", 1),
        ("Kabul", "LOC", 2),
        ("Nangarhar", "LOC", 2),
        ("Jalalabad", "LOC", 1),
        ("Doha", "LOC", 3),
        ("Afghanistan", "LOC", 4),
    ],
)
def test_who_and_where(findings: Findings, name: str, kind: str, at_least: int) -> None:
    (entity,) = [entity for entity in findings.entities if entity.name == name]
    assert entity.type == kind
    assert len(entity.mentions) >= at_least


def test_the_acronym_is_no_entity_of_its_own(findings: Findings) -> None:
    (group,) = [
        entity
        for entity in findings.entities
        if {"ISKP", "Isis-Khorasan"} & {mention.text for mention in entity.mentions}
    ]
    assert {mention.text for mention in group.mentions} == {"ISKP", "Isis-Khorasan"}
    assert group == findings.entities[0], "it is what the article is about"


def test_it_is_about_conflict(findings: Findings) -> None:
    assert findings.topics[0].code == "medtop:16000000"


def test_places_are_on_the_map(findings: Findings) -> None:
    places = {place.name: place.country for place in findings.places}
    assert (
        places.items()
        >= {
            "Afghanistan": "AF",
            "Kabul": "AF",
            "Jalalabad": "AF",
            "Nangarhar": "AF",
            "Kunar": "AF",
            "Doha": "QA",
            "United States": "US",
        }.items()
    )
