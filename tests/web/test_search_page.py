"""The search page, as a browser without scripts gets it."""

from __future__ import annotations

from tests.web.conftest import Site


def test_all_articles_are_listed(site: Site) -> None:
    assert site.get("/").words("//h3") == [
        "Taliban meet in Kabul",
        "<script>alert(1)</script> & <b>more</b>",
        "Flood in Bihar",
    ]


def test_what_was_looked_for_is_marked(site: Site) -> None:
    answer = site.get("/?q=kabul")
    assert answer.words("//h3") == ["Taliban meet in Kabul"]
    assert set(answer.words("//mark")) == {"Kabul"}


def test_nothing_of_an_article_becomes_markup(site: Site) -> None:
    answer = site.get("/?q=text")
    assert not answer.tree.xpath("//main//script | //main//img | //main//b | //main//i")


def test_a_query_that_cannot_be_parsed_is_said(site: Site) -> None:
    answer = site.get("/?q=(kabul")
    assert answer.status == 400
    assert "never closed" in answer.text


def test_nothing_at_an_address(site: Site) -> None:
    assert site.get("/nothing").status == 404
    problem = site.get("/api/v1/nothing")
    assert problem.status == 404
    assert problem.headers["content-type"] == "application/problem+json"
