"""`/api/v1/feeds`: what is watched, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bus.protocol import Bus
from index.embedded import EmbeddedIndex
from tests.ingest.documents import item, rss
from tests.ingest.site import Answer as Document
from tests.ingest.site import serving as web_serving
from tests.web.api.test_search import problem
from tests.web.conftest import Answer, Site, parts_over, serving, settings_with
from tests.web.desks import watch


@pytest.fixture
def site(index: EmbeddedIndex, fresh_bus: Bus) -> Iterator[Site]:
    for each in serving(parts_over(index, fresh_bus), settings_with()):
        yield each.with_token()


def sent(site: Site, method: str, path: str, body: object = None, **headers: str) -> Answer:
    data = None if body is None else json.dumps(body).encode()
    return site.send(method, f"/api/v1/feeds{path}", data, Content_Type="application/json", **headers)


def test_a_feed_is_added_changed_and_removed(site: Site) -> None:
    new = {"url": "https://one.example/rss", "category": "World"}
    added = sent(site, "POST", "", new)
    assert added.status == 201
    id = json.loads(added.body)["id"]
    again = sent(site, "POST", "", new)
    assert (again.status, json.loads(again.body)["outcome"]) == (200, "already")
    alike = sent(site, "POST", "", {"url": "http://www.one.example/rss"})
    assert (alike.status, json.loads(alike.body)["outcome"]) == (200, "alike")
    (listed,) = json.loads(sent(site, "GET", "").body)["feeds"]
    assert (listed["id"], listed["health"], listed["counts"]["seen"]) == (id, "not polled yet", 0)
    changed = sent(site, "PATCH", f"/{id}", {"paused": True}, If_Match=listed["version"])
    assert changed.status == 200
    now = json.loads(changed.body)["feed"]
    assert (now["paused"], now["category"]) == (True, "World")
    assert now["version"] != listed["version"]
    late = sent(site, "PATCH", f"/{id}", {"category": "Asia"}, If_Match=listed["version"])
    assert "changed by somebody else" in problem(late, 409)
    assert "changed by somebody else" in problem(sent(site, "DELETE", f"/{id}", If_Match='"x"'), 409)
    assert sent(site, "DELETE", f"/{id}", If_Match=f'"{now["version"]}"').status == 204
    assert "is not watched" in problem(sent(site, "GET", f"/{id}"), 404)


def test_changes_need_the_version_and_the_token(site: Site, fresh_bus: Bus) -> None:
    id = watch(fresh_bus, "https://one.example/")
    assert "If-Match" in problem(sent(site, "PATCH", f"/{id}", {"paused": True}), 400)
    stranger = Site(url=site.url)
    assert problem(sent(stranger, "DELETE", f"/{id}", If_Match="x"), 401)
    assert problem(sent(stranger, "POST", "/discover", {"address": "one.example"}), 401)


def test_a_site_is_looked_at_and_a_list_taken_in(site: Site) -> None:
    with web_serving() as web:
        url = web.at("/feed", Document(body=rss(item(title="One")), content_type="text/xml"))
        (found,) = json.loads(sent(site, "POST", "/discover", {"address": url}).body)
    assert (found["url"], found["entries"]) == (url, 1)
    assert "private" in problem(sent(site, "POST", "/discover", {"address": "10.0.0.1"}), 502)
    assert "no feed" in problem(site.send("POST", "/api/v1/feeds/import", b"#"), 400)
    taken = site.send("POST", "/api/v1/feeds/import", b"https://two.example/\nbad\n")
    assert json.loads(taken.body) | {"said": 0} == {"added": 1, "known": 0, "left_out": 1, "said": 0}
    assert b"two.example" in sent(site, "GET", "/export").body


def test_names_are_bounded(site: Site) -> None:
    sent(site, "POST", "", {"url": "https://one.example/", "title": "x" * 100_000, "category": "y/" * 90_000})
    (listed,) = json.loads(sent(site, "GET", "").body)["feeds"]
    assert (len(listed["title"]), len(listed["category"])) == (1_000, 1_000)
