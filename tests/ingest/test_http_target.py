"""Addresses: what can be fetched, and where a redirect leads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.target import Target, is_downgrade, redirected, target


def at(text: str) -> Target:
    found = target(text)
    assert found
    return found


@pytest.mark.parametrize(
    ("text", "host", "origin"),
    [
        ("http://News.test/feed?a=b", "news.test", "http://news.test:80"),
        ("HTTPS://news.test.:8443/", "news.test", "https://news.test:8443"),
        ("http://user:pw@news.test/", "news.test", "http://news.test:80"),
        ("http://[2001:db8::1]/", "2001:db8::1", "http://2001:db8::1:80"),
        ("https://bücher.test/", "xn--bcher-kva.test", "https://xn--bcher-kva.test:443"),
    ],
)
def test_an_address_that_can_be_fetched(text: str, host: str, origin: str) -> None:
    found = at(text)
    assert (found.host, found.origin) == (host, origin)


@pytest.mark.parametrize(
    "text",
    [
        *("", "feed.xml", "ftp://a.test/", "http:///x", "http://", "http://[x/", "http://a.test:99999/"),
        *("http://a.test:0/", "http://a.test\\@b.test/", "http://a@b@c/", "http://a b/", "http://a.test/\n"),
        *("javascript:alert(1)", "file:///etc/passwd", "//a.test/", "http://a.test/" + "x" * 8000),
    ],
)
def test_an_address_that_cannot(text: str) -> None:
    assert target(text) is None


@pytest.mark.parametrize(
    ("here", "location", "there"),
    [
        ("http://a.test/x/y", "z", "http://a.test/x/z"),
        ("http://a.test/x/y", "/z", "http://a.test/z"),
        ("http://a.test/x", "//b.test/z", "http://b.test/z"),
        ("http://a.test/x", " https://b.test/a b ", "https://b.test/a%20b"),
        ("http://a.test/x", "/caf\u00e9", "http://a.test/caf%C3%A9"),
        ("http://a.test/x", "/caf\udce9", "http://a.test/caf%E9"),  # a byte that is no UTF-8
        ("http://a.test/x", "?page=2", "http://a.test/x?page=2"),
    ],
)
def test_where_a_redirect_leads(here: str, location: str, there: str) -> None:
    assert redirected(at(here), location) == there


@pytest.mark.parametrize(
    ("here", "location", "there"),
    [
        ("http://u:p@a.test/x", "/y", "http://u:p@a.test/y"),
        ("http://u:p@a.test/x", "http://a.test:80/y", "http://u:p@a.test:80/y"),
        ("http://u:p@a.test/x", "https://a.test/y", "https://u:p@a.test/y"),
        ("http://u:p@a.test/x", "http://b.test/y", "http://b.test/y"),
        ("http://u:p@a.test/x", "http://a.test:8080/y", "http://a.test:8080/y"),
        ("https://u:p@a.test/x", "http://a.test/y", "http://a.test/y"),
        ("http://u:p@a.test/x", "http://sub.a.test/y", "http://sub.a.test/y"),
        ("http://a.test/x", "http://evil:pw@b.test/y", "http://b.test/y"),
        ("http://u:p@a.test/x", "http://evil:pw@a.test/y", "http://u:p@a.test/y"),
    ],
)
def test_credentials_stay_with_their_host(here: str, location: str, there: str) -> None:
    assert redirected(at(here), location) == there


@pytest.mark.parametrize(
    "location", ["http://a.test\\@b.test/", "\\\\b.test/", "http://[x/", "http://x:y@", "http://a@b@c/"]
)
def test_a_redirect_that_can_be_read_in_two_ways_leads_nowhere(location: str) -> None:
    there = redirected(at("http://u:p@a.test/x"), location)
    assert target(there) is None or at(there).host != "b.test"


@given(location=st.text(max_size=60))
def test_whatever_a_server_writes_has_an_outcome(location: str) -> None:
    there = redirected(at("http://u:secret@a.test/x"), location)
    found = target(there)
    assert found is None or found.host == "a.test" or "secret" not in there


def test_giving_up_encryption_is_seen() -> None:
    assert is_downgrade(at("https://a.test/"), at("http://a.test/"))
    assert not is_downgrade(at("http://a.test/"), at("https://a.test/"))
