"""The page of an entity: by id, name or form; when, where and together with whom it is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from article.records import Place
from bus.sqlite import SqliteBus
from index.embedded import EmbeddedIndex
from runtime.clock import SystemClock
from tests.index.articles import NOON, article, entity, topic
from tests.web.conftest import Site, parts_over, serving, settings_with
from web.links import entity_path

KABUL = Place(name="Kabul", country="AF", lat=34.5, lon=69.2)
ARTICLES = [
    article(
        f"a{number}",
        f"Story {number}",
        "Text.",
        published=NOON - timedelta(days=number),
        entities=[
            entity("ORG", "Islamic State", "Islamic State", "Isis", linked="kb:islamic-state"),
            entity("PER", "Meera Nair"),
            *([entity("ORG", "Taliban")] if number % 2 else []),
        ],
        places=[KABUL],
        topics=[topic("16000000", "conflict, war and peace")],
    )
    for number in range(5)
]
MERCURY = [
    article(
        "planet", "A planet", "Far away.", entities=[entity("LOC", "Mercury", linked="kb:mercury-planet")]
    ),
    article("singer", "A singer", "A song.", entities=[entity("PER", "Mercury")]),
    article("slash", "A list", "Watched.", entities=[entity("ORG", "Acme", linked="watch:my list/a&b?#c")]),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("entities")
    index = EmbeddedIndex(folder / "index", recency_days=7.0)
    index.write([*ARTICLES, *MERCURY])
    bus = SqliteBus(folder / "log.db", clock=SystemClock())
    yield from serving(parts_over(index, bus), settings_with())
    bus.close()
    index.close()


@pytest.mark.parametrize("key", ["kb:islamic-state", "Islamic State", "ISLAMIC STATE", "isis"])
def test_by_its_id_its_name_or_any_form_of_it(site: Site, key: str) -> None:
    got = site.get(entity_path(key))
    assert got.words("//h1") == ["Islamic State"]
    assert got.words("//main/p[@class='meta']") == [
        "organisation · kb:islamic-state · named in 5 articles · with whom, and where"
    ]
    assert len(got.tree.xpath("//ol[@class='hits']/li")) == 5


def test_together_with_whom_and_not_with_itself(site: Site) -> None:
    got = site.get("/entities/kb:islamic-state")
    assert got.words("//section[@aria-labelledby='with-person']//li") == ["Meera Nair together in 5 articles"]
    assert got.words("//section[@aria-labelledby='with-org']//li/a[1]") == ["Taliban"]
    both = got.tree.xpath("//section[@aria-labelledby='with-org']//li/a[2]/@href")
    assert both == ["/?entity=kb%3Aislamic-state&org=taliban&sort=newest"]


def test_when_and_where(site: Site) -> None:
    got = site.get("/entities/kb:islamic-state")
    assert len(got.tree.xpath("//figure[@class='chart']//table/tbody/tr")) == 5
    assert got.words("//figure[@class='map']//title") == ["Afghanistan: 5"]


def test_a_name_that_stands_for_several_says_so(site: Site) -> None:
    got = site.get("/entities/Mercury")
    assert sorted(got.words("//div[@class='notice']//li")) == [
        "Mercury, person not known which 1×",
        "Mercury, place kb:mercury-planet 1×",
    ]
    assert site.get("/entities/kb:mercury-planet").words("//main/p[@class='meta']") == [
        "place · kb:mercury-planet · named in 1 article · with whom, and where"
    ]


def test_an_id_with_every_sign_in_it(site: Site) -> None:
    assert site.get(entity_path("watch:my list/a&b?#c")).words("//h1") == ["Acme"]


def test_what_no_article_names(site: Site) -> None:
    assert site.get("/entities/nobody%3Cscript%3E").status == 404
    assert site.get("/entities/%20").status == 404
    assert site.get("/api/v1/entities/nobody").status == 404


def test_the_api(site: Site) -> None:
    told = json.loads(site.get("/api/v1/entities/isis").body)
    assert (told["name"], told["total"], told["span"]) == ("Islamic State", 5, "day")
    assert told["meanings"] == [
        {"type": "ORG", "name": "Islamic State", "id": "kb:islamic-state", "articles": 1}
    ]
    assert [each["count"] for each in told["over_time"]] == [1] * 5
    assert [(each["label"], each["count"]) for each in told["facets"]["person"]] == [("Meera Nair", 5)]
    assert told["hits"][0]["title"] == "Story 0"
