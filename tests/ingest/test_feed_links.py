"""Which link of an entry is its article's address, and what a relative one is relative to."""

from __future__ import annotations

import pytest

from article.identity import canonical_url
from ingest.entry import Entry
from ingest.formats.links import absolute
from tests.ingest.test_feed_formats import atom, channel, only, parse

BASE = "https://news.test/feeds/all.xml"


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("https://a.test/x?a=1&b=2#c", "https://a.test/x?a=1&b=2#c"),
        ("/x", "https://news.test/x"),
        ("x", "https://news.test/feeds/x"),
        ("../x", "https://news.test/x"),
        ("?id=3", "https://news.test/feeds/all.xml?id=3"),
        ("//other.test/x", "https://other.test/x"),
        ("www.other.test/x", "https://www.other.test/x"),
        ("http:/other.test/x", "http://other.test/x"),
        ("https:////other.test/x", "https://other.test/x"),
        ("\n   https://a.test/x\t ", "https://a.test/x"),
        ("https://a.test/\n  x", "https://a.test/x"),
        ("https://a.test/two words", "https://a.test/two%20words"),
        ("https://a.test/\u200bx", "https://a.test/x"),
        ("https://bücher.test/straße", "https://bücher.test/straße"),
        ("HTTPS://A.test/x", "https://A.test/x"),
        ("", None),
        ("   ", None),
        ("javascript:alert(1)", None),
        ("mailto:a@b.test", None),
        ("data:text/html,x", None),
        ("http://", None),
        ("http://[::1", None),
        ("https://a.test/" + "x" * 9_000, None),
    ],
)
def test_an_address_is_absolute_or_none(value: str, url: str | None) -> None:
    assert absolute(BASE, value) == url


def test_an_international_host_has_one_identity() -> None:
    link = absolute(BASE, "//Bücher.test/ä")
    assert link
    assert canonical_url(link) == canonical_url("https://xn--bcher-kva.test/%C3%A4")


@pytest.mark.parametrize(
    ("links", "url"),
    [
        ("<link href='https://a.test/1'/>", "https://a.test/1"),
        (
            "<link rel='self' href='https://a.test/self'/><link rel='replies' href='https://a.test/c'/>"
            "<link rel='alternate' type='text/html' href='https://a.test/1'/>",
            "https://a.test/1",
        ),
        (
            "<link rel='alternate' type='text/html' href='https://a.test/1'/>"
            "<link rel='alternate' type='application/json' href='https://a.test/1.json'/>"
            "<link rel='edit' href='https://a.test/edit'/>",
            "https://a.test/1",
        ),
        (
            "<link rel='http://www.iana.org/assignments/relation/alternate' type='text/plain' href='/1'/>",
            "https://news.test/1",
        ),
        (
            "<link rel='alternate' type='application/pdf' href='https://a.test/1.pdf'/>",
            "https://a.test/1.pdf",
        ),
        ("<id>https://a.test/1</id>", "https://a.test/1"),
        ("<id>tag:a.test,2026:1</id>", None),
        ("<content src='https://a.test/1' type='text/html'/>", "https://a.test/1"),
        ("<link rel='related' href='https://other.test/'/>", None),
    ],
)
def test_links_of_atom(links: str, url: str | None) -> None:
    assert atom(f"<title>T</title>{links}").link == url


@pytest.mark.parametrize(
    ("links", "url"),
    [
        ("<link><![CDATA[\n   https://a.test/1?a=1&b=2 \n ]]></link>", "https://a.test/1?a=1&b=2"),
        ("<link>https://a.test/1?a=1&amp;b=2</link>", "https://a.test/1?a=1&b=2"),
        ("<link>https://a.test/1?a=1&amp;amp;b=2</link>", "https://a.test/1?a=1&b=2"),
        ("<guid>https://a.test/1</guid>", "https://a.test/1"),
        ("<guid isPermaLink='true'>https://a.test/1</guid>", "https://a.test/1"),
        ("<guid isPermaLink='False'>https://a.test/1</guid>", None),
        ("<guid>17</guid>", None),
        ("<guid isPermaLink='true'>17</guid>", None),
        ("<guid>https://a.test/guid</guid><link>https://a.test/1</link>", "https://a.test/1"),
        ("<link>https://a.test/1</link><guid>https://a.test/guid</guid>", "https://a.test/1"),
        ("<link/><guid>https://a.test/1</guid>", "https://a.test/1"),
        ("<atom:link href='https://a.test/1'/>", "https://a.test/1"),
        (
            "<link>https://feeds.test/~r/1</link><feedburner:origLink>https://a.test/1</feedburner:origLink>",
            "https://a.test/1",
        ),
        ("<link>/1</link>", "https://news.test/1"),
        ("<LINK>https://a.test/1</LINK>", "https://a.test/1"),
    ],
)
def test_links_of_rss(links: str, url: str | None) -> None:
    assert only(f"<title>T</title>{links}").link == url


def test_an_id_stays_as_it_is_written() -> None:
    assert only("<title>T</title><guid>17/a</guid>").entry_id == "17/a"


def entries(document: str) -> list[str | None]:
    return [entry.link for entry in parse(document).entries]


def test_a_base_holds_for_what_is_inside_its_element() -> None:
    document = (
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://a.test/x/'>"
        "<entry><title>1</title><link href='one'/></entry>"
        "<entry xml:base='y/'><title>2</title><link href='two'/></entry>"
        "<entry xml:base='//b.test/'><title>3</title><link xml:base='z/' href='three'/></entry>"
        "<entry xml:base='javascript:x'><title>4</title><link href='four'/></entry>"
        "<entry><title>5</title><link href='/five'/></entry></feed>"
    )
    assert entries(document) == [
        "https://a.test/x/one",
        "https://a.test/x/y/two",
        "https://b.test/z/three",
        "https://a.test/x/four",
        "https://a.test/five",
    ]


def test_a_relative_base_is_relative_to_the_document() -> None:
    document = (
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='x/'><entry xml:base='y/'><title>1</title>"
        "<link href='one'/></entry></feed>"
    )
    assert entries(document) == ["https://news.test/feeds/x/y/one"]


def test_a_base_on_an_item_of_rss_and_its_pictures() -> None:
    (entry,) = channel(
        "<item xml:base='https://a.test/x/'><title>T</title><link>one</link>"
        "<media:content url='one.jpg'/></item>"
    ).entries
    assert (entry.link, entry.image) == ("https://a.test/x/one", "https://a.test/x/one.jpg")


def test_two_links_with_one_guid_are_two_articles_and_one_link_with_two_guids_one() -> None:
    same_guid = channel(
        "<item><title>1</title><link>/1</link><guid isPermaLink='false'>g</guid></item>"
        "<item><title>2</title><link>/2</link><guid isPermaLink='false'>g</guid></item>"
    ).entries
    assert len({identity(entry) for entry in same_guid}) == 2
    churned = [only(f"<title>1</title><link>/1</link><guid>{guid}</guid>") for guid in ("a", "b")]
    assert len({identity(entry) for entry in churned}) == 1


def identity(entry: Entry) -> str | None:
    return canonical_url(entry.link) if entry.link else None
