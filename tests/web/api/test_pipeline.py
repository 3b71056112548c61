"""`/api/v1/pipeline` and `/api/v1/dead`: how far each stage is, and what it gave up, for programs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from bus.channels import ENRICHED
from bus.protocol import Bus
from index.embedded import EmbeddedIndex
from tests.bus.contract import SECONDS, record
from tests.web.api.test_search import problem
from tests.web.conftest import Answer, Site, parts_over, serving, settings_with
from tests.web.desks import bury


@pytest.fixture
def site(index: EmbeddedIndex, fresh_bus: Bus) -> Iterator[Site]:
    for each in serving(parts_over(index, fresh_bus), settings_with()):
        yield each.with_token()


def redriven(site: Site, **chosen: object) -> Answer:
    return site.send(
        "POST", "/api/v1/dead/redrive", json.dumps(chosen).encode(), Content_Type="application/json"
    )


def test_the_pipeline_tells_what_waits(site: Site, fresh_bus: Bus) -> None:
    fresh_bus.publish([record("k", "1"), record("k", "2"), record("k", "1", ENRICHED)])
    told = json.loads(site.get("/api/v1/pipeline").body)
    waiting = {stage["name"]: stage["waiting"] for stage in told["stages"]}
    assert waiting == {"ingest": None, "enrich": 2, "index": 1}
    assert (told["dead"], told["feeds"]["watched"]) == (0, 0)


def test_letters_are_listed_looked_at_and_sent_again(site: Site, fresh_bus: Bus) -> None:
    first, second = bury(fresh_bus, record("a", "1"), record("b", "\x00"))
    told = json.loads(site.get("/api/v1/dead?limit=1&offset=1").body)
    assert (told["total"], [each["place"] for each in told["letters"]]) == (2, [second])
    assert [(each["reason"], each["letters"]) for each in told["reasons"]] == [("smells", 2)]
    assert site.get(f"/api/v1/dead/{second}/value").body == b"\x00"
    headers = json.loads(site.get(f"/api/v1/dead/{first}").body)["headers"]
    assert {"name": "dead_reason", "value": "smells"} in headers
    assert "no letter" in problem(site.get("/api/v1/dead/wirewatch.raw/9/9"), 404)
    assert "none were chosen" in problem(redriven(site), 400)
    assert problem(redriven(Site(url=site.url), everything=True), 401)
    assert redriven(site, places=[first]).status == 202
    deadline = time.monotonic() + SECONDS
    while (last := json.loads(site.get("/api/v1/dead/redrive").body))["state"] == "running":
        assert time.monotonic() < deadline
    assert (last["state"], last["sent"], last["left"]) == ("done", 1, 1)
    assert [each["place"] for each in json.loads(site.get("/api/v1/dead").body)["letters"]] == [second]
