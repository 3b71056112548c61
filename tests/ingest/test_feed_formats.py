"""What each format of feeds says, and where: RSS 0.9x to 2.0, RDF, Atom, CDF and their extensions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.entry import Entry, Hints, ParsedFeed
from ingest.formats.feed import parse_feed
from tests.ingest.documents import NOW, item, rss

URL = "https://news.test/feeds/all.xml"
MORNING = datetime(2026, 3, 1, 10, tzinfo=UTC)
NAMESPACES = (
    "xmlns:media='http://search.yahoo.com/mrss/' xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:atom='http://www.w3.org/2005/Atom' "
    "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
    "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' "
    "xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'"
)


def parse(body: bytes | str) -> ParsedFeed:
    data = body.encode() if isinstance(body, str) else body
    return parse_feed(data, url=URL, content_type=None, now=NOW, max_entries=5000)


def channel(*parts: str, version: str = "2.0") -> ParsedFeed:
    return parse(
        f"<rss version='{version}' {NAMESPACES}><channel><title>T</title>{''.join(parts)}</channel></rss>"
    )


def only(*parts: str) -> Entry:
    (entry,) = channel(f"<item>{''.join(parts)}</item>").entries
    return entry


def atom(entry: str, *, head: str = "") -> Entry:
    (found,) = parse(f"<feed xmlns='http://www.w3.org/2005/Atom'>{head}<entry>{entry}</entry></feed>").entries
    return found


SHOUTED = "<ITEM><TITLE>ONE</TITLE><LINK>https://news.test/1</LINK></ITEM>"
ITEM = "<item><title>One</title><link>https://news.test/1</link></item>"


@pytest.mark.parametrize(
    ("document", "name"),
    [
        (f"<rss version='2.0'><channel>{ITEM}</channel></rss>", "rss 2.0"),
        (f"<rss version='2.0.1'><channel>{ITEM}</channel></rss>", "rss 2.0"),
        (f"<rss version='0.91'><channel>{ITEM}</channel></rss>", "rss 0.91"),
        (
            "<!DOCTYPE rss PUBLIC '-//Netscape Communications//DTD RSS 0.91//EN' "
            "'http://my.netscape.com/publish/formats/rss-0.91.dtd'>"
            f"<rss version='0.91'><channel>{ITEM}</channel></rss>",
            "rss 0.91",
        ),
        (f"<rss version='0.92'><channel>{ITEM}</channel></rss>", "rss 0.92"),
        (f"<rss><channel>{ITEM}</channel></rss>", "rss"),
        (
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
            f"xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel/>{ITEM}</rdf:RDF>",
            "rss 0.90",
        ),
        (
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
            f"xmlns='http://purl.org/rss/1.0/'><channel/>{ITEM}</rdf:RDF>",
            "rss 1.0",
        ),
        (
            "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title>One</title>"
            "<link rel='alternate' type='text/html' href='https://news.test/1'/></entry></feed>",
            "atom 0.3",
        ),
        (
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>One</title>"
            "<link href='https://news.test/1'/></entry></feed>",
            "atom 1.0",
        ),
        ("<feed><entry><title>One</title><link href='https://news.test/1'/></entry></feed>", "atom"),
        (
            "<CHANNEL HREF='https://news.test/'><ITEM HREF='https://news.test/1'><TITLE>One</TITLE>"
            "<ABSTRACT>Text</ABSTRACT></ITEM></CHANNEL>",
            "cdf",
        ),
        (f"<RSS VERSION='2.0'><CHANNEL>{SHOUTED}</CHANNEL></RSS>", "rss 2.0"),
        (
            "<r:rss version='2.0' xmlns:r='http://backend.userland.com/rss2'><r:channel>"
            "<r:item><r:title>One</r:title><r:link>https://news.test/1</r:link></r:item></r:channel></r:rss>",
            "rss 2.0",
        ),
        (
            "<odd:feed xmlns:odd='https://www.w3.org/2005/Atom/'><odd:entry><odd:title>One</odd:title>"
            "<odd:link href='https://news.test/1'/></odd:entry></odd:feed>",
            "atom 1.0",
        ),
    ],
)  # fmt: skip
def test_each_format_is_known_by_its_root(document: str, name: str) -> None:
    feed = parse(document)
    assert feed.format == name
    assert [(entry.title.title(), entry.link) for entry in feed.entries] == [("One", "https://news.test/1")]


def test_atom_03() -> None:
    (entry,) = parse(
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#' xml:lang='en'><title>T</title><entry>"
        "<title mode='escaped' type='text/html'>A &amp;amp; B</title><id>tag:1</id>"
        "<issued>2026-03-01T10:00:00Z</issued><modified>2026-03-01T11:00:00Z</modified>"
        "<author><name>Ada</name></author><summary>Short.</summary></entry></feed>"
    ).entries
    assert (entry.title, entry.published, entry.authors) == ("A & B", MORNING, ("Ada",))
    assert entry.updated == datetime(2026, 3, 1, 11, tzinfo=UTC)
    assert (entry.summary, entry.lang) == ("Short.", "en")


def test_dublin_core() -> None:
    entry = only(
        "<dc:title>Title</dc:title><dc:creator>Ada Lovelace</dc:creator><dc:creator>Alan Turing</dc:creator>"
        "<dc:date>2026-03-01T10:00:00Z</dc:date><dc:language>de</dc:language><dc:subject>Politics</dc:subject>"
        "<dc:description>Text</dc:description>"
    )
    assert entry == Entry(
        title="Title",
        text="Text",
        summary="Text",
        authors=("Ada Lovelace", "Alan Turing"),
        categories=("Politics",),
        lang="de",
        published=MORNING,
        updated=MORNING,
        notes=("no link",),
    )


def test_content_encoded_is_the_text_and_the_description_its_summary() -> None:
    entry = only(
        "<title>T</title><description>Short.</description>",
        "<content:encoded><![CDATA[<p>A long text.</p><p>And more.</p>]]></content:encoded>",
    )
    assert (entry.summary, entry.text) == ("Short.", "A long text.\nAnd more.")


def test_xhtml_content_is_text() -> None:
    entry = atom(
        "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>A <b>bold</b> title</div></title>"
        "<content type='xhtml'><x:div xmlns:x='http://www.w3.org/1999/xhtml'><x:p>One &lt; two</x:p>"
        "<x:p>Three<x:br/>four</x:p></x:div></content>"
    )
    assert (entry.title, entry.text) == ("A bold title", "One < two\nThree\nfour")


def test_media_rss_in_a_group() -> None:
    entry = only(
        "<media:group><media:title>Film</media:title><media:description>What it shows.</media:description>"
        "<media:content url='https://i.test/film.mp4' type='video/mp4' medium='video'/>"
        "<media:thumbnail url='//i.test/small.jpg'/><media:credit role='author'>Ada</media:credit>"
        "<media:credit role='photographer'>Nobody</media:credit></media:group>"
    )
    assert (entry.title, entry.text, entry.authors) == ("Film", "What it shows.", ("Ada",))
    assert entry.image == "https://i.test/small.jpg"


def test_the_caption_of_a_picture_is_not_the_text() -> None:
    entry = only(
        "<title>T</title><description>The news.</description><media:content url='https://i.test/1.jpg'>"
        "<media:title>A picture</media:title><media:description>A much longer caption of the picture."
        "</media:description></media:content>"
    )
    assert (entry.title, entry.text, entry.image) == ("T", "The news.", "https://i.test/1.jpg")


def test_a_podcast() -> None:
    entry = only(
        "<itunes:title>Episode 1</itunes:title><itunes:author>Ada</itunes:author>"
        "<itunes:summary>What we talked about.</itunes:summary><itunes:image href='https://i.test/1.png'/>"
        "<enclosure url='https://i.test/1.mp3' type='audio/mpeg' length='1'/><guid>https://p.test/1</guid>"
    )
    assert (entry.title, entry.authors, entry.text) == ("Episode 1", ("Ada",), "What we talked about.")
    assert (entry.link, entry.image) == ("https://p.test/1", "https://i.test/1.png")


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("AT&amp;amp;T &amp;amp; others", "AT&T & others"),
        ("It&amp;#8217;s &amp;quot;done&amp;quot;", "It’s \"done\""),
        ("It&amp;amp;#8217;s done", "It’s done"),
        ("&lt;b&gt;Bold&lt;/b&gt; words", "Bold words"),
        ("&amp;lt;em&amp;gt;Twice&amp;lt;/em&amp;gt; escaped", "Twice escaped"),
        ("<![CDATA[<i>In</i> CDATA &amp; more]]>", "In CDATA & more"),
        ("3 &lt; 4 and 5 &gt; 4", "3 < 4 and 5 > 4"),
        ("<b>Really</b> marked up", "Really marked up"),
        ("Two\n   lines", "Two lines"),
    ],
)  # fmt: skip
def test_titles_become_clean_text(written: str, title: str) -> None:
    assert only(f"<title>{written}</title>").title == title


def test_hints_and_addresses_of_the_feed() -> None:
    feed = channel(
        "<ttl>45</ttl><sy:updatePeriod> Hourly </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
        "<skipHours><hour>0</hour><hour>24</hour><hour>5</hour><hour>x</hour></skipHours>"
        "<skipDays><day>Saturday</day><day> sunday</day><day>Holiday</day></skipDays>"
        "<atom:link rel='hub' href='https://hub.test/'/><atom:link rel='self' href='all.xml?x'/>",
        ITEM,
    )
    assert feed.hints == Hints(ttl=45, update_interval=900, skip_hours=(0, 5), skip_days=(5, 6))
    assert (feed.hub, feed.self_url) == ("https://hub.test/", "https://news.test/feeds/all.xml?x")


@pytest.mark.parametrize("ttl", ["", "soon", "-5", "0", "nan", "1e999"])
def test_a_hint_that_says_nothing_is_none(ttl: str) -> None:
    every_hour = "".join(f"<hour>{hour}</hour>" for hour in range(24))
    feed = channel(f"<ttl>{ttl}</ttl><skipHours>{every_hour}</skipHours>")
    assert feed.hints == Hints()
    assert (feed.hub, feed.self_url) == (None, None)


def test_the_order_of_day_and_month_is_seen_from_the_whole_feed() -> None:
    feed = parse(
        rss(item(link="https://a.test/1", date="02/03/2026 10:00 GMT"), item(date="02/25/2026 10:00 GMT"))
    )
    assert [entry.published and entry.published.day for entry in feed.entries] == [3, 25]
    assert [entry.notes for entry in feed.entries] == [(), ()]


def test_a_date_of_publication_that_cannot_be_used_gives_way_to_that_of_the_change() -> None:
    entry = atom("<title>T</title><published>soon</published><updated>2026-03-01T10:00:00Z</updated>")
    assert entry.published == MORNING
    assert entry.notes[:2] == ('date cannot be used: "soon"', "the date of its last change was taken")


def test_an_entry_that_says_nothing_is_told_apart_byte_for_byte() -> None:
    nothing = "<item ><description> </description>\n<pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate></item >"
    feed = channel(ITEM, nothing, "<item/>")
    assert [entry.title for entry in feed.entries] == ["One"]
    assert [dead.raw.decode() for dead in feed.dead] == [nothing, "<item/>"]
    assert all("says nothing" in dead.reason for dead in feed.dead)
    assert channel(nothing).dead == feed.dead[:1]  # the same key at each poll


def test_very_long_ids_stay_apart() -> None:
    first, second = (
        parse(rss(item(link=None, guid="x" * 5000 + end))).entries[0].entry_id for end in ("1", "2")
    )
    assert first != second
    assert first
    assert len(first) < 2100
