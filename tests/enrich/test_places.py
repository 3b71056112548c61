from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.errors import BadConfiguration
from article.records import Entity, EntityType, Mention, Place
from enrich.gazetteer.lookup import BUNDLED, Gazetteer, load_gazetteer
from enrich.gazetteer.names import display_name
from enrich.knowledge.entries import demonyms
from enrich.names import normalise
from enrich.places import find_places, locate


def entity(name: str, kind: EntityType = "LOC", mentions: int = 1) -> Entity:
    mention = Mention(field="text", start=0, end=len(name), text=name, score=0.9)
    return Entity(type=kind, name=name, mentions=(mention,) * mentions)


def places_of(entities: list[Entity], text: str = "") -> tuple[Place, ...]:
    located = locate(entities, {"title": "", "text": text}, load_gazetteer(), demonyms())
    return find_places(entities, located)


def countries(*names: str) -> dict[str, str]:
    """Places by name with their country, for entities of these names."""
    return {place.name: place.country for place in places_of([entity(name) for name in names])}


def read(text: str, *names: str) -> dict[str, str]:
    """GeoNames ids of places by name, for LOC mentions in a text."""
    entities = [
        Entity(
            type="LOC",
            name=name,
            mentions=(
                Mention(
                    field="text",
                    start=text.index(name),
                    end=text.index(name) + len(name),
                    text=name,
                    score=0.9,
                ),
            ),
        )
        for name in names
    ]
    return {place.name: f"{place.geonames_id}" for place in places_of(entities, text)}


@pytest.mark.parametrize(
    ("names", "places"),
    [
        (["US"], {"United States": "US"}),
        (["U.S."], {"United States": "US"}),
        (["UK", "London"], {"United Kingdom": "GB", "London": "GB"}),
        (["the Netherlands"], {"Netherlands": "NL"}),
        (["Burma"], {"Myanmar": "MM"}),
        (["Nangarhar"], {"Nangarhar": "AF"}),
        (["Nangarhar Province"], {"Nangarhar": "AF"}),
        (["northern Gaza"], {"Gaza Strip": "PS"}),
        (["Kabul"], {"Kabul": "AF"}),
        (["Bombay"], {"Mumbai": "IN"}),
        (["Sao Paulo"], {"São Paulo": "BR"}),
        (["Georgia"], {}),
        (["Congo"], {}),
        (["Congo", "Kinshasa"], {"Democratic Republic of the Congo": "CD", "Kinshasa": "CD"}),
        (["Niger"], {"Niger": "NE"}),
        (["Mali", "Chad", "Cuba"], {"Mali": "ML", "Chad": "TD", "Cuba": "CU"}),
        (["Georgia", "Tbilisi"], {"Georgia": "GE", "Tbilisi": "GE"}),
        (["Georgia", "Atlanta"], {"Georgia": "US", "Atlanta": "US"}),
        (["Jalalabad", "Afghanistan"], {"Jalalabad": "AF", "Afghanistan": "AF"}),
        (["Jalalabad", "India"], {"India": "IN"}),  # there are three
        (["Punjab", "Pakistan"], {"Punjab": "PK", "Pakistan": "PK"}),
        (["Cambridge", "United States"], {"Cambridge": "US", "United States": "US"}),
        (["New York"], {"New York City": "US"}),
    ],
)
def test_names_are_linked_by_what_else_the_article_names(names: list[str], places: dict[str, str]) -> None:
    assert countries(*names) == places


@pytest.mark.parametrize("name", ["Springfield", "Cambridge", "Central", "Mordor", "Us", "Car", "", "\t\n"])
def test_what_is_ambiguous_or_unknown_is_left_out(name: str) -> None:
    assert countries(name) == {}


def test_a_name_of_somebody_is_not_a_place() -> None:
    assert places_of([entity("Paris", "PER"), entity("Jordan", "PER"), entity("London", "ORG")]) == ()


def test_a_team_under_a_countrys_name_is_no_place() -> None:
    assert places_of([entity("France", "ORG")]) == ()


def test_demonyms_count_for_countries() -> None:
    (afghanistan, kabul) = places_of([entity("Afghan", "NORP", 3), entity("Afghanistan"), entity("Kabul")])
    assert (afghanistan.name, afghanistan.mentions, afghanistan.kind) == ("Afghanistan", 4, "country")
    assert (kabul.country, kabul.kind) == ("AF", "city")
    assert places_of([entity("Congolese", "NORP")]) == ()


def test_a_demonym_tells_which_town_is_meant() -> None:
    places = places_of([entity("Cambridge"), entity("American", "NORP")])
    assert {place.name: place.country for place in places} == {"Cambridge": "US", "United States": "US"}


@pytest.mark.parametrize(
    ("text", "names", "places"),
    [
        ("in Portland, Maine", ["Portland", "Maine"], {"Portland": "4975802", "Maine": "4971068"}),
        ("in Portland, Oregon", ["Portland", "Oregon"], {"Portland": "5746545", "Oregon": "5744337"}),
        ("in Buffalo, New York", ["Buffalo", "New York"], {"Buffalo": "5110629", "New York": "5128638"}),
        ("in Moscow, Idaho", ["Moscow", "Idaho"], {"Moscow": "5601538", "Idaho": "5596512"}),
        (
            "in Warner Robins (Georgia)",
            ["Warner Robins", "Georgia"],
            {"Warner Robins": "4229476", "Georgia": "4197000"},
        ),
        (
            "in Bulgaria, Turkey and Georgia",
            ["Bulgaria", "Turkey", "Georgia"],
            {"Bulgaria": "732800", "Turkey": "298795", "Georgia": "614540"},
        ),
        (
            "a county, Cook County, Illinois",
            ["Cook County", "Illinois"],
            {"Cook County": "4888671", "Illinois": "4896861"},
        ),
    ],
)
def test_what_stands_side_by_side_tells_what_is_meant(
    text: str, names: list[str], places: dict[str, str]
) -> None:
    assert read(text, *names) == places


def test_mentions_of_one_place_under_two_names_add_up() -> None:
    names = [entity("US", mentions=2), entity("United States", mentions=3)]
    (place,) = places_of(names)
    assert (place.name, place.country, place.geonames_id, place.mentions) == (
        "United States",
        "US",
        6252001,
        5,
    )


def test_every_name_of_the_gazetteer_is_found() -> None:
    lines = gzip.decompress(BUNDLED.read_bytes()).decode().splitlines()
    gazetteer = load_gazetteer()
    for line in [*lines[:20], *lines[::997], *lines[-20:]]:
        key, _, _, country, *_ = line.split("\t")
        assert country in {candidate.country for candidate in gazetteer.candidates(key)}


@given(
    st.lists(st.text(st.characters(categories=["Ll"], max_codepoint=0x17F), min_size=1), unique=True),
    st.text(),
)
def test_a_search_finds_a_name_if_and_only_if_it_is_there(names: list[str], other: str) -> None:
    keys = {key for name in names if (key := normalise(name))}
    lines = "".join(f"{key}\tP\t1\tAF\t7\t\t1\t2\t3\t{key}\n" for key in sorted(keys))
    gazetteer = Gazetteer(lines.encode())
    for name in [*names, other]:
        found = [candidate.name for candidate in gazetteer.candidates(name)]
        assert found == ([normalise(name)] if normalise(name) in keys else [])


@given(st.text())
def test_normalising_is_done_once(name: str) -> None:
    key = normalise(name)
    assert key == key.strip()
    assert "  " not in key


def test_names_are_shown_without_marks_of_transliteration() -> None:
    assert display_name("Jalālābād") == "Jalalabad"
    assert display_name("Ad Dawḩah") == "Ad Dawhah"
    assert display_name("Łódź") == "Łódź"
    assert display_name("São Paulo") == "São Paulo"


def test_a_broken_gazetteer_is_named(tmp_path: Path) -> None:
    path = tmp_path / "places.tsv.gz"
    path.write_bytes(b"no gzip")
    with pytest.raises(BadConfiguration, match=r"places\.tsv\.gz"):
        load_gazetteer(path)
