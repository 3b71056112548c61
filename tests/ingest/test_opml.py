from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.errors import BadInput
from article.tables import Subscription
from ingest.lists.listed import ListedFeed
from ingest.lists.opml import parse_opml, write_opml
from ingest.lists.subscriptions import subscription
from tests.ingest.documents import NOW

OPML = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="News"><outline title="Europe" text="E">
  <outline type="rss" text="One &amp; only" xmlUrl="https://one.test/feed?a=1&amp;b=2" htmlUrl="https://one.test"/>
</outline><outline text="Two" XMLURL=" https://two.test/feed "/></outline>
<outline text="Three" xmlUrl="https://three.test/" category="/Tech/AI,/Other"/>
<outline text="Again" xmlUrl="https://three.test/"/>
<outline type="rss" text="No address"/>
<outline text="Empty"/>
</body></opml>"""


def test_outlines_become_feeds_with_their_path() -> None:
    assert parse_opml(OPML) == (
        ListedFeed(
            where="line 4", url="https://one.test/feed?a=1&b=2", title="One & only", category="News/Europe"
        ),
        ListedFeed(where="line 5", url="https://two.test/feed", title="Two", category="News"),
        ListedFeed(where="line 6", url="https://three.test/", title="Three", category="Tech/AI"),
        ListedFeed(where="line 8", url="", title="No address"),
    )


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"<opml><body>\n<outline>\n</body></opml>", "line 3: "),
        (b"", "line 1: "),
        (b"not xml", "line 1: "),
        (b"<rss/>", "the root element is <rss>, not <opml>"),
        (b"<!DOCTYPE opml [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><opml><body/></opml>", "document type"),
        (b"<!DOCTYPE opml SYSTEM 'http://x.test/opml.dtd'><opml><body/></opml>", "document type"),
    ],
)
def test_what_is_no_opml_is_refused_with_its_line(data: bytes, problem: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_opml(data)
    assert problem in caught.value.problem


def test_credentials_are_not_written() -> None:
    feed = subscription("https://user:secret@one.test/feed", now=NOW)
    assert b"secret" not in write_opml([feed])
    assert parse_opml(write_opml([feed]))[0].url == "https://one.test/feed"


NAMES = st.text(string.ascii_letters + "äöü<>&\"' ", min_size=1, max_size=12).map(
    lambda name: " ".join(name.replace("<", "«").split()) or "x"
)


@st.composite
def feeds(draw: st.DrawFn) -> Subscription:
    host = draw(st.text(string.ascii_lowercase, min_size=1, max_size=8))
    category = "/".join(draw(st.lists(NAMES, max_size=3)))
    return subscription(f"https://{host}.test/feed", now=NOW, title=draw(NAMES), category=category)


@given(st.lists(feeds(), unique_by=lambda feed: feed.url))
def test_what_is_written_is_read_again(given: list[Subscription]) -> None:
    read = {(feed.url, feed.title, feed.category) for feed in parse_opml(write_opml(given))}
    assert read == {(feed.url, feed.title, feed.category) for feed in given}
