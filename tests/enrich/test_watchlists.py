"""Watchlists: read, checked, and found in texts, however many names there are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.errors import BadConfiguration
from enrich.findings import Text
from enrich.knowledge.entries import Alias, Entry
from enrich.knowledge.index import NameIndex
from enrich.pipeline import Enricher
from enrich.watchlists.check import problems
from enrich.watchlists.document import write_document
from enrich.watchlists.lists import load_watchlist, watched, watchlist_files
from runtime.settings import EnrichSettings

GOOD = """
name: Traders
entries:
  - {name: Quiet Traders Limited, type: organisation, aliases: [Quiet Traders, QTL]}
  - {id: omar, name: "Abu Omar  al-Test", type: person, note: the one from the port}
  - {id: 7, name: Порт Тест, type: place}
"""


def written(folder: Path, text: str, name: str = "list.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def entry(name: str, *aliases: str) -> Entry:
    return Entry(
        id=f"watch:l/{name}",
        name=name,
        type="ORG",
        aliases=tuple(Alias(text=each) for each in aliases),
        source="l",
    )


def test_a_list_is_read(tmp_path: Path) -> None:
    watchlist = load_watchlist(written(tmp_path, GOOD))
    assert watchlist.name == "traders"
    assert [(each.id, each.name, each.type) for each in watchlist.entries] == [
        ("watch:traders/quiet-traders-limited", "Quiet Traders Limited", "ORG"),
        ("watch:traders/omar", "Abu Omar al-Test", "PER"),
        ("watch:traders/7", "Порт Тест", "LOC"),
    ]
    assert [alias.text for alias in watchlist.entries[0].aliases] == ["Quiet Traders", "QTL"]


def test_a_folder_is_its_yaml_files(tmp_path: Path) -> None:
    one = written(tmp_path, GOOD, "b.yaml")
    two = written(tmp_path, "entries: []", "a.yml")
    written(tmp_path, "no list", "README.md")
    assert list(watchlist_files([tmp_path])) == [two, one]
    assert len(watched([tmp_path]).entries) == 3


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- a\n- b", "holds no keys and values"),
        ("entries: [", "is not YAML"),
        ("entries: !!python/object/apply:os.system [ls]", "is not YAML"),
        ("entires: []", "unknown key 'entires'"),
        ("name: '***'", "needs a name"),
        ("entries: {a: b}", "entries must be a list"),
        ("entries: [Omar]", "entry 1: must be keys and values"),
        ("entries: [{name: A B, type: person}, {name: C D}]", "entry 2: type must be one of person"),
        ("entries: [{name: A B, type: ship}]", "entry 1: type must be one of person"),
        ("entries: [{name: No, type: person}]", "put it in quotes"),
        ("entries: [{name: '---', type: person}]", "must have letters"),
        ("entries: [{name: A B, type: person, aliases: C}]", "aliases must be a list"),
        ("entries: [{name: A B, type: person, alias: [C]}]", "unknown key 'alias'"),
        ("entries: [{name: A B, type: person, id: [1]}]", "id must be a word or a number"),
        ("a: &a [x, x]\nentries: [*a, *a]", "unknown key 'a'"),
        ("[" * 2000, ""),
    ],
)
def test_what_is_wrong_with_a_list_is_said(tmp_path: Path, text: str, problem: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BadConfiguration) as error:
        load_watchlist(path)
    assert error.value.subject == str(path)
    assert problem in error.value.problem


def test_a_list_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="cannot be read"):
        watched([tmp_path / "nothing.yaml"])


def test_duplicates_and_contradictions_are_told() -> None:
    entries = [entry("Alpha", "Alfa", "ALFA"), entry("Beta", "Alfa"), entry("Beta"), entry("Long", "x " * 20)]
    assert list(problems(entries)) == [
        "watch:l/Beta stands there 2 times: give the entries ids of their own, or make them one",
        'watch:l/Alpha: "ALFA" stands there twice',
        f'watch:l/Long: "{"x " * 20}" has more than 12 words and is not looked for',
        '"Alfa" is a name of watch:l/Alpha and of watch:l/Beta: it is found and left without an id',
    ]
    assert list(problems([entry("Alpha", "Alfa"), entry("Beta")])) == []


@pytest.mark.parametrize(
    ("alias", "text", "hits"),
    [
        ("Quiet Traders", "the Quiet Traders met", ["Quiet Traders"]),
        ("Quiet Traders", "QUIET TRADERS", ["QUIET TRADERS"]),
        ("Quiet Traders", "quiet traders", []),
        ("Quiet Traders", "Quiet Tradersmen, UnQuiet Traders", []),
        ("Quiet Traders", "Quiet. Traders. Quiet\nTraders, Quiet  Traders", ["Quiet  Traders"]),
        ("Quiet Traders", "Quiet-Traders’ ship", ["Quiet-Traders"]),
        ("QTL", "QTL, qtl, Qtl, Q.T.L.", ["QTL", "Q.T.L"]),
        ("Łódź Óil", "Lodz Oil", ["Lodz Oil"]),
        ("al-Test", "Al-Test, al Test, AL-TEST", ["Al-Test", "al Test", "AL-TEST"]),
        ("Al-Qa'ida", "al-Qaida and Al Qa’ida", ["al-Qaida", "Al Qa’ida"]),
        ("Тест", "это Тест.", ["Тест"]),
    ],
)
def test_how_a_name_may_be_written(alias: str, text: str, hits: list[str]) -> None:
    assert [text[name.start : name.end] for name in NameIndex([entry(alias)]).find(text)] == hits


def test_the_longest_name_is_meant() -> None:
    index = NameIndex([entry("Al Test"), entry("Al Test Group"), entry("Al Test Group of the South East")])
    text = "Al Test Group of the North, Al Test."
    assert [text[name.start : name.end] for name in index.find(text)] == ["Al Test Group", "Al Test"]


@given(st.text(), st.lists(st.text(min_size=1), max_size=5))
def test_names_found_are_where_they_are_said_to_be(text: str, names: list[str]) -> None:
    index = NameIndex([entry(name) for name in names])
    end = 0
    for name in index.find(text):
        assert end <= name.start < name.end <= len(text)
        assert index.meanings(text[name.start : name.end])
        end = name.end


@given(
    st.lists(st.from_regex(r"[A-Z][a-z]{1,6}( [A-Z][a-z]{1,6}){0,3}", fullmatch=True), min_size=1, max_size=6)
)
def test_every_name_is_found_where_it_stands(names: list[str]) -> None:
    index = NameIndex([entry(name) for name in names])
    for name in names:
        (found,) = index.find(f"... ({name}) ...")
        assert name in {meaning.entry.name for meaning in found.meanings} or found.words == len(name.split())


def test_fifty_thousand_names_are_read_and_found(tmp_path: Path) -> None:
    items = [
        {
            "name": f"Name{number % 500} Of{number // 500} Test{number}",
            "type": "person",
            "aliases": [f"Alias {number}"],
        }
        for number in range(50_000)
    ]
    path = written(tmp_path, write_document({"name": "many", "entries": items}))
    index = NameIndex(watched([path]).entries)
    assert len(index) == 100_000
    # All that begin alike, and a word without end.
    text = "Name1 Of1 " * 5_000 + "Name7 Of3 Test1507 and alias 1, Alias 49999. " + "x" * 50_000
    assert [name.meanings[0].entry.id for name in index.find(text)] == [
        "watch:many/name7-of3-test1507",
        "watch:many/name499-of99-test49999",
    ]


TOPIC = """
topics:
  - {name: Piracy, description: Attacks on ships at sea, threshold: 0.3}
"""


def test_a_list_may_hold_topics(tmp_path: Path) -> None:
    (topic,) = watched([written(tmp_path, GOOD + TOPIC)]).topics
    assert (topic.code, topic.threshold) == ("custom:piracy", 0.3)


def test_findings_say_which_lists_they_were_made_with(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    settings = EnrichSettings(watchlists=(path,))

    def said() -> str:
        with Enricher(settings) as enricher:
            (found,) = enricher.enrich([Text(id="a", title="", text="QTL was seen.")])
        return found.models["watchlists"]

    first = said()
    assert first == said()
    written(tmp_path, GOOD.replace("QTL", "QTLX"))
    assert first != said()


def test_a_topic_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="topic 1: needs a description or examples"):
        load_watchlist(written(tmp_path, "topics: [{name: Piracy}]"))


def test_a_topic_of_two_lists_is_refused(tmp_path: Path) -> None:
    written(tmp_path, TOPIC, "a.yaml")
    written(tmp_path, TOPIC, "b.yaml")
    with pytest.raises(BadConfiguration, match=r"b\.yaml: has the topic custom:piracy of another"):
        watched([tmp_path])
