from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.identity import feed_id
from ingest.entry import Fetched, ParsedFeed
from ingest.websub.offer import Callbacks, Offer, is_about, offered, short_hash, signed

URL = "https://one.test/feed"
FEED = feed_id(URL)
CALLBACKS = Callbacks(base="https://us.test/hub/", key=b"k" * 32)


@pytest.mark.parametrize(
    ("link", "hub", "self_url", "offer"),
    [
        (None, "https://hub.test/", "https://one.test/all", ("https://hub.test/", "https://one.test/all")),
        (None, "https://hub.test/", None, ("https://hub.test/", URL)),
        ("</hub>; rel=hub", None, None, ("https://one.test/hub", URL)),
        (
            '<https://a.test/>; rel="hub", <https://b.test/>; rel=hub, <https://one.test/s>; rel=self',
            "https://c.test/",
            "https://one.test/c",
            ("https://a.test/", "https://one.test/s"),
        ),
        ("<ftp://a.test/>; rel=hub", "https://hub.test/", None, ("https://hub.test/", URL)),
        ("<https://one.test/s>; rel=self", None, None, None),
        ("<javascript:x>; rel=hub, <https://[>; rel=hub", None, "https://one.test/all", None),
    ],
)
def test_what_a_document_offers(
    link: str | None, hub: str | None, self_url: str | None, offer: tuple[str, str] | None
) -> None:
    fetched = Fetched(url=URL, link=link, parsed=ParsedFeed(hub=hub, self_url=self_url))
    assert offered(fetched) == (Offer(hub=offer[0], topic_url=offer[1]) if offer else None)


def test_an_unread_document_offers_what_its_headers_say() -> None:
    assert offered(Fetched(url=URL)) is None
    assert offered(Fetched(url=URL, link="</hub>; rel=hub")) is not None


def test_a_callback_says_for_which_feed_and_topic_it_is() -> None:
    url = CALLBACKS.url(FEED, URL)
    assert url.startswith("https://us.test/hub/")
    for path in (url, url + "/", "/" + url.rpartition("/")[2], "/behind/a/proxy/" + url.rpartition("/")[2]):
        address = CALLBACKS.address(path)
        assert address is not None
        assert address.feed == FEED
        assert is_about(address, URL)
        assert not is_about(address, URL + "?")


def test_what_the_hub_is_asked() -> None:
    offer = Offer(hub="https://hub.test/", topic_url=URL)
    form = CALLBACKS.form("subscribe", FEED, offer)
    address = CALLBACKS.address(form["hub.callback"])
    assert address is not None
    assert form == {
        "hub.mode": "subscribe",
        "hub.topic": URL,
        "hub.callback": CALLBACKS.url(FEED, URL),
        "hub.secret": CALLBACKS.secret(address),
        "hub.lease_seconds": "864000",
    }
    assert len(form["hub.secret"]) < 200
    assert set(CALLBACKS.form("unsubscribe", FEED, offer)) == {"hub.mode", "hub.topic", "hub.callback"}


@given(st.integers(0, 67), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_callback_cannot_be_made_from_another(place: int, letter: str) -> None:
    token = CALLBACKS.url(FEED, URL).rpartition("/")[2]
    other = token[:place] + letter + token[place + 1 :]
    assert (CALLBACKS.address(f"/{other}") is not None) == (other == token)


@pytest.mark.parametrize("path", ["", "/", "/x", "/" + "a" * 68, "/" + "A" * 68, "/" + "a" * 67 + "\n"])
def test_other_paths_are_no_callbacks(path: str) -> None:
    assert CALLBACKS.address(path) is None


def test_another_key_makes_other_callbacks_and_secrets() -> None:
    other = Callbacks(base=CALLBACKS.base, key=b"o" * 32)
    assert other.address(CALLBACKS.url(FEED, URL)) is None
    mine = CALLBACKS.address(CALLBACKS.url(FEED, URL))
    assert mine is not None
    assert other.secret(mine) != CALLBACKS.secret(mine)
    assert short_hash(other.url(FEED, URL)) != short_hash(CALLBACKS.url(FEED, URL))


@given(
    st.lists(st.binary(max_size=50), max_size=4),
    st.sampled_from(("sha1", "sha256", "sha384", "sha512")),
    st.booleans(),
)
def test_signatures_of_every_method_are_checked(chunks: list[bytes], method: str, genuine: bool) -> None:
    body = b"".join(chunks) + (b"" if genuine else b"x")
    code = hmac.new(b"secret", body, getattr(hashlib, method)).hexdigest()
    check = signed(f"{method}={code.upper()}", "secret")
    assert check is not None
    for chunk in chunks:
        check.update(chunk)
    assert check.is_genuine() is genuine


@pytest.mark.parametrize(
    "header", [None, "", "sha256", "sha256=", "md5=" + "0" * 40, "sha1=" + "g" * 40, "a=b=c"]
)
def test_what_is_no_signature(header: str | None) -> None:
    assert signed(header, "secret") is None
