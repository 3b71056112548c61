from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.lists.candidates import Candidate, page_candidates, usual_places
from tests.ingest.documents import page

URL = "https://one.test/news/world"


def found(*, head: str = "", body: str = "") -> list[str]:
    made = page("Text.", head=head, body=body)
    return [each.url for each in page_candidates(made, url=URL, content_type="text/html")]


def link(href: str, kind: str = "application/rss+xml", rel: str = "alternate", title: str = "") -> str:
    return f'<link rel="{rel}" type="{kind}" href="{href}" title="{title}">'


def test_link_elements_of_all_formats_in_their_order_those_of_comments_last() -> None:
    head = (
        link("/c", title="One » Comments Feed")
        + link("//two.test/a#x", "application/atom+xml; charset=utf-8", "ALTERNATE home")
        + link("rss.xml", "text/xml")
        + link("/j", "application/feed+json")
        + link("/f", "", "feed")
        + link("/j", "application/feed+json")
    )
    assert found(head=head) == [
        "https://two.test/a",
        "https://one.test/news/rss.xml",
        "https://one.test/j",
        "https://one.test/f",
        "https://one.test/c",
    ]


@pytest.mark.parametrize(
    "head",
    [
        link("/style.css", "text/css", "stylesheet"),
        link("/de", "text/html"),
        link("/wp-json/wp/v2/posts/1", "application/json"),
        link("/oembed?url=x", "text/xml"),
        link(""),
        link("javascript:alert(1)"),
        link("ftp://one.test/rss"),
        link("https://[/rss"),
    ],
)
def test_links_that_are_no_feed_are_passed_over(head: str) -> None:
    assert found(head=head) == []


def test_the_base_element_counts() -> None:
    assert found(head='<base href="/en/">' + link("rss")) == ["https://one.test/en/rss"]


def test_anchors_that_look_like_feeds_then_those_that_are_called_one() -> None:
    body = (
        '<a href="/about">About our RSS feeds</a><a href="/feedback">Feedback</a>'
        '<a href="/rss/world.xml">W</a>'
        '<a href="https://feeds.two.test/x">All</a><a href="?format=rss">This page</a><a href="#rss">RSS</a>'
        '<a href="mailto:rss@one.test">RSS</a>'
    )
    assert found(body=body) == [
        "https://one.test/rss/world.xml",
        "https://feeds.two.test/x",
        "https://one.test/news/world?format=rss",
        "https://one.test/about",
    ]


def test_few_of_many_anchors_are_taken() -> None:
    assert len(found(body="".join(f'<a href="/{number}.rss">x</a>' for number in range(500)))) == 20


def test_the_usual_places_beside_the_page_come_before_those_at_the_root() -> None:
    places = [each.url for each in usual_places("https://one.test/blog/")]
    assert places[:2] == ["https://one.test/blog/feed", "https://one.test/blog/rss.xml"]
    assert "https://one.test/feeds/posts/default" in places
    assert len(places) == len(set(places)) < 16
    assert usual_places("https://one.test")[0] == Candidate(url="https://one.test/feed", source="path")


@settings(deadline=None)  # the first example loads the parser
@given(st.text(max_size=300) | st.binary(max_size=300))
def test_any_page_can_be_looked_at(data: str | bytes) -> None:
    body = data if isinstance(data, bytes) else data.encode("utf-8", "replace")
    for each in page_candidates(b"<a href=/rss>" + body, url=URL, content_type=None):
        assert each.url.startswith("http")


def test_a_page_of_anchors_in_anchors_is_looked_at_in_part() -> None:
    body = "<a href='/x'><div>words " * 100_000
    assert found(body=f"<a href='/first.rss'>First</a>{body}") == ["https://one.test/first.rss"]
