from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from article.errors import BadFeed
from ingest.entry import Entry, ParsedFeed
from ingest.formats.feed import parse_feed
from tests.ingest.documents import NOW, SENTENCE, item, rss

URL = "https://news.test/feed.xml"


def parse(body: bytes, *, content_type: str | None = None, max_entries: int = 5000) -> ParsedFeed:
    return parse_feed(body, url=URL, content_type=content_type, now=NOW, max_entries=max_entries)


def only(body: bytes) -> Entry:
    (entry,) = parse(body).entries
    return entry


def test_an_rss_feed() -> None:
    feed = parse(rss(item(guid="g1"), item(title="Second", link="https://news.test/2")))
    assert (feed.title, feed.lang, feed.notes) == ("News of the world", "en-GB", ())
    assert feed.entries[0] == Entry(
        entry_id="g1",
        link="https://news.test/1",
        title="A title",
        summary="A summary of what happened.",
        text="A summary of what happened.",
        lang="en-GB",
        published=datetime(2026, 3, 1, 10, tzinfo=UTC),
    )
    assert feed.entries[1].title == "Second"


def test_an_atom_feed() -> None:
    feed = parse(
        b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr" xml:base="https://atom.test/a/">
        <title>Un titre</title><entry xml:lang="de"><id>urn:1</id><link href="one?a=1&amp;b=2"/>
        <link rel="enclosure" type="image/png" href="i.png"/>
        <title type="html">&lt;b&gt;Stra&amp;szlig;e&lt;/b&gt; &amp;amp; Weg</title>
        <updated>2026-02-28T23:30:00+02:00</updated><published>2026-02-27T01:00:00Z</published>
        <author><name>Eva Beispiel</name></author><category term="w" label="Welt"/>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Eins</p><p>Zwei</p></div></content>
        </entry></feed>"""
    )
    (entry,) = feed.entries
    assert (feed.lang, entry.lang) == ("fr", "de")
    assert entry.link == "https://atom.test/a/one?a=1&b=2"
    assert entry.title == "Straße & Weg"
    assert entry.text == "Eins\nZwei"
    assert entry.published == datetime(2026, 2, 27, 1, tzinfo=UTC)
    assert entry.updated == datetime(2026, 2, 28, 21, 30, tzinfo=UTC)
    assert (entry.authors, entry.categories) == (("Eva Beispiel",), ("Welt",))
    assert entry.image == "https://atom.test/a/i.png"


def test_an_rdf_feed_takes_its_date_from_dublin_core() -> None:
    entry = only(
        b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title></channel>
        <item><title>One</title><link>/1</link><dc:date>2026-02-27T01:00:00Z</dc:date></item></rdf:RDF>"""
    )
    assert entry.published == datetime(2026, 2, 27, 1, tzinfo=UTC)
    assert entry.link == "https://news.test/1"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"<!DOCTYPE html><html><body><p>Hello</p></body></html>", "is an HTML page, not a feed"),
        (
            b"<?xml version='1.0'?><!-- x --><html xmlns='http://www.w3.org/1999/xhtml'></html>",
            "is an HTML page",
        ),
        (b"Service temporarily unavailable", "is not XML"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "is JSON but not a JSON Feed: it has no items"),
        (b"%PDF-1.7\n", "is not XML but a PDF document"),
        (b"<?xml version='1.0'?><opml><body/></opml>", "its root element is <opml>"),
        (b"<rss><channel>" + b"<a>" * 5000, "more than 200 nested elements"),
        (b"<", "is not XML"),
    ],
)
def test_what_is_no_feed_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(BadFeed) as caught:
        parse(body)
    assert caught.value.subject == URL
    assert reason in caught.value.problem


def test_a_feed_without_entries_is_a_feed() -> None:
    assert parse(rss()).entries == ()
    assert parse(b"<feed xmlns='http://www.w3.org/2005/Atom'/>").entries == ()


def test_a_truncated_feed_is_read_up_to_the_last_whole_entry() -> None:
    items = [item(link=f"https://news.test/{number}00") for number in range(1, 6)]
    whole = rss(*items)
    for end in range(whole.index(b"/300"), whole.index(b"/400")):
        feed = parse(whole[:end])
        links = [entry.link for entry in feed.entries]
        assert links in (
            [f"https://news.test/{number}00" for number in (1, 2)],
            [f"https://news.test/{number}00" for number in (1, 2, 3)],
        )
        assert "breaks off" in feed.notes[0]


def test_broken_markup_is_mended() -> None:
    feed = parse(
        b"<rss version='2.0'><channel><title>A&nbsp;B &copy; C & D</title>"
        b"<item><title>x\x0by</title><link>https://a.test/?p=1&q=2</link><b>"
        b"<media:content url='https://a.test/i.jpg'/></item></channel></rss>"
    )
    assert feed.title == "A B © C & D"
    assert feed.entries[0].link == "https://a.test/?p=1&q=2"
    assert feed.entries[0].image == "https://a.test/i.jpg"
    assert "is damaged" in feed.notes[0]


def test_a_wrong_encoding_is_survived_with_a_note() -> None:
    body = rss(item(title="Café à la crème")).decode().encode("cp1252")
    feed = parse(body, content_type="application/rss+xml; charset=utf-8")
    assert feed.entries[0].title == "Café à la crème"
    assert "encoding" in feed.notes[0]


def test_entities_reach_nothing_outside_and_do_not_grow() -> None:
    bomb = "".join(f"<!ENTITY e{n + 1} '{f'&e{n};' * 10}'>" for n in range(12))
    body = f"<!DOCTYPE rss [<!ENTITY e0 SYSTEM 'file:///etc/passwd'>{bomb}]>".encode()
    entry = only(body + rss(item(title="a &e0; &e12; b")).split(b"?>", 1)[1].replace(b"&amp;e", b"&e"))
    assert entry.title == "a &e0; &e12; b"


def test_more_entries_than_allowed_are_left_and_noted() -> None:
    feed = parse(rss(*(item(link=f"https://news.test/{n}") for n in range(7))), max_entries=5)
    assert len(feed.entries) == 5
    assert "7 entries" in feed.notes[0]


@pytest.mark.parametrize(
    ("lacking", "note"),
    [
        ({"link": None}, "no link"),
        ({"link": "javascript:alert(1)"}, "no link"),
        ({"title": None}, "no title"),
        ({"date": None}, "no date"),
        ({"date": "yesterday at noon"}, 'date cannot be used: "yesterday at noon"'),
        (
            {"date": "Mon, 01 Jan 0001 00:00:00 +0000"},
            'date cannot be used: "Mon, 01 Jan 0001 00:00:00 +0000"',
        ),
        ({"date": "Mon, 03 Mar 2036 00:00:00 GMT"}, "published more than a day in the future"),
        ({"summary": None}, "no text"),
    ],
)
def test_what_an_entry_lacks_is_noted(lacking: dict[str, str | None], note: str) -> None:
    entry = only(rss(item(**lacking)))
    assert entry.notes == (note,)


def test_a_date_a_few_hours_ahead_is_a_time_zone() -> None:
    assert only(rss(item(date="Mon, 02 Mar 2026 10:00:00 GMT"))).notes == ()


def test_markup_and_furniture_are_no_text() -> None:
    content = f"<p>{SENTENCE}</p><script>x()</script><p>Advertisement</p><p>{SENTENCE}</p>"
    entry = only(rss(item(title="<em>A</em> title", content=content)))
    assert entry.title == "A title"
    assert entry.text == f"{SENTENCE.strip()}\n{SENTENCE.strip()}"
    assert entry.summary == "A summary of what happened."


def test_the_footer_that_wordpress_adds_is_no_text() -> None:
    summary = "<p>What happened.</p><p>The post <a href='x'>A title</a> appeared first on <a>Site</a>.</p>"
    assert only(rss(item(summary=summary))).summary == "What happened."


@settings(max_examples=150)
@given(st.binary(max_size=400) | st.text(max_size=400).map(rss))
def test_any_bytes_are_a_feed_or_bad(body: bytes) -> None:
    try:
        feed = parse(body)
    except BadFeed:
        return
    for entry in feed.entries:
        f"{entry.title}{entry.text}{entry.link}{entry.entry_id}".encode()


@given(st.data())
def test_a_feed_cut_anywhere_shows_only_entries_that_the_whole_one_has(data: st.DataObject) -> None:
    whole = rss(*(item(link=f"https://news.test/{n}", title=f"Title {n}") for n in range(5)))
    links = {entry.link for entry in parse(whole).entries}
    cut = data.draw(st.integers(0, len(whole)))
    try:
        found = parse(whole[:cut]).entries
    except BadFeed:
        return
    complete = whole[:cut].count(b"</item>")
    assert {entry.link for entry in found} <= links | {None}
    assert len(found) >= complete
