"""Who is meant: from mentions, as the model gives them, to entities with ids."""

from __future__ import annotations

from collections import Counter

import pytest

from article.records import Entity, EntityType
from enrich.findings import Text
from enrich.gazetteer.lookup import load_gazetteer
from enrich.knowledge.entries import Alias, Entry, built_in, demonyms, slug
from enrich.linker import Linker
from enrich.mentions import Found

Name = tuple[str, EntityType]


def found(text: str, *names: Name) -> list[Found]:
    """Each name at its next place in the text."""
    mentions, position = [], 0
    for name, kind in names:
        start = text.index(name, position)
        position = start + len(name)
        mentions.append(Found(field="text", start=start, end=position, text=name, type=kind, score=0.9))
    return mentions


def linked(text: str, *names: Name, watched: tuple[Entry, ...] = ()) -> tuple[Entity, ...]:
    linker = Linker(load_gazetteer(), watched)
    article = Text(id="a", text=text)
    entities, _ = linker(article, linker.gather(article, found(text, *names)))
    for entity in entities:
        for mention in entity.mentions:
            assert text[mention.start : mention.end] == mention.text
    return entities


def ids(text: str, *names: Name, watched: tuple[Entry, ...] = ()) -> dict[str, str | None]:
    return {entity.name: entity.id for entity in linked(text, *names, watched=watched)}


@pytest.mark.parametrize(
    ("name", "kind", "meaning"),
    [
        ("Daesh", "ORG", "kb:islamic-state"),
        ("ISIS", "ORG", "kb:islamic-state"),
        ("Isis", "NORP", "kb:islamic-state"),
        ("Taliban", "NORP", "kb:taliban"),
        ("Hezbollah", "MISC", "kb:hezbollah"),
        ("White House", "LOC", "kb:white-house"),
        ("U.N.", "ORG", "kb:united-nations"),
        ("European Union", "ORG", "kb:european-union"),
        ("Europe", "LOC", "geonames:6255148"),
        ("Red Sea", "LOC", "kb:red-sea"),
        ("Kabul", "LOC", "geonames:1138958"),
        ("Afghanistan", "LOC", "country:AF"),
        ("China", "ORG", "country:CN"),
        ("Israeli", "NORP", "country:IL"),
        ("Jordan", "LOC", "country:JO"),
        ("Jordan", "PER", None),
        ("Georgia", "LOC", None),
        ("Congo", "LOC", None),
        ("Congolese", "NORP", None),
        ("Hamas", "PER", None),
        ("Who", "ORG", None),
        ("IS", "ORG", None),
        ("Congress", "ORG", None),
        ("ISI", "ORG", None),
        ("Springfield", "LOC", None),
        ("Acme Corporation", "ORG", None),
    ],
)
def test_a_name_alone(name: str, kind: EntityType, meaning: str | None) -> None:
    (entity,) = linked(f"They met {name} there.", (name, kind))
    assert entity.id == meaning
    assert (entity.matched is None) == (meaning is None)


@pytest.mark.parametrize(
    ("text", "names", "meanings"),
    [
        (
            "Congress met in Texas.",
            [("Congress", "ORG"), ("Texas", "LOC")],
            {"Congress": "kb:united-states-congress"},
        ),
        (
            "Congress met in Delhi.",
            [("Congress", "ORG"), ("Delhi", "LOC")],
            {"Congress": "kb:indian-national-congress"},
        ),
        (
            "Pakistan's ISI said.",
            [("Pakistan", "LOC"), ("ISI", "ORG")],
            {"ISI": "kb:inter-services-intelligence"},
        ),
        ("IS left Raqqa in Syria.", [("IS", "ORG"), ("Syria", "LOC")], {"IS": "kb:islamic-state"}),
        ("In Sudan, the RSF fights.", [("Sudan", "LOC"), ("RSF", "ORG")], {"RSF": "kb:rapid-support-forces"}),
    ],
)
def test_what_the_article_names_besides_tells_which(
    text: str, names: list[Name], meanings: dict[str, str]
) -> None:
    assert ids(text, *names).items() >= meanings.items()


def test_names_of_one_organisation_are_one_entity() -> None:
    text = (
        "Isis-Khorasan (ISKP) is an enemy of the Taliban. ISIS-K said so; "
        "Islamic State Khorasan Province, too."
    )
    names: list[Name] = [
        ("Isis-Khorasan", "ORG"),
        ("ISKP", "ORG"),
        ("Taliban", "NORP"),
        ("ISIS-K", "ORG"),
        ("Islamic State Khorasan Province", "ORG"),
    ]
    group, taliban = linked(text, *names)
    assert group.id == "kb:islamic-state-khorasan-province"
    assert [mention.text for mention in group.mentions] == [
        "Isis-Khorasan",
        "ISKP",
        "ISIS-K",
        "Islamic State Khorasan Province",
    ]
    assert taliban.id == "kb:taliban"
    assert group.salience > taliban.salience


def test_why_it_is_linked() -> None:
    (entity,) = linked("They fear ISKP now.", ("ISKP", "ORG"))
    assert entity.matched == 'alias "ISKP"'
    (entity,) = linked("They fear the Taliban now.", ("Taliban", "NORP"))
    assert entity.matched == 'name "Taliban"'
    (entity,) = linked("They came to Kabul.", ("Kabul", "LOC"))
    assert entity.matched == 'city "Kabul" in AF'


@pytest.mark.parametrize(
    ("text", "parts", "whole"),
    [
        (
            "The Tehreek-e-Taliban Pakistan did it.",
            [("Tehreek-e-Taliban", "ORG"), ("Pakistan", "LOC")],
            "Tehreek-e-Taliban Pakistan",
        ),
        ("An Isis-Khorasan man.", [("Isis", "ORG"), ("Khorasan", "LOC")], "Isis-Khorasan"),
        (
            "It was al Qaeda in the Arabian Peninsula.",
            [("al Qaeda", "ORG"), ("Arabian Peninsula", "LOC")],
            "al Qaeda in the Arabian Peninsula",
        ),
        ("The Lord's Resistance Army left.", [("Resistance Army", "ORG")], "Lord's Resistance Army"),
    ],
)
def test_a_name_that_the_model_splits_comes_out_whole(text: str, parts: list[Name], whole: str) -> None:
    (entity,) = linked(text, *parts)
    assert (entity.name, entity.type) == (whole, "ORG")
    assert entity.id is not None


def test_a_people_has_its_countrys_id_and_is_no_country() -> None:
    found = linked("France lost. The French left.", ("France", "LOC"), ("French", "NORP"))
    assert {(entity.name, entity.type, entity.id) for entity in found} == {
        ("France", "LOC", "country:FR"),
        ("French", "NORP", "country:FR"),
    }


@pytest.mark.parametrize(
    ("text", "part", "kind"),
    [
        ("He is the new England captain.", "England", "LOC"),
        ("The purist Islamic state they want.", "Islamic", "NORP"),
        ("The U.S. army moved.", "U.S.", "LOC"),
    ],
)
def test_words_in_lower_case_are_no_part_of_a_known_name(text: str, part: str, kind: EntityType) -> None:
    (entity,) = linked(text, (part, kind))
    assert [(mention.text, entity.type) for mention in entity.mentions] == [(part, kind)]


def test_a_place_and_what_it_lies_in_are_two_with_a_space_before_the_comma_too() -> None:
    found = linked("In Lima , Peru .", ("Lima , Peru", "LOC"))
    assert {mention.text for entity in found for mention in entity.mentions} == {"Lima", "Peru"}


def test_people_keep_their_names_beside_known_ones() -> None:
    assert ids("Omar Hezbollah Khan spoke.", ("Omar Hezbollah Khan", "PER")) == {"Omar Hezbollah Khan": None}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("President Joe Biden", "Joe Biden"),
        ("Gen. Mark Milley", "Mark Milley"),
        ("former Prime Minister Imran Khan", "Imran Khan"),
        ("Lt. Gen. Asim Munir", "Asim Munir"),
        ("Pope Francis", "Pope Francis"),
        ("King Charles", "King Charles"),
        ("President", "President"),
        ("Generalov", "Generalov"),
    ],
)
def test_titles_are_no_part_of_a_name(text: str, name: str) -> None:
    (entity,) = linked(text, (text, "PER"))
    assert entity.name == name


def test_a_place_and_what_it_lies_in_are_two() -> None:
    assert ids("They left Perth, Australia.", ("Perth, Australia", "LOC")) == {
        "Perth": "geonames:2063523",
        "Australia": "country:AU",
    }


WATCHED = (
    Entry(
        id="watch:mine/omar",
        name="Abu Omar al-Test",
        type="PER",
        aliases=(Alias(text="The Ghost"),),
        source="mine",
    ),
    Entry(
        id="watch:mine/qt",
        name="Quiet Traders",
        type="ORG",
        aliases=(Alias(text="QT"), Alias(text="Double")),
        source="mine",
    ),
    Entry(
        id="watch:mine/other",
        name="Other Traders",
        type="ORG",
        aliases=(Alias(text="Double"),),
        source="mine",
    ),
    Entry(id="watch:mine/hamas", name="Hamas", type="ORG", source="mine"),
)


def test_watched_names_are_found_though_the_model_missed_them() -> None:
    text = "abu omar al-test met men of QUIET TRADERS and of qt, then Abu Omar Al-Test left."
    entities = linked(text, watched=WATCHED)
    assert {entity.id: len(entity.mentions) for entity in entities} == {
        "watch:mine/qt": 1,
        "watch:mine/omar": 1,
    }
    assert {entity.matched for entity in entities} == {
        'name "Quiet Traders" in watchlist mine',
        'name "Abu Omar al-Test" in watchlist mine',
    }


def test_a_watched_name_goes_before_all_others() -> None:
    assert ids("Hamas said.", ("Hamas", "ORG"), watched=WATCHED) == {"Hamas": "watch:mine/hamas"}


def test_a_watched_name_of_two_entries_is_found_and_left_open() -> None:
    assert ids("Double said.", watched=WATCHED) == {"Double": None}


def test_a_watched_name_in_parts_is_one_mention() -> None:
    (entity,) = linked("Abu Omar al-Test left.", ("Abu Omar", "PER"), watched=WATCHED)
    assert (entity.name, entity.type, entity.id) == ("Abu Omar al-Test", "PER", "watch:mine/omar")


def test_ids_that_are_built_in_are_one_each() -> None:
    assert [each for each, times in Counter(entry.id for entry in built_in()).items() if times > 1] == []
    assert all(entry.id.startswith(("kb:", "geonames:")) for entry in built_in())


def test_no_name_built_in_is_a_plain_word_or_too_short() -> None:
    for entry in built_in():
        for alias in entry.names:
            assert len(slug(alias.text)) > 1
            assert any(character.isupper() or character.isdigit() for character in alias.text), alias


def test_demonyms_are_of_countries_that_the_gazetteer_has() -> None:
    gazetteer = load_gazetteer()
    assert {country for country in demonyms().values() if gazetteer.country(country) is None} == set()
    assert demonyms()["afghans"] == "AF"
