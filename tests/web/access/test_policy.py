"""Settings of access: what is refused at the start, and who may read without a login."""

from __future__ import annotations

import pytest

from article.errors import BadConfiguration
from runtime.settings import WebSettings
from web.access.policy import policy_of


def settings(**given: object) -> WebSettings:
    return WebSettings.model_validate(given)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "news.example.org"])
def test_strangers_are_not_served_without_a_login(host: str) -> None:
    with pytest.raises(BadConfiguration, match="WIREWATCH_WEB__TOKEN"):
        policy_of(settings(host=host, reading="open"))
    policy_of(settings(host=host, token="a long random one"))
    policy_of(settings(host=host, user_header="X-Forwarded-User"))


@pytest.mark.parametrize(
    ("given", "opens"),
    [
        ({}, "machine"),
        ({"host": "localhost"}, "machine"),
        ({"host": "::1"}, "machine"),
        ({"host": "127.0.0.2"}, "machine"),
        ({"host": "0.0.0.0", "token": "a long random one"}, "nobody"),
        ({"host": "0.0.0.0", "token": "a long random one", "reading": "open"}, "all"),
        ({"reading": "token"}, "nobody"),
        # A proxy on this machine brings others.
        ({"public_url": "https://news.example.org"}, "nobody"),
        ({"user_header": "X-Forwarded-User"}, "nobody"),
    ],
)
def test_who_may_read_without_a_login(given: dict[str, object], opens: str) -> None:
    assert policy_of(settings(**given)).open == opens


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"token": "short"}, "web.token"),
        ({"token": "sixteen letters, é"}, "web.token"),
        ({"public_url": "news.example.org"}, "web.public_url"),
        ({"public_url": "https://news.example.org/wirewatch"}, "web.public_url"),
        ({"public_url": "https://news.example.org:port"}, "web.public_url"),
        ({"proxies": ["10.0.0.0/8", "proxy"]}, "web.proxies"),
    ],
)
def test_what_cannot_be_right_is_named(given: dict[str, object], named: str) -> None:
    with pytest.raises(BadConfiguration, match=named):
        policy_of(settings(**given))


def test_the_token_is_in_no_error_and_no_representation() -> None:
    made = policy_of(settings(token="a long random one"))
    assert "random" not in repr(made)
    with pytest.raises(BadConfiguration) as raised:
        policy_of(settings(token="tooshort"))
    assert "tooshort" not in str(raised.value)
