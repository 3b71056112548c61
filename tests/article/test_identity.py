from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from article.identity import article_id, canonical_url, content_hash, feed_id

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
words = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8)
content_parameters = st.lists(st.tuples(words.map(lambda word: "q" + word), words), max_size=3)
tracking_parameters = st.lists(
    st.tuples(st.sampled_from(["utm_source", "UTM_Medium", "fbclid", "gclid", "mc_cid", "xtor"]), words),
    max_size=3,
)


def _id(link: str | None, **over: object) -> str:
    given_fields = {"feed_url": "https://feed.example/rss", "entry_id": None, "title": "", "published": None}
    return article_id(link=link, **(given_fields | over))  # type: ignore[arg-type]


def _query(parameters: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" for name, value in parameters)


@pytest.mark.parametrize(
    ("given_url", "canonical"),
    [
        ("HTTP://News.Example:80", "http://news.example/"),
        ("https://news.example:443/a#part", "https://news.example/a"),
        ("https://news.example:8443/a", "https://news.example:8443/a"),
        ("https://news.example/a?b=2&a=1", "https://news.example/a?a=1&b=2"),
        ("https://news.example/a?a=2&a=1", "https://news.example/a?a=2&a=1"),
        ("https://news.example/a?utm_source=x&id=7", "https://news.example/a?id=7"),
        ("https://news.example/a?", "https://news.example/a"),
        ("https://news.example/a/../b/./c", "https://news.example/b/c"),
        ("https://news.example/a/..", "https://news.example/"),
        ("https://news.example/%7ejohn/%e2%82%ac", "https://news.example/~john/%E2%82%AC"),
        ("https://news.example/straße", "https://news.example/stra%C3%9Fe"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://news.example./x", "https://news.example/x"),
        ("https://user:secret@news.example/x", "https://news.example/x"),
        (" https://news.example/\n x ", "https://news.example/x"),
        ("https://[2001:DB8::1]/x", "https://[2001:db8::1]/x"),
    ],
)
def test_canonical_url(given_url: str, canonical: str) -> None:
    assert canonical_url(given_url) == canonical


@pytest.mark.parametrize(
    "url",
    ["", "/a", "a.html", "ftp://news.example/a", "mailto:a@b", "javascript:alert(1)", "https://", "https:///a",
     "http://[::1", "http://news.example:port/", "http://news.example:99999/", "tag:x,2026:1"],
)  # fmt: skip
def test_what_is_no_usable_link_has_no_canonical_url(url: str) -> None:
    assert canonical_url(url) is None


@given(st.text(max_size=60))
def test_any_text_has_a_canonical_url_or_none(text: str) -> None:
    for url in (text, "http://h.example/" + text, "https://" + text):
        canonical = canonical_url(url)
        assert canonical is None or canonical_url(canonical) == canonical


@given(words, content_parameters, tracking_parameters, words, st.randoms())
def test_spellings_of_one_address_are_one_article(
    path: str, content: list[tuple[str, str]], tracking: list[tuple[str, str]], fragment: str, chance: object
) -> None:
    names = [name for name, _ in content]
    assume(len(set(names)) == len(names))
    mixed = content + tracking
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    plain = f"https://news.example/{path}?{_query(content)}"
    dressed = f"HTTPS://NEWS.Example:443/{path}?{_query(mixed)}#{fragment}"
    assert _id(plain) == _id(dressed)


@given(words, content_parameters, content_parameters)
def test_another_content_parameter_is_another_article(
    path: str, one: list[tuple[str, str]], other: list[tuple[str, str]]
) -> None:
    assume(sorted(one) != sorted(other))
    assert _id(f"https://news.example/{path}?{_query(one)}") != _id(
        f"https://news.example/{path}?{_query(other)}"
    )


def test_an_id_is_26_characters_of_lower_case_base32() -> None:
    made = _id("https://news.example/a")
    assert len(made) == 26
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_ids_do_not_change_between_releases() -> None:
    assert _id("https://news.example/a?id=1") == "fbs6glymb7h3zospwegrgutlf4"
    assert feed_id("https://feed.example/rss") == "lrf7qo5xpmxhuikmjbkisdlswa"
    assert content_hash(title="A", text="b", published=NOON) == "5edckfjkbf74wsj76bmybcqwwe"


def test_without_a_usable_link_the_entry_id_within_the_feed_counts() -> None:
    one = _id(None, entry_id="1")
    assert one == _id("javascript:void(0)", entry_id="1")
    assert one != _id(None, entry_id="2")
    assert one != _id(None, entry_id="1", feed_url="https://other.example/rss")


def test_without_an_entry_id_title_and_date_count() -> None:
    one = _id(None, title="A", published=NOON)
    assert one == _id(None, title="A", published=NOON)
    assert one != _id(None, title="B", published=NOON)
    assert one != _id(None, title="A")


def test_fields_do_not_run_into_each_other() -> None:
    assert content_hash(title="ab", text="c", published=None) != content_hash(
        title="a", text="bc", published=None
    )


def test_white_space_alone_makes_no_revision() -> None:
    assert content_hash(title="A b", text="c\n d", published=None) == content_hash(
        title=" A  b", text="c d ", published=None
    )


@pytest.mark.parametrize("change", [{"title": "B"}, {"text": "d"}, {"published": NOON}])
def test_title_text_and_date_make_a_revision(change: dict[str, object]) -> None:
    before: dict[str, object] = {"title": "A", "text": "c", "published": None}
    assert content_hash(**before) != content_hash(**(before | change))  # type: ignore[arg-type]


def test_spellings_of_a_feed_address_are_one_feed() -> None:
    assert feed_id("HTTPS://Feed.Example:443/rss#x") == feed_id("https://feed.example/rss")
