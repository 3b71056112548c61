"""Redirects and conditions: what goes along to the next host, and what is remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from article.errors import FetchFailed
from ingest.fetch.client import Fetcher
from ingest.fetch.errors import StatusFailed
from ingest.fetch.response import Response
from runtime.settings import IngestSettings
from tests.ingest.site import HOST, Answer, Site, serving
from tests.ingest.wire import sending

OPEN = IngestSettings(allow_hosts=(HOST, "localhost"), connect_timeout=5, total_timeout=10)


def gets(*urls: str, etags: Sequence[str | None], settings: IngestSettings = OPEN) -> list[Response]:
    async def all_of_them() -> list[Response]:
        async with Fetcher(settings) as fetcher:
            return [await fetcher.get(url, etag=etag) for url, etag in zip(urls, etags, strict=True)]

    return asyncio.run(all_of_them())


def test_credentials_and_conditions_do_not_go_to_another_host(site: Site) -> None:
    there = site.at("/there", Answer(body=b"abc", etag='"1"')).replace(HOST, "localhost")
    here = site.at("/here", Answer(status=302, headers={"Location": there}))
    (answer,) = gets(here.replace("http://", "http://user:secret@"), etags=['"1"'])
    assert (answer.status, answer.body) == (200, b"abc")
    first, second = site.requests
    assert "Authorization" in first.headers
    assert first.headers["If-None-Match"] == '"1"'
    assert "Authorization" not in second.headers
    assert "If-None-Match" not in second.headers


def test_conditions_go_to_the_host_that_gave_the_answer_they_are_about(site: Site) -> None:
    there = site.at("/there", Answer(body=b"abc", etag='"1"')).replace(HOST, "localhost")
    here = site.at("/here", Answer(status=302, headers={"Location": there}))
    first, second = gets(here, here, etags=[None, '"1"'])
    assert (first.status, second.status) == (200, 304)
    assert ["If-None-Match" in request.headers for request in site.requests] == [False, False, False, True]


def test_a_host_that_answers_itself_again_gets_conditions_again(site: Site) -> None:
    there = site.at("/there", Answer(body=b"abc", etag='"1"')).replace(HOST, "localhost")
    answers = [Answer(status=302, headers={"Location": there})] + [Answer(body=b"own", etag='"1"')] * 2
    here = site.at("/here", lambda: answers.pop(0))
    assert [answer.status for answer in gets(here, here, here, etags=[None, '"1"', '"1"'])] == [200, 200, 304]


def test_credentials_stay_on_the_same_host(site: Site) -> None:
    site.at("/there", Answer(body=b"abc"))
    here = site.at("/here", Answer(status=301, headers={"Location": f"{site.url}/there"}))
    (answer,) = gets(here.replace("http://", "http://user:secret@"), etags=[None])
    assert answer.moved_to == f"{site.url}/there".replace("http://", "http://user:secret@")
    assert all("Authorization" in request.headers for request in site.requests)
    assert "secret" not in answer.url


def test_a_form_is_sent_on_only_where_the_server_asks_for_that(site: Site) -> None:
    async def post(status: bytes) -> FetchFailed:
        answer = b"HTTP/1.1 " + status + b" Go\r\nLocation: " + site.url.encode() + b"/hub\r\n\r\n"
        async with sending(answer) as url, Fetcher(OPEN) as fetcher:
            with pytest.raises(StatusFailed) as caught:
                await fetcher.post(url, {"hub.mode": "subscribe"})
        return caught.value

    assert asyncio.run(post(b"302")).problem == "answers with status 302"
    assert asyncio.run(post(b"307")).problem == "answers with status 501"  # a site that knows no forms


def test_connections_are_kept_for_so_many_hosts() -> None:
    """Each server of the tests is an origin; the one beyond the number gets its connection closed."""
    with serving() as one, serving() as two:
        for each in (one, two):
            each.at("/", Answer(body=b"abc"))
        few = OPEN.model_copy(update={"keep_hosts": 1})
        urls = [f"{each.url}/" for each in (one, two, one, two)]
        assert [answer.body for answer in gets(*urls, etags=[None] * 4, settings=few)] == [b"abc"] * 4
        assert [request.headers.get("Connection") for request in two.requests] == ["close", "close"]
        assert {request.headers.get("Connection") for request in one.requests} <= {None, "keep-alive"}
