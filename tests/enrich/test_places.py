from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.errors import BadConfiguration
from article.records import Entity, EntityType, Mention
from enrich.gazetteer.lookup import BUNDLED, Gazetteer, load_gazetteer
from enrich.gazetteer.names import display_name
from enrich.names import normalise
from enrich.places import find_places


def entity(name: str, kind: EntityType = "LOC", mentions: int = 1) -> Entity:
    mention = Mention(field="text", start=0, end=len(name), text=name, score=0.9)
    return Entity(type=kind, name=name, mentions=(mention,) * mentions)


def countries(*names: str) -> dict[str, str]:
    """Places by name with their country, for entities of these names."""
    places = find_places([entity(name) for name in names], load_gazetteer())
    return {place.name: place.country for place in places}


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
        (["northern Gaza"], {"Gaza": "PS"}),
        (["Kabul"], {"Kabul": "AF"}),
        (["Bombay"], {"Mumbai": "IN"}),
        (["Sao Paulo"], {"São Paulo": "BR"}),
        (["Georgia"], {"Georgia": "GE"}),
        (["Georgia", "Tbilisi"], {"Georgia": "GE", "Tbilisi": "GE"}),
        (["Georgia", "Atlanta"], {"Georgia": "US", "Atlanta": "US"}),
        (["Jalalabad", "Afghanistan"], {"Jalalabad": "AF", "Afghanistan": "AF"}),
        (["Jalalabad", "India"], {"Jalalabad": "IN", "India": "IN"}),
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
    assert find_places([entity("Paris", "PER"), entity("London", "ORG")], load_gazetteer()) == ()


def test_mentions_of_one_place_under_two_names_add_up() -> None:
    names = [entity("US", mentions=2), entity("United States", mentions=3)]
    (place,) = find_places(names, load_gazetteer())
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
    lines = "".join(f"{key}\tP\t1\tAF\t\t1\t2\t3\t{key}\n" for key in sorted(keys))
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
