"""Access through a real server: logging in, headers of every answer, limits."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import Message

from article.errors import Unavailable
from index.protocol import ArticleIndex
from runtime.settings import WebSettings
from tests.web.conftest import TOKEN, Answer, Site, serving, settings_with
from web.access.gate import MAX_BODY, Guarded
from web.access.headers import ALWAYS
from web.parts import Parts


@contextmanager
def server(parts: Parts, settings: WebSettings) -> Iterator[Site]:
    yield from serving(parts, settings)


@pytest.fixture(scope="module")
def closed(parts: Parts) -> Iterator[Site]:
    """Reading needs a login."""
    yield from serving(parts, settings_with(reading="token"))


def form(site: Site, path: str, **headers: str) -> Answer:
    named = {"Content-Type": "application/x-www-form-urlencoded", "Sec_Fetch_Site": "same-origin", **headers}
    body = urlencode({"token": headers.pop("token", TOKEN), "next": "/?q=kabul"}).encode()
    named.pop("token", None)
    return site.send("POST", path, body, **named)


def test_a_person_logs_in_once_and_is_led_back(closed: Site) -> None:
    asked = closed.get("/?q=kabul")
    assert (asked.status, asked.headers["location"]) == (303, "/login?next=%2F%3Fq%3Dkabul")
    page = closed.get(asked.headers["location"])
    assert page.tree.xpath("string(//input[@name='next']/@value)") == "/?q=kabul"
    entered = form(closed, "/login")
    assert (entered.status, entered.headers["location"]) == (303, "/?q=kabul")
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    read = closed.get("/?q=kabul", Cookie=cookie.partition(";")[0])
    assert "Taliban meet in Kabul" in read.words("//main//a")
    assert read.words("//header//button") == ["Log out"]


def test_a_wrong_token_opens_nothing(closed: Site) -> None:
    answer = form(closed, "/login", token="a wrong one")
    assert answer.status == 403
    assert "set-cookie" not in answer.headers
    assert answer.words("//*[@role='alert']") == ["That is not the token."]


def test_the_link_of_the_terminal_logs_in(closed: Site) -> None:
    answer = closed.get("/login?" + urlencode({"token": TOKEN}))
    assert (answer.status, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    "after",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nb"],
)
def test_a_login_leads_nowhere_else(closed: Site, after: str) -> None:
    assert closed.get("/login?" + urlencode({"token": TOKEN, "next": after})).headers["location"] == "/"


def test_logging_out_takes_the_cookie_back(closed: Site) -> None:
    assert "Max-Age=0" in form(closed, "/logout").headers["set-cookie"]


def test_cookies_are_for_tls_only_where_people_come_over_it(parts: Parts) -> None:
    with server(parts, settings_with(public_url="https://news.example.org")) as site:
        assert "Secure" in form(site, "/login").headers["set-cookie"]


@pytest.mark.parametrize(
    "path", ["/", "/?q=(", "/nothing", "/api/v1/nothing", "/static/site.css", "/static/nothing", "/login"]
)
def test_every_answer_has_the_headers(site: Site, path: str) -> None:
    headers = site.get(path).headers
    assert {name: headers[name.lower()] for name in ALWAYS} == ALWAYS
    assert headers["cache-control"]


def test_refusals_have_the_headers_too(site: Site) -> None:
    answer = site.get("/", Host="evil.example")
    assert answer.status == 421
    assert {name: answer.headers[name.lower()] for name in ALWAYS} == ALWAYS


def test_static_files_may_be_kept_and_what_is_missing_not(site: Site) -> None:
    assert "immutable" in site.get("/static/site.css").headers["cache-control"]
    assert "immutable" not in site.get("/static/nothing").headers["cache-control"]


def test_a_client_that_asks_too_often_is_told_when_to_come_back(parts: Parts) -> None:
    with server(parts, settings_with(rate=0.001, burst=3)) as site:
        assert [site.get("/api/v1/nothing").status for _ in range(4)] == [404, 404, 404, 429]
        answer = site.get("/api/v1/nothing")
        assert int(answer.headers["retry-after"]) > 900
        assert answer.headers["content-type"] == "application/problem+json"
        assert site.get("/static/site.css").status == 200
        # The proxy of this machine says for whom it asks.
        assert site.get("/api/v1/nothing", X_Forwarded_For="203.0.113.7").status == 401


def test_the_token_cannot_be_guessed_at_leisure(parts: Parts) -> None:
    with server(parts, settings_with(rate=1_000)) as site:
        statuses = [site.get("/", Authorization=f"Bearer {number}").status for number in range(12)]
        assert statuses == [401] * 10 + [429] * 2
        assert form(site, "/login").status == 429
        assert site.get("/").status == 200  # others on the address can still read


def test_a_body_that_is_too_large_is_not_waited_for(site: Site) -> None:
    head = f"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {MAX_BODY + 1}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", int(site.url.rpartition(":")[2])), timeout=60) as wire:
        wire.sendall(head.encode())
        assert wire.recv(12) == b"HTTP/1.1 413"


def test_a_body_that_does_not_say_its_size_is_counted() -> None:
    async def piece() -> Message:
        return {"type": "http.request", "body": b"x" * 1_000_000, "more_body": True}

    async def nowhere(_: Message) -> None:
        raise AssertionError

    async def read_on() -> None:
        guarded = Guarded(Request({"type": "http"}), piece, nowhere)
        for _ in range(MAX_BODY // 1_000_000):
            await guarded.receive()
        with pytest.raises(HTTPException, match="bytes are not taken"):
            await guarded.receive()

    asyncio.run(read_on())


def test_a_fault_is_a_page_and_is_logged(parts: Parts, logs: list[dict[str, object]]) -> None:
    def broken() -> ArticleIndex:
        raise ZeroDivisionError

    with server(replace(parts, index=broken), settings_with()) as site:
        answer = site.get("/")
    assert answer.status == 500
    assert "ZeroDivisionError" not in answer.text
    assert answer.headers["content-security-policy"]
    errors = [line for line in logs if line["log_level"] == "error"]
    assert [line["event"] for line in errors] == ["web.fault"]
    for line in errors:
        logs.remove(line)


def test_an_index_that_is_away_is_said_and_the_page_comes_back(parts: Parts) -> None:
    away = [True]

    def index() -> ArticleIndex:
        if away[0]:
            raise Unavailable("the index", "does not answer", "it is tried again")
        return parts.index()

    with server(replace(parts, index=index), settings_with()) as site:
        answer = site.get("/")
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert answer.tree.xpath("string(//meta[@http-equiv='refresh']/@content)") == "5"
        assert site.get("/api/v1/search").headers["content-type"] == "application/problem+json"
        away[0] = False
        assert site.get("/").status == 200


@pytest.mark.parametrize("path", ["/", "/api/v1/search", "/nothing", "/static/site.css"])
def test_the_head_of_every_page_can_be_had(site: Site, path: str) -> None:
    whole, head = site.get(path), site.send("HEAD", path, None)
    assert (head.status, head.body) == (whole.status, b"")
    kept = [{**each.headers, "date": ""} for each in (whole, head)]
    assert kept[0] == kept[1]
