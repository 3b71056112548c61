"""The same news in each format is the same entry."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.entry import Entry
from ingest.formats.feed import parse_feed
from tests.ingest.documents import NOW

WORDS = st.lists(st.text("abcäßжм中&;'\"", min_size=1, max_size=8), min_size=1, max_size=6).map(" ".join)
PATHS = st.text("abc123-_", min_size=1, max_size=10)
TIMES = st.integers(0, 10**8).map(
    lambda seconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def rss(title: str, link: str, text: str, moment: datetime) -> str:
    return (
        f"<rss version='2.0'><channel><item><title>{escape(escape(title))}</title><link>{link}</link>"
        f"<guid>{link}</guid><description>{escape(escape(text))}</description>"
        f"<pubDate>{format_datetime(moment)}</pubDate></item></channel></rss>"
    )


def rdf(title: str, link: str, text: str, moment: datetime) -> str:
    return (
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' "
        f"xmlns:dc='http://purl.org/dc/elements/1.1/'><channel/><item rdf:about='{link}'>"
        f"<title>{escape(escape(title))}</title><link>{link}</link>"
        f"<description>{escape(escape(text))}</description><dc:date>{moment.isoformat()}</dc:date>"
        "</item></rdf:RDF>"
    )


def atom(title: str, link: str, text: str, moment: datetime) -> str:
    return (
        f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><title type='html'>{escape(escape(title))}</title>"
        f"<link href='{link}'/><id>{link}</id><summary type='html'>{escape(escape(text))}</summary>"
        f"<published>{moment.isoformat()}</published></entry></feed>"
    )


def json_feed(title: str, link: str, text: str, moment: datetime) -> str:
    item = {
        "id": link,
        "url": link,
        "title": escape(title),
        "summary": escape(text),
        "date_published": moment.isoformat(),
    }
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]})


def read(document: str) -> tuple[object, ...]:
    entry: Entry
    (entry,) = parse_feed(
        document.encode(), url="https://news.test/", content_type=None, now=NOW, max_entries=9
    ).entries
    return entry.entry_id, entry.link, entry.title, entry.text, entry.published


@settings(deadline=None)
@given(WORDS, PATHS, WORDS, TIMES)
def test_the_same_news_in_each_format_is_the_same_entry(
    title: str, path: str, text: str, moment: datetime
) -> None:
    link = f"https://news.test/{path}"
    entries = {read(form(title, link, text, moment)) for form in (rss, rdf, atom, json_feed)}
    assert len(entries) == 1
    assert {entry[1] for entry in entries} == {link}
    assert {entry[4] for entry in entries} == {moment}
