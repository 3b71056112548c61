from __future__ import annotations

import pytest

from article.records import Entity, EntityType
from enrich.abbreviations import abbreviates, initials, is_acronym
from enrich.entities import gather
from enrich.people import full_names_of, person_key
from tests.enrich.texts import found


def by_name(entities: tuple[Entity, ...]) -> dict[str, list[str]]:
    """Entity names, each with the spellings of its mentions in order."""
    return {entity.name: [mention.text for mention in entity.mentions] for entity in entities}


def gathered(
    text: str, *names: tuple[str, EntityType] | tuple[str, EntityType, float]
) -> dict[str, list[str]]:
    return by_name(gather("", text, found(text, *names)))


def test_an_acronym_in_parentheses_is_its_name_for_the_whole_article() -> None:
    text = "Isis-Khorasan (ISKP) grows. ISKP attacks; Isis-Khorasan denies."
    assert gathered(
        text, ("Isis-Khorasan", "ORG"), ("ISKP", "ORG"), ("ISKP", "ORG"), ("Isis-Khorasan", "ORG")
    ) == {"Isis-Khorasan": ["Isis-Khorasan", "ISKP", "ISKP", "Isis-Khorasan"]}


def test_a_name_in_parentheses_is_its_acronym() -> None:
    text = "ISKP (Isis-Khorasan) grows. ISKP attacks."
    assert gathered(text, ("ISKP", "ORG"), ("Isis-Khorasan", "MISC"), ("ISKP", "ORG")) == {
        "Isis-Khorasan": ["ISKP", "Isis-Khorasan", "ISKP"]
    }


def test_an_acronym_that_the_model_took_into_the_name_is_cut_out() -> None:
    text = "The World Health Organization (WHO) met. WHO advised."
    assert gathered(text, ("World Health Organization (WHO", "ORG"), ("WHO", "ORG")) == {
        "World Health Organization": ["World Health Organization", "WHO", "WHO"]
    }


def test_an_acronym_that_the_model_missed_is_found_beside_its_name_and_later() -> None:
    text = "The African Development Bank (AfDB) lent. The AfDB said so."
    assert gathered(text, ("African Development Bank", "ORG")) == {
        "African Development Bank": ["African Development Bank", "AfDB", "AfDB"]
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Lionel Messi (PSG) scored", [("Lionel Messi", "PER"), ("PSG", "ORG")]),
        ("Benfica (POR) lost", [("Benfica", "ORG"), ("POR", "LOC")]),
        ("Boeing (Airbus) sold", [("Boeing", "ORG"), ("Airbus", "ORG")]),
    ],
)
def test_what_stands_in_parentheses_is_not_always_an_acronym(
    text: str, names: list[tuple[str, EntityType]]
) -> None:
    assert len(gathered(text, *names)) == 2


def test_what_abbreviates_nothing_stays_in_the_name() -> None:
    assert gathered("Mladost (L) won.", ("Mladost (L)", "ORG")) == {"Mladost (L)": ["Mladost (L)"]}


def test_a_town_and_a_club_of_one_name_are_two() -> None:
    text = "Leeds beat Hull. Police in Leeds said"
    entities = gather(
        "", text, found(text, ("Leeds", "ORG", 0.99), ("Hull", "ORG", 0.99), ("Leeds", "LOC", 0.99))
    )
    assert sorted((entity.name, entity.type) for entity in entities) == [
        ("Hull", "ORG"),
        ("Leeds", "LOC"),
        ("Leeds", "ORG"),
    ]


def test_the_initials_of_one_name_are_that_name() -> None:
    text = "The United States warned. The US and the U.S. envoy"
    assert gathered(text, ("United States", "LOC"), ("US", "LOC"), ("U.S.", "LOC")) == {
        "United States": ["United States", "US", "U.S."]
    }


def test_a_surname_alone_is_the_person_with_that_full_name() -> None:
    text = "Sirajuddin Haqqani spoke. Haqqani left. Mr Haqqani wrote."
    assert gathered(text, ("Sirajuddin Haqqani", "PER"), ("Haqqani", "PER"), ("Mr Haqqani", "PER")) == {
        "Sirajuddin Haqqani": ["Sirajuddin Haqqani", "Haqqani", "Mr Haqqani"]
    }


def test_a_surname_that_two_people_have_stays_alone() -> None:
    text = "Barack Obama and Michelle Obama came. Obama spoke."
    assert len(gathered(text, ("Barack Obama", "PER"), ("Michelle Obama", "PER"), ("Obama", "PER"))) == 3


def test_a_surname_is_not_an_organisation_of_that_name() -> None:
    text = "Jalaluddin Haqqani founded the Haqqani Network."
    assert set(gathered(text, ("Jalaluddin Haqqani", "PER"), ("Haqqani Network", "ORG"))) == {
        "Jalaluddin Haqqani",
        "Haqqani Network",
    }


def test_spellings_differ_by_case_accents_hyphens_and_articles_only() -> None:
    text = "al Qaeda, Al-Qaeda, AL-QAEDA. São Paulo and Sao Paulo"
    assert gathered(
        text,
        ("al Qaeda", "ORG"),
        ("Al-Qaeda", "ORG"),
        ("AL-QAEDA", "ORG"),
        ("São Paulo", "LOC"),
        ("Sao Paulo", "LOC"),
    ) == {"al Qaeda": ["al Qaeda", "Al-Qaeda", "AL-QAEDA"], "São Paulo": ["São Paulo", "Sao Paulo"]}


def test_the_type_is_voted_with_the_scores() -> None:
    text = "Doha said. Doha hosts. Doha waits."
    names: list[tuple[str, EntityType, float]] = [
        ("Doha", "ORG", 0.5),
        ("Doha", "ORG", 0.4),
        ("Doha", "LOC", 0.95),
    ]
    (entity,) = gather("", text, found(text, *names))
    assert entity.type == "LOC"


def test_a_name_in_the_title_often_and_early_is_salient() -> None:
    title, text = "Kabul waits", "Kabul is calm. Doha is not. Kabul waits for Paris."
    entities = gather(
        title,
        text,
        found(title, ("Kabul", "LOC"), field="title")
        + found(text, ("Kabul", "LOC"), ("Doha", "LOC"), ("Kabul", "LOC"), ("Paris", "LOC")),
    )
    assert [entity.name for entity in entities] == ["Kabul", "Doha", "Paris"]
    assert entities[0].salience == 1.0
    assert all(0 <= entity.salience <= 1 for entity in entities)
    assert [mention.field for mention in entities[0].mentions] == ["title", "text", "text"]


def test_no_mentions_make_no_entities() -> None:
    assert gather("", "", []) == ()


@pytest.mark.parametrize(
    ("short", "full", "is_short"),
    [
        ("ISKP", "Isis-Khorasan", True),
        ("NATO", "North Atlantic Treaty Organization", True),
        ("MoD", "Ministry of Defence", True),
        ("U.N.", "United Nations", True),
        ("BBC", "British Broadcasting Corporation", True),
        ("NATO", "Alliance", False),
        ("POR", "Benfica", False),
        ("Airbus", "Airbus Industries", False),
        ("IBM", "IBM", False),
    ],
)
def test_which_acronym_may_stand_for_which_name(short: str, full: str, is_short: bool) -> None:
    assert abbreviates(short, full) is is_short


@pytest.mark.parametrize(
    ("name", "yes"),
    [("ISKP", True), ("AT&T", True), ("AfDB", True), ("Kabul", False), ("A", False), ("", False)],
)
def test_what_an_acronym_looks_like(name: str, yes: bool) -> None:
    assert is_acronym(name) is yes


def test_initials_leave_small_words_out() -> None:
    assert initials("Bank of the West") == "bw"
    assert initials("Kabul") == ""


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Sen. Joseph R. Biden Jr.", "joseph biden"),
        ("Dr. Strange", "strange"),
        ("J.K. Rowling", "j rowling"),
        ("Shahab Al-Muhajir", "shahab al muhajir"),
        ("Madonna", "madonna"),
        ("Dr.", "dr"),
    ],
)
def test_the_key_of_a_person(name: str, key: str) -> None:
    assert person_key(name) == key


def test_a_surname_of_two_words_leads_to_the_longest_name() -> None:
    keys = ["shahab al muhajir", "al muhajir", "muhajir"]
    assert full_names_of(keys) == {"al muhajir": "shahab al muhajir", "muhajir": "shahab al muhajir"}
