"""Documents that are made to take for ever: each would take minutes if something were quadratic."""

from __future__ import annotations

import pytest

from article.errors import BadFeed
from ingest.entry import ParsedFeed
from ingest.formats.feed import parse_feed
from ingest.formats.text import MAX_MARKUP, MAX_TITLE
from tests.ingest.documents import NOW
from tests.ingest.test_feed_formats import NAMESPACES

MANY = 10_000
LONG = 500_000


def read(document: str, max_entries: int = 100) -> ParsedFeed:
    return parse_feed(
        document.encode(), url="https://bad.test/", content_type=None, now=NOW, max_entries=max_entries
    )


def rss(inside: str) -> str:
    return f"<rss version='2.0' {NAMESPACES}><channel><item>{inside}<guid>1</guid></item></channel></rss>"


@pytest.mark.parametrize(
    "inside",
    [
        f"<title>{'x' * 5 * LONG}</title>",
        f"<title>{'&amp;' * LONG}</title>",
        f"<description>{'&lt;' * LONG}</description>",
        f"<description>{'&lt;a ' * LONG}</description>",
        f"<description>{'&lt;/a' * LONG}</description>",
        f"<description>{'&lt;p&gt;' * (LONG // 10)}</description>",
        f"<author>{'a' * LONG}</author>",
        f"<author>{'a.' * LONG}@</author>",
        f"<pubDate>{'1' * LONG}</pubDate>",
        f"<link>{'x' * LONG}</link>",
        f"<media:content url='{'x' * LONG}'/>",
        f"<media:keywords>{'a,' * MANY}</media:keywords>",
        "".join(f"<category>{number}</category>" for number in range(MANY)),
        "<dc:creator>a.b.c</dc:creator>" * MANY,
        "<link>https://bad.test/</link>" * MANY,
        "<media:content url='x'/>" * MANY,
        "".join(f"<t{number}/>" for number in range(MANY)),
        "&" * LONG,
        "&a" * LONG,
        "<![CDATA[<![CDATA[]]>" * MANY,
        "\x01" * LONG,
    ],
    ids=lambda inside: inside[:24],
)
def test_an_entry_of_too_much_is_read_in_bounds(inside: str) -> None:
    (entry,) = read(rss(inside)).entries
    assert len(entry.title) <= MAX_TITLE
    assert len(entry.text) <= MAX_MARKUP
    assert len(entry.categories) <= 50
    assert len(entry.authors) <= 20
    assert entry.link is None or len(entry.link) < 100
    assert all(len(note) < 200 for note in entry.notes)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("<rss>" + "<a>" * MANY, "more than 200 nested elements"),
        ("<rss " + "".join(f"a{number}='' " for number in range(MANY)) + "/>", "more than 500 attributes"),
        ("<rss>" + "<item/>" * 200_001, "more than 200000 elements"),
        ("<" * LONG, "is not XML"),
        ("<!--" * MANY, "is not XML"),
        ("<!DOCTYPE " + "\"'" * MANY, "is not XML"),
        ("<?x " * MANY, "is not XML"),
        ("\x00" * LONG, "is empty"),
    ],
    ids=lambda value: value[:12],
)
def test_a_document_of_too_much_is_refused_with_the_reason(document: str, reason: str) -> None:
    with pytest.raises(BadFeed, match=reason):
        read(document)


def test_of_many_entries_the_first_are_read_and_the_others_only_counted() -> None:
    feed = read("<rss><channel>" + "<item><title>x</title></item>" * 60_000 + "</channel></rss>")
    assert (len(feed.entries), feed.notes) == (
        100,
        ("the document has 60000 entries; the first 100 were read",),
    )


def test_many_documents_in_one_are_not_all_read() -> None:
    assert len(read("<rss><channel><item/></channel></rss>" * MANY).dead) <= 100


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE rss [{}]>",
        "<!DOCTYPE rss SYSTEM 'http://127.0.0.1/x.dtd' [<!-- ]> --> {}]>",
        "<!DOCTYPE rss [<!ENTITY q ']>'> {} <!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]>",
    ],
)
def test_entities_do_not_grow(doctype: str) -> None:
    laughs = "".join(f"<!ENTITY e{number + 1} '{f'&e{number};' * 10}'>" for number in range(12))
    (entry,) = read(doctype.format(f"<!ENTITY e0 'ha'>{laughs}") + rss("<title>a &e12; b</title>")).entries
    assert entry.title == "a &e12; b"


def test_a_document_type_that_does_not_end_declares_nothing() -> None:
    laughs = "".join(f"<!ENTITY e{number + 1} '{f'&e{number};' * 10}'>" for number in range(12))
    (entry,) = read(
        f"<!DOCTYPE rss [<!ENTITY x '><!ENTITY e0 'ha'>{laughs}" + rss("<title>&e12;</title>")
    ).entries
    assert len(entry.title) < 100
