"""Who may do what, from where: the deciding parts together, without a server."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from runtime.settings import WebSettings
from tests.index.articles import NOON
from web.access.origin import is_ours
from web.access.policy import Policy, policy_of
from web.access.verdict import refusal
from web.access.viewer import Asked, client_of, viewer_of

SECRET = "a long random one"
HERE = Asked(
    method="GET",
    path="/",
    peer="127.0.0.1",
    headers={"host": "127.0.0.1:8080", "accept": "text/html"},
    cookies={},
)
SAME = {"sec-fetch-site": "same-origin"}


def policy(**given: object) -> Policy:
    return policy_of(WebSettings.model_validate({"token": SECRET, **given}))


def status(made: Policy, asked: Asked) -> int:
    """200 stands for going on."""
    found = refusal(asked, viewer_of(asked, made, NOON), made, address=asked.path)
    return found.status if found else 200


def asking(**changed: Any) -> Asked:
    headers = {**HERE.headers, **changed.pop("headers", {})}
    return replace(HERE, headers=headers, **changed)


def cookie() -> dict[str, str]:
    token = policy().token
    return {token.cookie: token.session(NOON)}


def basic(password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"me:{password}".encode()).decode()}


OUTSIDE = policy(host="0.0.0.0")
BEARER = {"authorization": f"Bearer {SECRET}"}
POST = {"method": "POST", "path": "/feeds"}


def test_on_this_machine_reading_is_open_and_writing_is_not() -> None:
    assert status(policy(), HERE) == 200
    assert status(policy(), asking(**POST)) == 403
    assert status(policy(), asking(method="POST", path="/api/v1/feeds")) == 401
    assert status(policy(), asking(**POST, cookies=cookie(), headers=SAME)) == 200
    assert status(policy(), asking(method="DELETE", path="/api/v1/feeds/1", headers=BEARER)) == 200


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip"])
def test_what_a_proxy_brings_is_not_this_machine(header: str) -> None:
    assert status(policy(), asking(headers={header: "203.0.113.7"})) == 303
    assert status(policy(reading="open"), asking(headers={header: "203.0.113.7"})) == 200


def test_elsewhere_pages_lead_to_the_login_and_the_api_says_what_it_wants() -> None:
    assert status(OUTSIDE, HERE) == 303
    assert status(OUTSIDE, asking(path="/api/v1/search")) == 401
    assert status(OUTSIDE, asking(path="/searches/1.atom")) == 401
    assert status(OUTSIDE, asking(headers={"accept": "text/event-stream"})) == 401
    assert status(OUTSIDE, asking(path="/login")) == 200
    assert status(OUTSIDE, asking(path="/static/site.css")) == 200
    assert status(OUTSIDE, asking(cookies=cookie())) == 200
    assert status(OUTSIDE, asking(headers=BEARER)) == 200


def test_a_wrong_token_is_said() -> None:
    assert status(policy(), asking(headers={"authorization": "Bearer wrong"})) == 401
    assert status(policy(), asking(headers=basic("wrong"))) == 401
    assert viewer_of(asking(headers={"authorization": "Basic ?"}), policy(), NOON).failed


def test_feed_readers_log_in_as_they_can_and_only_read() -> None:
    assert status(OUTSIDE, asking(path="/searches/1.atom", headers=basic(SECRET))) == 200
    assert status(OUTSIDE, asking(path="/searches/1.atom", key=OUTSIDE.token.key("/searches/1.atom"))) == 200
    assert status(OUTSIDE, asking(path="/searches/2.atom", key=OUTSIDE.token.key("/searches/1.atom"))) == 401
    assert status(OUTSIDE, asking(**POST, headers=basic(SECRET))) == 403


def test_a_person_whom_the_proxy_names_may_write_and_nobody_else_can_say_so() -> None:
    made = policy(user_header="X-Forwarded-User", proxies=["10.0.0.0/8"], host="0.0.0.0")
    named = {"x-forwarded-user": "anna", **SAME}
    assert status(made, asking(**POST, peer="10.1.2.3", headers=named)) == 200
    assert status(made, asking(**POST, peer="203.0.113.7", headers=named)) == 403
    assert status(made, asking(**POST, peer="10.1.2.3", headers=SAME)) == 403
    assert viewer_of(asking(peer="10.1.2.3", headers=named), made, NOON).name == "anna"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),  # another port of this machine is the same site
        ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, 200),  # the browser knows best
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:9090"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://["}, 403),
        ({"origin": "http://127.0.0.1:8080"}, 200),
        ({}, 200),
    ],
)
def test_other_sites_cannot_write_with_the_rights_of_who_has_logged_in(
    headers: dict[str, str], expected: int
) -> None:
    assert status(policy(), asking(**POST, cookies=cookie(), headers=headers)) == expected


def test_behind_a_proxy_that_changes_the_host_the_public_address_is_ours() -> None:
    made = policy(public_url="https://News.example.org")
    ours = {"origin": "https://news.example.org"}
    assert status(made, asking(**POST, cookies=cookie(), headers=ours)) == 200


def test_other_sites_may_link_to_pages_and_not_load_them() -> None:
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert status(policy(), asking(headers=link)) == 200
    assert status(policy(), asking(headers={**link, "sec-fetch-mode": "no-cors"})) == 403


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1:8080", True),
        ("[::1]:8080", True),
        ("192.168.1.5", True),
        ("localhost", True),
        ("LOCALHOST.:80", True),
        ("wirewatch.localhost", True),
        ("news.example.org", True),
        ("box.lan:8080", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
        ("[::1", False),
    ],
)
def test_names_that_others_have_lead_here_are_not_ours(host: str, ours: bool) -> None:
    assert is_ours(host, policy(public_url="https://news.example.org", hosts=["box.lan"])) is ours


def test_whose_requests_they_count_as() -> None:
    made = policy(proxies=["10.0.0.0/8"])
    passed_on = {"x-forwarded-for": "198.51.100.1, 203.0.113.7, 10.0.0.2"}
    assert client_of(asking(peer="10.0.0.1", headers=passed_on), made) == "203.0.113.7"
    assert client_of(asking(peer="192.0.2.1", headers=passed_on), made) == "192.0.2.1"
    assert client_of(asking(peer="10.0.0.1", headers={"x-forwarded-for": "nonsense"}), made) == "10.0.0.1"
    assert client_of(asking(peer="2001:db8:1:2:3::4"), made) == "2001:db8:1:2::/64"
