from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.web.conftest import Site, serving, settings_with
from web.parts import Parts


def test_requests_are_counted_by_route_and_never_by_address(site: Site, parts: Parts) -> None:
    def count(route: str, status: int) -> float:
        return parts.metrics.value("wirewatch_web_requests_total", route=route, status=str(status))

    home, none = count("/", 200), count("other", 404)
    for path in ("/", "/?q=quake", "/no-such-page", "/nor-this", "/static/site.css"):
        site.get(path)
    assert (count("/", 200) - home, count("other", 404) - none) == (2, 2)
    assert count("/static", 200) >= 1
    assert parts.metrics.value("wirewatch_web_request_seconds_count", route="/") >= 2
    assert b"no-such-page" not in parts.metrics.page()


def test_metrics_and_probes_are_answered(site: Site) -> None:
    answer = site.get("/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "\nprocess_start_time_seconds " in answer.text
    assert (site.get("/health/live").status, site.get("/health/ready").status) == (200, 503)
    assert json.loads(site.get("/health/ready").body) == {
        "status": "unavailable",
        "stages": {"serve": "stopping"},
    }


@pytest.fixture(scope="module")
def closed(parts: Parts) -> Iterator[Site]:
    """Nobody reads without the token."""
    yield from serving(parts, settings_with(reading="token"))


def test_where_reading_needs_a_token_so_do_the_metrics_and_the_probes_do_not(closed: Site) -> None:
    assert "process_start_time_seconds" not in closed.get("/metrics").text
    assert "process_start_time_seconds" in closed.with_token().get("/metrics").text
    assert closed.get("/health/live").status == 200
