"""The pages of an article over a real server: what they show, and what nothing in them may do."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from article.records import EnrichedArticle
from bus.sqlite import SqliteBus
from index.embedded import EmbeddedIndex
from runtime.clock import SystemClock
from tests.index.articles import article
from tests.web.article.story import FAILED, HOSTILE, LATER, LIKE, REVISIONS, STORY, tell
from tests.web.conftest import Site, parts_over, serving, settings_with
from tests.web.desks import watch

WAITING = article("waiting", "Not indexed yet", "It waits.")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("articles")
    index = EmbeddedIndex(folder / "index", recency_days=7.0)
    index.write([STORY, LIKE, HOSTILE, FAILED])
    bus = SqliteBus(folder / "log.db", clock=SystemClock())
    tell(bus, *REVISIONS, WAITING)
    watch(bus, "https://watched.example/feed.xml")
    yield from serving(parts_over(index, bus), settings_with())
    bus.close()
    index.close()


def path(record: EnrichedArticle, more: str = "") -> str:
    return f"/articles/{record.id}{more}"


def test_an_article_with_its_names_marked(site: Site) -> None:
    got = site.get(path(STORY))
    assert got.status == 200
    assert got.words("//h1") == [
        "Taliban (organisation) envoys meet aid agencies in Kabul (place) "
        "as Isis-Khorasan (organisation) claims attack"
    ]
    marks = got.tree.xpath("//div[@class='text']//a[contains(@class, 'says')]")
    assert [mark.xpath("string(bdi)") for mark in marks][:4] == [
        "Taliban",
        "World Food Programme",
        "Kabul",
        "Isis-Khorasan",
    ]
    assert marks[0].get("href") == "/entities/kb%3Ataliban"
    assert marks[0].get("title") == "organisation: Taliban"
    text = "".join(
        "".join(p.xpath(".//text()[not(parent::span[@class='unseen'])]")) + "\n"
        for p in got.tree.xpath("//div[@class='text']/p")
    )
    assert text.strip() == STORY.text


def test_its_topics_lead_to_the_sentences_that_speak_for_them(site: Site) -> None:
    got = site.get(path(STORY))
    links = got.tree.xpath("//details//a[starts-with(@href, '#')]/@href")
    assert len(links) == 3
    for link in links:
        assert len(got.tree.xpath("//*[@id=$id]", id=link[1:])) == 1


def test_more_like_it_and_what_is_known_of_it(site: Site) -> None:
    got = site.get(path(STORY))
    assert got.words("//ol[@class='cards']//h3") == ["Aid for Kabul is delayed"]
    assert "page: 3 lines on most pages of this site, left out" in got.text
    assert got.tree.xpath("//a[text()='read it where it was published']/@rel") == [
        "noopener noreferrer nofollow"
    ]


def test_an_article_whose_enrichment_failed_says_so(site: Site) -> None:
    assert (
        "unsupported language de"
        in site.get(path(FAILED)).words("//header//p[contains(@class, 'problem')]")[0]
    )


def test_an_article_that_is_not_indexed_yet_is_shown_from_the_stream(site: Site) -> None:
    got = site.get(path(WAITING))
    assert got.status == 200
    assert "not in the index" in got.words("//p[@role='status']")[0]


@pytest.mark.parametrize("more", ["", "/revisions", "/way"])
def test_an_article_that_nobody_knows(site: Site, more: str) -> None:
    assert site.get(f"/articles/unknown%2F..%3Cb%3E{more}").status == 404
    assert site.get(f"/articles/unknown{more}").status == 404


@pytest.mark.parametrize(
    "at",
    [
        path(HOSTILE),
        path(HOSTILE, "/way"),
        path(HOSTILE, "/revisions"),
        "/entities/watch%3Amy%20list%2Fa%26b%3F%23c",
    ],
)
def test_nothing_that_an_article_says_acts_in_its_page(site: Site, at: str) -> None:
    got = site.get(at)
    assert got.status == 200
    tags = set(
        got.tree.xpath("//main//*[self::script or self::img or self::b or self::i or self::u or self::s]")
    )
    assert not tags
    assert not got.tree.xpath("//@href[starts-with(., 'javascript')]")
    assert not got.tree.xpath("//@*[starts-with(name(), 'on')]")
    assert not set("\u202e\u2066\u2069") & set(got.text)


def test_revisions_are_compared(site: Site) -> None:
    got = site.get(path(STORY, "/revisions"))
    assert next(word for word in got.words("//ins") if "United" in word).startswith(
        "(new: The United Nations asked"
    )
    assert got.words("//details/summary")[0] == "3 paragraphs unchanged (70 words)"
    both = site.get(path(STORY, "/revisions?old=1&new=2"))
    assert "(gone: 12)" in both.words("//del")
    assert site.get(path(STORY, "/revisions?old=7")).status == 400
    assert "not changed" in site.get(path(WAITING, "/revisions")).words("//main/p")[0]


def test_the_way_through(site: Site) -> None:
    got = site.get(path(STORY, "/way"))
    assert got.words("//p[@class='outcome']") == ["Published and searchable as revision 3"]
    assert got.words("//ol[@class='timeline']//span") == ["ingest", "enrich"] * 3


def test_an_article_is_asked_for_by_its_address(site: Site) -> None:
    found = site.get("/why?of=https://news.example/story")
    assert (found.status, found.headers["location"]) == (303, path(STORY, "/way"))
    unknown = site.get("/why?of=https://watched.example/other")
    assert unknown.words("//main//ul//a") == ["https://watched.example/feed.xml"]
    assert site.get("/why").status == 200


def test_the_api_tells_revisions_and_their_difference(site: Site) -> None:
    api = f"/api/v1/articles/{STORY.id}"
    listed = json.loads(site.get(f"{api}/revisions").body)
    assert [(each["revision"], each["characters"]) for each in listed][1] == (2, len(LATER))
    assert json.loads(site.get(f"{api}/revisions/2").body)["text"] == LATER
    assert site.get(f"{api}/revisions/9").status == 404
    told = json.loads(site.get(f"{api}/difference?old=1&new=3").body)
    assert "".join(each["text"] for each in told["text"] if each["kind"] != "gone") == STORY.text
    assert site.get(f"/api/v1/articles/{FAILED.id}/difference").status == 404
    assert json.loads(site.get("/api/v1/articles/nobody/revisions").body) == []


def test_the_api_tells_the_way(site: Site) -> None:
    told = json.loads(site.get(f"/api/v1/articles/{STORY.id}/way").body)
    assert (told["known"], told["indexed"], len(told["events"])) == (True, 3, 6)
    assert not json.loads(site.get("/api/v1/articles/nobody/way").body)["known"]
