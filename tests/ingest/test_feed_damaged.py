"""Documents that are not well-formed: what is read of them all the same, and what is said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.entry import ParsedFeed
from ingest.formats.xmldocument import without_prolog
from tests.ingest.documents import item, rss
from tests.ingest.test_feed_formats import channel, parse

ONE = "<item><title>One</title><link>https://news.test/1</link></item>"
TWO = ONE.replace("One", "Two").replace("/1", "/2")
FEED = f"<rss version='2.0'><channel><title>T</title>{ONE}</channel></rss>"
DECLARED = f"<?xml version='1.0' encoding='utf-8'?>{FEED}"


def titles(feed: ParsedFeed) -> list[str]:
    return [entry.title for entry in feed.entries]


@pytest.mark.parametrize(
    "document",
    [
        f"\n\n   {DECLARED}",
        f"\ufeff{DECLARED}",
        f"<!-- cached -->{DECLARED}",
        f"{DECLARED}\n<!-- generated in 0.3 s -->\n",
        f"<?xml version='1.0'?><?xml-stylesheet href='x.xsl'?><!-- ] > --><!DOCTYPE rss>{FEED}",
        f'<!DOCTYPE rss [<!-- "it\'s" ]> --><!ENTITY a "]>"><!ELEMENT rss ANY>]>{FEED}',
        f"<!doctype RSS PUBLIC '-//X>//' \"y\">{FEED}",
    ],
)
def test_what_stands_around_a_feed_is_no_damage(document: str) -> None:
    feed = parse(document)
    assert (titles(feed), feed.notes) == (["One"], ())


@pytest.mark.parametrize(
    ("document", "note"),
    [
        (f"<br />\n<b>Warning</b>: mysql_query() in /var/x.php on line 3<br />\n{DECLARED}", "before it"),
        (f"Notice: Undefined index &{DECLARED}", "before it"),
        (f"<xml>{FEED}</xml>", "is damaged"),
        (f"{DECLARED}<script>track()</script>", "goes on after its end"),
        (f"{DECLARED}\nQuery took 3 ms", "goes on after its end"),
        (DECLARED.replace("<title>One", "<title>One &nbsp;&copy; & <"), "is damaged"),
        (DECLARED.replace("<title>One", "<media:x/><dc:creator>A</dc:creator><title>One"), "is damaged"),
        (DECLARED.replace("</item>", "</ITEM>"), "is damaged"),
        (DECLARED.replace("</channel>", ""), "is damaged"),
        (DECLARED.replace("</rss>", ""), "breaks off"),
        (DECLARED.replace("One", "One\x0c\x00\x1f"), "is damaged"),
    ],
)
def test_damage_is_mended_and_noted(document: str, note: str) -> None:
    feed = parse(document)
    assert [title[:3] for title in titles(feed)] == ["One"]
    assert [entry.link for entry in feed.entries] == ["https://news.test/1"]
    assert [note in each for each in feed.notes] == [True]


@pytest.mark.parametrize("between", ["", "\n", "<?xml version='1.0'?>\n", "<!-- x -->"])
def test_documents_that_follow_each_other_are_all_read(between: str) -> None:
    feed = parse(f"{DECLARED}{between}{FEED.replace(ONE, TWO)}")
    assert titles(feed) == ["One", "Two"]
    assert len(feed.notes) == 1


def test_entries_outside_of_the_channel_are_read() -> None:
    assert titles(parse(f"<rss version='2.0'><channel><title>T</title></channel>{ONE}{TWO}</rss>")) == [
        "One",
        "Two",
    ]


def test_half_an_entry_is_left_out_of_a_document_that_is_damaged_too() -> None:
    half = TWO[: TWO.index("ws.test/2")]
    feed = parse(f"<rss version='2.0'><channel><b><title>T</title>{ONE}</x>{half}")
    assert titles(feed) == ["One"]


@pytest.mark.parametrize(
    ("right", "wrong", "left"),
    [
        ("</title><link>https://news.test/2", ">/title><link>https://news.test/2", ["One", "Three"]),
        ("<title>Two", "<title><![CDATA[Two", ["One", "Three"]),
        ("<title>Two", "<title><!-- Two", ["One", "Three"]),
        ("<title>Two", "<ti\x00\ufffdtle>Two", ["One", "Three"]),
        ("<title>Two", "<title a='1' a='2'>Two", ["One", "Two", "Three"]),
        ("<title>Two</title>", "<title>Two</titel>", ["One", "Two", "Three"]),
        ("</link></item><item><title>Three", "</link><item><title>Three", ["One", "Two", "Three"]),
    ],
)
def test_an_entry_that_is_damaged_costs_no_other(right: str, wrong: str, left: list[str]) -> None:
    three = TWO.replace("Two", "Three").replace("/2", "/3")
    document = f"<rss version='2.0'><channel><title>T</title>{ONE}{TWO}{three}</channel></rss>"
    assert right in document
    feed = parse(document.replace(right, wrong))
    assert [title for title in titles(feed) if title in ("One", "Two", "Three")] == left
    assert "is damaged" in feed.notes[0]


@pytest.mark.parametrize(
    "root", ["<rss version='2.0' xmlns:a='b\">", "<rss version='2.0' x=>", "<rss version='2.0' xmlns:a=''b'>"]
)
def test_a_root_that_is_damaged_costs_no_entry(root: str) -> None:
    feed = parse(FEED.replace("<rss version='2.0'>", root))
    assert (titles(feed), feed.format) == (["One"], "rss 2.0")


def test_an_element_that_its_reader_chokes_on_costs_only_itself() -> None:
    assert titles(channel(ONE.replace("<link>", "<width/><height>x</height><link>"))) == ["One"]


def test_html_in_other_letters_is_no_feed_but_markup_in_a_feed_is() -> None:
    assert titles(channel(ONE.replace("One", "<![CDATA[<!DOCTYPE html><html>One</html>]]>"))) == ["One"]


def test_entities_that_a_document_declares_are_not_believed() -> None:
    document = f"<!DOCTYPE rss [<!ENTITY x 'y'>]>{FEED.replace('One', 'One &x; &eacute; &bogus;')}"
    assert titles(parse(document)) == ["One &x; é &bogus;"]


@settings(deadline=None)
@given(st.text("<>!-[]\"'?xml DOCTYPE", max_size=60))
def test_a_prolog_of_any_kind_ends(text: str) -> None:
    assert text.endswith(without_prolog(text))


@settings(deadline=None)
@given(st.data())
def test_one_changed_character_costs_few_entries_and_never_the_process(data: st.DataObject) -> None:
    whole = rss(*(item(link=f"https://news.test/{n}", title=f"Title {n}") for n in range(5)))
    at = data.draw(st.integers(whole.index(b"<item>"), len(whole) - 1))
    changed = (
        whole[:at]
        + data.draw(st.sampled_from([b"<", b">", b"&", b"\x00", b"\xff", b"/", b"]"]))
        + whole[at + 1 :]
    )
    assert len(parse(changed).entries) >= 3
