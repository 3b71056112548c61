"""JSON Feed 1.0 and 1.1, whatever the content type says."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from article.errors import BadFeed
from ingest.entry import Entry, ParsedFeed
from ingest.formats.feed import parse_feed
from tests.ingest.documents import NOW

URL = "https://news.test/feed.json"
FEED: dict[str, object] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "News &amp; views",
    "language": "en-us",
    "feed_url": "https://news.test/feed.json",
    "hubs": [{"type": "rssCloud", "url": "https://no.test/"}, {"type": "WebSub", "url": "https://hub.test/"}],
    "items": [
        {
            "id": 17,
            "url": "/one?a=1&b=2",
            "title": "One <b>bold</b> title",
            "content_html": "<p>First.</p><script>x()</script><p>Second.</p>",
            "summary": "Short.",
            "image": "https://i.test/1.png",
            "date_published": "2026-03-01T11:00:00+01:00",
            "date_modified": "2026-03-01T12:00:00Z",
            "authors": [{"name": "Ada"}, {"name": "Alan"}],
            "tags": ["world", 3, "politics"],
            "language": "de",
        },
        {"id": "https://news.test/2", "content_text": "Plain, 3 < 4", "author": {"name": "Grace"}},
    ],
}


def parse(body: bytes | dict[str, object], content_type: str | None = "text/html") -> ParsedFeed:
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    return parse_feed(data, url=URL, content_type=content_type, now=NOW, max_entries=5)


def test_what_it_says() -> None:
    feed = parse(FEED)
    assert (feed.title, feed.lang, feed.format, feed.notes) == ("News & views", "en-US", "json feed 1.1", ())
    assert (feed.hub, feed.self_url) == ("https://hub.test/", URL)
    first, second = feed.entries
    assert first == Entry(
        entry_id="17",
        link="https://news.test/one?a=1&b=2",
        title="One bold title",
        summary="Short.",
        text="First.\nSecond.",
        authors=("Ada", "Alan"),
        categories=("world", "politics"),
        lang="de",
        published=datetime(2026, 3, 1, 10, tzinfo=UTC),
        updated=datetime(2026, 3, 1, 12, tzinfo=UTC),
        image="https://i.test/1.png",
    )
    assert (second.link, second.text, second.authors) == ("https://news.test/2", "Plain, 3 < 4", ("Grace",))
    assert second.notes == ("no date", "no title")


@pytest.mark.parametrize("content_type", [None, "application/json", "application/feed+json; charset=utf-8"])
def test_version_1_under_any_content_type(content_type: str | None) -> None:
    feed = parse(FEED | {"version": "https://jsonfeed.org/version/1"}, content_type)
    assert (feed.format, len(feed.entries)) == ("json feed 1", 2)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
def test_in_any_encoding_of_unicode(encoding: str) -> None:
    body = json.dumps(FEED | {"title": "Žluťoučký"}, ensure_ascii=False).encode(encoding)
    assert parse(body).title == "Žluťoučký"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{}", "does not say that it is one"),
        (b'{"items": [{"id": "1", "title": "of some API"}]}', "does not say that it is one"),
        (b"[1, 2]", "is a list"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": {}}', "has no items"),
        (b'{"version": "https://jsonfeed.org/ver', "breaks off or is damaged"),
        (b'{"version": ' + b"[" * 200_000, "nested too deeply"),
        (b'{"version": ' + b"9" * 5_000 + b"}", "breaks off or is damaged"),
    ],
)
def test_other_json_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(BadFeed, match=reason):
        parse(body)


def test_one_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    whole = json.dumps(FEED).encode()
    feed = parse(whole[: whole.index(b"Grace")])
    assert [entry.entry_id for entry in feed.entries] == ["17"]
    assert (feed.title, feed.format) == ("News & views", "json feed 1.1")
    assert "breaks off" in feed.notes[0]


def test_control_characters_and_what_follows_the_end_do_no_harm() -> None:
    body = (
        b'{"version": "https://jsonfeed.org/version/1", "items": [{"title": "a\n\tb\x01"}]} <!-- cached -->'
    )
    assert [entry.title for entry in parse(body).entries] == ["a b"]


def test_items_that_say_nothing_are_given_up() -> None:
    feed = parse(FEED | {"items": [{"tags": ["x"]}, "text", None, {"id": "1"}]})
    assert [entry.entry_id for entry in feed.entries] == ["1"]
    assert [dead.raw for dead in feed.dead] == [b'{"tags": ["x"]}', b'"text"', b"null"]


def test_more_items_than_allowed_are_left_and_noted() -> None:
    feed = parse(FEED | {"items": [{"id": str(number)} for number in range(7)]})
    assert len(feed.entries) == 5
    assert "7 entries" in feed.notes[0]


FIELDS = ["id", "url", "title", "content_html", "summary", "image", "date_published", "authors", "tags"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON, JSON)
def test_values_of_any_kind_are_survived(head: object, item: object) -> None:
    feed = parse(FEED | {"title": head, "language": head, "hubs": head, "feed_url": head, "items": [item]})
    assert len(feed.entries) + len(feed.dead) == 1
