"""Names for the search box, from the API."""

from __future__ import annotations

import json

import pytest

from tests.web.conftest import Site


def names(site: Site, query: str) -> list[tuple[str, str, int]]:
    found = json.loads(site.get(f"/api/v1/suggest?{query}").text)["suggestions"]
    return [(each["name"], f"{each['field']}={each['value']}", each["articles"]) for each in found]


@pytest.mark.parametrize("typed", ["tal", "TALI", "taliban"])
def test_names_that_begin_so(site: Site, typed: str) -> None:
    assert names(site, f"q={typed}") == [("Taliban", "org=taliban", 1)]


@pytest.mark.parametrize("typed", ["t", "", "kabul+met", "%2A", "%22", "(tal"])
def test_nothing_begins_so(site: Site, typed: str) -> None:
    assert names(site, f"q={typed}") == []


def test_any_word_of_a_name(site: Site) -> None:
    ((name, _, _),) = names(site, "q=Khor")
    assert "Khorasan" in name


def test_as_many_as_wanted(site: Site) -> None:
    assert site.get("/api/v1/suggest?q=ta&limit=0").status == 400
    assert site.get(f"/api/v1/suggest?q={101 * 'x'}").status == 400
