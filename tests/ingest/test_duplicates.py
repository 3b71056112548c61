from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.lists.duplicates import Match, Watching, loose_key
from ingest.lists.subscriptions import subscription
from tests.ingest.documents import NOW

ONE = subscription("https://one.test/feed?section=1", now=NOW)
TWO = subscription("https://two.test/rss", now=NOW)
WATCHING = Watching((ONE, TWO), {TWO.id: "https://three.test/new/"})


@pytest.mark.parametrize(
    "url",
    [
        "https://one.test/feed?section=1",
        "HTTPS://ONE.test:443/feed?section=1#top",
        "https://user:secret@one.test/feed?utm_source=x&section=1",
        "feed:https://one.test/feed?section=1",
    ],
)
def test_other_spellings_are_the_same_feed(url: str) -> None:
    assert WATCHING.find(subscription(url, now=NOW)) == Match(feed=ONE, certain=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://one.test/feed?section=1",
        "feed://one.test/feed?section=1",
        "http://one.test:80/feed/?section=1",
        "https://www.one.test/feed?section=1",
        "http://WWW.one.test/feed/?section=1&fbclid=1#x",
    ],
)
def test_other_schemes_and_slashes_are_probably_the_same_feed(url: str) -> None:
    assert WATCHING.find(subscription(url, now=NOW)) == Match(feed=ONE, certain=False)


def test_where_a_feed_has_moved_it_is_watched() -> None:
    there = subscription("https://three.test/new/", now=NOW)
    assert WATCHING.find(there) == Match(feed=TWO, certain=True)
    assert WATCHING.find(subscription("http://three.test/new", now=NOW)) == Match(feed=TWO, certain=False)
    # A feed that has this address of its own counts before one that has moved there.
    both = Watching((TWO, there), {TWO.id: there.url})
    assert both.find(there) == Match(feed=there, certain=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://one.test/feed",
        "https://one.test/feed?section=2",
        "https://one.test/Feed?section=1",
        "https://one.test:8443/feed?section=1",
        "https://news.one.test/feed?section=1",
        "https://one.test/feed/all?section=1",
    ],
)
def test_what_may_select_content_makes_another_feed(url: str) -> None:
    assert WATCHING.find(subscription(url, now=NOW)) is None


PATHS = st.lists(st.text("abcXYZ019-_.~", min_size=1, max_size=6), max_size=4).map("/".join)


@given(
    st.sampled_from(("http://", "https://")),
    st.sampled_from(("", "www.", "WWW.")),
    PATHS,
    st.sampled_from(("", "/")),
    st.sampled_from(("", "#a")),
)
def test_the_key_does_not_depend_on_the_spelling(
    scheme: str, www: str, path: str, slash: str, fragment: str
) -> None:
    assert loose_key(f"{scheme}{www}One.test/{path}{slash}{fragment}") == loose_key(
        f"https://one.test/{path}"
    )
