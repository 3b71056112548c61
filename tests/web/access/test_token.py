"""What is made from the token opens what it was made for, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.index.articles import NOON
from web.access.token import COOKIE_DAYS, Token

TOKEN = Token("a long random one")


def test_a_session_ends() -> None:
    session = TOKEN.session(NOON)
    assert TOKEN.is_session(session, NOON)
    assert TOKEN.is_session(session, NOON + timedelta(days=COOKIE_DAYS, seconds=-1))
    assert not TOKEN.is_session(session, NOON + timedelta(days=COOKIE_DAYS))


def test_a_session_cannot_be_made_longer_or_used_after_a_new_token() -> None:
    ends, _, mac = TOKEN.session(NOON).partition(".")
    assert not TOKEN.is_session(f"{int(ends) + 1}.{mac}", NOON)
    assert not Token("another long random one").is_session(f"{ends}.{mac}", NOON)


@given(st.text() | st.from_regex(r"\A[0-9]{1,30}\.[0-9a-f]{64}\Z"))
def test_nothing_else_is_a_session(text: str) -> None:
    assert not TOKEN.is_session(text, NOON)


def test_what_goes_out_does_not_hold_the_token() -> None:
    assert "random" not in TOKEN.session(NOON) + TOKEN.cookie + TOKEN.key("/searches/1.atom")


def test_a_key_opens_one_path() -> None:
    key = TOKEN.key("/searches/1.atom")
    assert TOKEN.is_key(key, "/searches/1.atom")
    assert not TOKEN.is_key(key, "/searches/2.atom")
    assert not TOKEN.is_key("", "/searches/1.atom")


def test_nobody_knows_an_empty_token() -> None:
    assert not Token("").is_given("")


@given(st.text())
def test_any_text_may_be_tried(text: str) -> None:
    assert TOKEN.is_given(text) == (text == "a long random one")
