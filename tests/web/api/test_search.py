"""`/api/v1/search`: what programs ask and get, and how they are told what cannot be answered."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest

from tests.web.articles import SOME
from tests.web.conftest import Answer, Site
from web.api.model import FoundArticle, Problem, SearchAnswer

ALL = ("taliban", "markup", "flood")
TITLES = ["Taliban meet in Kabul", "<script>alert(1)</script> & <b>more</b>", "Flood in Bihar"]


def found(site: Site, **asked: object) -> SearchAnswer:
    answer = site.get("/api/v1/search?" + urlencode(asked, doseq=True))
    assert answer.status == 200, answer.text
    for hit in json.loads(answer.body)["hits"]:
        assert set(hit) == set(FoundArticle.model_fields)  # all is described, and nothing else
    return SearchAnswer.model_validate_json(answer.body)


def titles(site: Site, **asked: object) -> list[str]:
    return [hit.title for hit in found(site, **asked).hits]


def problem(answer: Answer, status: int) -> str:
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    said = Problem.model_validate_json(answer.body)
    assert said.status == status
    return said.detail


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, TITLES),
        ({"q": "kabul"}, TITLES[:1]),
        ({"entity": "kb:taliban"}, TITLES[:1]),
        ({"entity": ["Taliban", "Isis-Khorasan"]}, TITLES[:1]),
        ({"entity": ["Taliban", "nobody"]}, []),
        ({"org": "kb:taliban"}, TITLES[:1]),
        ({"person": "Taliban"}, []),
        ({"type": "ORG"}, TITLES[:1]),
        ({"topic": "medtop:16000000"}, TITLES[:1]),
        ({"feed": "Deutsche Welle"}, TITLES[2:]),
        ({"feed": ["dw", "bbc"], "sort": "newest", "limit": 3}, TITLES),
        ({"lang": "de"}, []),
        ({"from": "2026-05-08", "to": "2026-05-11t00:00+02:00"}, TITLES[:2]),
        ({"to": "2026-05-08T00:00Z"}, TITLES[2:]),
    ],
)
def test_filters(site: Site, asked: dict[str, object], expected: list[str]) -> None:
    assert sorted(titles(site, **asked)) == sorted(expected)


def test_facets_count_all_that_is_found(site: Site) -> None:
    facets = found(site, facet=["feed", "day", "feed"], limit=0).facets
    assert {(bucket.label, bucket.count) for bucket in facets["feed"]} == {
        ("BBC News", 2),
        ("Deutsche Welle", 1),
    }
    assert [(bucket.key, bucket.count) for bucket in facets["day"]] == [("2026-05-07", 1), ("2026-05-10", 2)]


def test_pages_lead_to_each_other_and_to_an_end(site: Site) -> None:
    seen, address = (
        [],
        "/api/v1/search?" + urlencode({"sort": "newest", "limit": 1, "feed": ["bbc", "dw"]}, doseq=True),
    )
    while address:
        answer = SearchAnswer.model_validate_json(site.get(address).body)
        seen += [hit.id for hit in answer.hits]
        address = answer.next or ""
    assert sorted(seen) == sorted(article.id for article in SOME)


def test_highlights_are_escaped(site: Site) -> None:
    (hit,) = found(site, q="alert").hits
    assert hit.highlights["title"] == (
        "&lt;script&gt;<em>alert</em>(1)&lt;/script&gt; &amp; &lt;b&gt;more&lt;/b&gt;",
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"q": "(kabul"}, "character 1"),
        ({"q": 'kabul "taliban'}, "character 7"),
        ({"q": "speaker:anna"}, "no field is called 'speaker'"),
        ({"facet": "colour"}, "facet.0: Input should be"),
        ({"facet_size": 0}, "facet_size"),
        ({"limit": 101}, "limit"),
        ({"offset": 10_001}, "offset"),
        ({"offset": 9_990, "limit": 20}, "only the first 10000 can be listed"),
        ({"sort": "oldest"}, "sort"),
        ({"from": "yesterday"}, "from: "),
        ({"from": "1700000000"}, "from: "),
        ({"from": "2026-02-30"}, "from: "),
        ({"from": "0001-01-01T00:00:00+23:00"}, "out of range"),
        ({"colour": "red"}, "colour"),
        ({"type": "PERSON"}, "type"),
        ({"entity": ["a"] * 51}, "entity"),
    ],
)
def test_what_cannot_be_answered_is_said(site: Site, asked: dict[str, object], said: str) -> None:
    assert said in problem(site.get("/api/v1/search?" + urlencode(asked, doseq=True)), 400)


def test_where_a_query_cannot_be_read_is_a_number(site: Site) -> None:
    said = json.loads(site.get("/api/v1/search?q=flood+(war").body)
    assert (said["at"], said["status"]) == (6, 400)
    assert "at" not in json.loads(site.get("/api/v1/search?limit=101").body)


@pytest.mark.parametrize(
    "query",
    [
        "x" * 10_001,
        "word " * 2_000,
        "(" * 10_000,
        '"' * 9_999,
        "é" * 9_000,
        "-" * 10_000,
        "a OR " * 1_999 + "a",
    ],
)
@pytest.mark.parametrize("path", ["/?q=", "/api/v1/search?q="])
def test_queries_of_ten_kilobytes(site: Site, path: str, query: str) -> None:
    assert site.get(path + quote(query)).status in (200, 400)


@pytest.mark.parametrize(
    "query", ["%00", "%FF%FE", "%ED%A0%80", "%E2%80%AE", "%F0%9F%92%A9*", "kabul%0D%0AX:%20y"]
)
@pytest.mark.parametrize("path", ["/?q=", "/api/v1/search?q=", "/api/v1/search?entity="])
def test_queries_of_odd_bytes(site: Site, path: str, query: str) -> None:
    assert site.get(path + query).status in (200, 400)


def test_an_article_is_the_record_without_its_embedding(site: Site) -> None:
    for article in SOME:
        record = json.loads(site.get(f"/api/v1/articles/{article.id}").body)
        assert record["title"] == article.title
        assert record["embedding"] == []
        assert record["enrichment"]["status"] == "complete"


@pytest.mark.parametrize("path", ["", "/similar"])
@pytest.mark.parametrize("id", ["nothing", "%00", "x" * 64, "..%2F..%2Fetc%2Fpasswd"])
def test_articles_that_are_not_there(site: Site, path: str, id: str) -> None:
    problem(site.get(f"/api/v1/articles/{id}{path}"), 404)


def test_articles_without_an_embedding_have_none_that_are_similar(site: Site) -> None:
    answer = site.get(f"/api/v1/articles/{SOME[0].id}/similar")
    assert json.loads(answer.body) == {"total": 0, "hits": [], "facets": {}}


def test_methods_that_are_not_there(program: Site) -> None:
    answer = program.send("DELETE", "/api/v1/search", None)
    problem(answer, 405)
    assert answer.headers["allow"] == "GET"
