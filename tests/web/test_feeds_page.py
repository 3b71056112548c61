"""The feeds page as a person without JavaScript uses it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from article.codec import decode
from article.tables import Subscription
from bus.channels import FEEDS
from bus.protocol import Bus
from index.embedded import EmbeddedIndex
from tests.index.articles import NOON
from tests.ingest.documents import item, page, rss
from tests.ingest.site import Answer as Document
from tests.ingest.site import Site as Web
from tests.ingest.site import serving as web_serving
from tests.web.conftest import Site, parts_over, serving, settings_with
from tests.web.desks import post, upload, watch

FEED = Document(body=rss(item(title="One"), item(title="Two")), content_type="application/rss+xml")


@pytest.fixture
def site(index: EmbeddedIndex, fresh_bus: Bus) -> Iterator[Site]:
    for each in serving(parts_over(index, fresh_bus), settings_with()):
        yield each.with_token()


@pytest.fixture
def web() -> Iterator[Web]:
    """Sites with feeds."""
    with web_serving() as opened:
        yield opened


def watched(bus: Bus) -> dict[str, Subscription]:
    return {feed.url: feed for feed in (decode(Subscription, value) for _, value in bus.table(FEEDS).items())}


def version(site: Site, id: str) -> str:
    (value,) = set(site.get(f"/feeds/{id}").tree.xpath('//input[@name="version"]/@value'))
    return str(value)


def test_without_feeds_the_form_to_add_one_is_open(site: Site) -> None:
    answer = site.get("/feeds")
    assert answer.status == 200
    assert answer.tree.xpath("//details[@open]//input[@name='address']")


def test_each_feed_is_shown_with_how_it_fares(site: Site, fresh_bus: Bus) -> None:
    hour = timedelta(hours=1)
    watch(
        fresh_bus,
        "https://well.example/rss",
        title="Well",
        polled=NOON,
        next_poll=NOON + hour,
        interval=3600.0,
    )
    ill = watch(
        fresh_bus,
        "https://me:secret@ill.example/rss",
        polled=NOON - hour,
        next_poll=NOON + hour,
        failures=3,
        failing_since=NOON - hour,
        problem="answers with status 500 <script>",
        title="Bad \u202enews <b>",
    )
    answer = site.get("/feeds")
    rows = answer.words("//tbody/tr")
    assert len(rows) == 2
    assert "well nothing is wrong" in rows[1] or "well nothing is wrong" in rows[0]
    assert any("failing answers with status 500 <script>" in row for row in rows)
    assert "in 60 min" in " ".join(rows)
    assert "secret" not in answer.text
    assert "secret" not in site.get(f"/feeds/{ill}").text
    assert not answer.tree.xpath("//tbody//b | //tbody//script")
    (only,) = site.get("/feeds?show=unwell").words("//tbody/tr/th")
    assert "ill.example" in only
    (found,) = site.get("/feeds?find=WELL.example").words("//tbody/tr/th")
    assert found.startswith("Well")


def test_many_feeds_come_in_pages(site: Site, fresh_bus: Bus) -> None:
    for number in range(60):
        watch(fresh_bus, f"https://n{number:02}.example/", category="World/Asia" if number % 2 else "World")
    first = site.get("/feeds")
    assert len(first.tree.xpath("//tbody/tr")) == 50
    (on,) = first.tree.xpath("//a[@rel='next']/@href")
    assert len(site.get(on).tree.xpath("//tbody/tr")) == 10
    assert len(site.get("/feeds?category=World/Asia").tree.xpath("//tbody/tr")) == 30
    assert len(first.body) < 100_000


def test_a_feed_is_added_by_its_address(site: Site, fresh_bus: Bus, web: Web) -> None:
    url = web.at("/feed", FEED)
    answer = post(site, "/feeds", address=url, category="World / Asia", title="Mine")
    assert answer.status == 303
    shown = site.get(answer.headers["location"])
    assert shown.words("//h1") == ["Mine"]
    assert shown.words("//*[@role='status']") == ["Added. It is polled within seconds where ingest runs."]
    assert watched(fresh_bus)[url].category == "World/Asia"
    assert shown.words("//nav//a[@aria-current]") == ["Feeds"]
    (articles,) = shown.tree.xpath("//a[starts-with(@href, '/?')]/@href")
    assert site.get(articles).status == 200


def test_a_site_with_one_feed_gives_that(site: Site, fresh_bus: Bus, web: Web) -> None:
    url = web.at("/feed", FEED)
    head = "<link rel='alternate' type='application/rss+xml' href='/feed'>"
    web.at("/", Document(body=page("Text.", head=head)))
    assert post(site, "/feeds", address=web.url).status == 303
    assert set(watched(fresh_bus)) == {url}


def test_of_several_feeds_people_choose(site: Site, fresh_bus: Bus, web: Web) -> None:
    for name in ("a", "b", "c"):
        web.at(f"/{name}", Document(body=rss(item(title=name), title=name), content_type="text/xml"))
    head = "".join(f"<link rel='alternate' type='application/rss+xml' href='/{name}'>" for name in "abc")
    web.at("/", Document(body=page("Text.", head=head)))
    asked = post(site, "/feeds", address=web.url)
    assert asked.status == 200
    choices = asked.tree.xpath("//input[@name='chosen']/@value")
    assert choices == [f"{web.url}/{name}" for name in "abc"]
    assert not watched(fresh_bus)
    assert post(site, "/feeds", address=web.url, chosen=choices[:2]).status == 303
    assert set(watched(fresh_bus)) == set(choices[:2])


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "Type the address"),
        ("javascript:alert(1)", "is not the address of a feed"),
        ("http://10.0.0.1/feed", "private"),
        ("http://[", "is not the address of a feed"),
    ],
)
def test_what_cannot_be_added_is_said_at_the_field(
    site: Site, fresh_bus: Bus, address: str, said: str
) -> None:
    answer = post(site, "/feeds", address=address)
    assert answer.status == 400
    (field,) = answer.tree.xpath("//input[@name='address']")
    assert (field.get("value"), field.get("aria-invalid")) == (address, "true")
    (problem,) = answer.tree.xpath(f"//*[@id='{field.get('aria-describedby')}']")
    assert said in problem.text_content()
    assert not watched(fresh_bus)


def test_a_feed_that_is_away_can_be_added_unseen(site: Site, fresh_bus: Bus, web: Web) -> None:
    url = web.at("/gone", Document(status=500))
    refused = post(site, "/feeds", address=url)
    assert (refused.status, len(refused.tree.xpath("//input[@name='anyway']"))) == (400, 1)
    assert post(site, "/feeds", address=url, anyway="true").status == 303
    assert set(watched(fresh_bus)) == {url}


def test_a_feed_that_is_watched_is_not_added_twice(site: Site, fresh_bus: Bus, web: Web) -> None:
    id = watch(fresh_bus, web.at("/feed", FEED))
    again = post(site, "/feeds", address=f"{web.url}/feed")
    assert again.status == 400
    assert again.tree.xpath(f"//a[@href='/feeds/{id}']")
    web.at("/feed/", FEED)
    alike = post(site, "/feeds", address=f"{web.url}/feed/")
    assert (alike.status, len(watched(fresh_bus))) == (400, 1)
    assert post(site, "/feeds", address=f"{web.url}/feed/", anyway="true").status == 303
    assert len(watched(fresh_bus)) == 2


def test_a_feed_is_paused_resumed_and_removed(site: Site, fresh_bus: Bus) -> None:
    id = watch(fresh_bus, "https://one.example/")
    url = f"/feeds/{id}"
    paused = post(site, url, version=version(site, id), do="pause", back="list")
    assert (paused.status, paused.headers["location"]) == (303, "/feeds?done=paused")
    assert watched(fresh_bus)["https://one.example/"].paused
    assert "paused" in site.get("/feeds").words("//tbody/tr")[0]
    post(site, url, version=version(site, id), do="resume")
    assert watched(fresh_bus)["https://one.example/"].resumed == NOON
    removed = post(site, f"{url}/remove", version=version(site, id))
    assert (removed.status, watched(fresh_bus)) == (303, {})
    assert site.get(url).status == 404


def test_of_two_who_edit_a_feed_the_second_is_shown_what_the_first_did(site: Site, fresh_bus: Bus) -> None:
    id = watch(fresh_bus, "https://one.example/", category="Old")
    seen = version(site, id)
    assert post(site, f"/feeds/{id}", version=seen, category="First's", title="T").status == 303
    late = post(site, f"/feeds/{id}", version=seen, category="Second's", title="<i>")
    assert late.status == 409
    assert late.words("//tr[@class='differs']") == ["Title T <i>", "Category First's Second's"]
    assert watched(fresh_bus)["https://one.example/"].category == "First's"
    (form,) = late.tree.xpath("//main//form")
    fields = {each.get("name"): each.get("value") for each in form.xpath(".//input | .//button")}
    assert post(site, form.get("action"), **fields).status == 303
    assert watched(fresh_bus)["https://one.example/"].category == "Second's"


def test_a_feed_that_was_removed_meanwhile_can_be_added_again(site: Site, fresh_bus: Bus) -> None:
    id = watch(fresh_bus, "https://one.example/")
    seen = version(site, id)
    post(site, f"/feeds/{id}/remove", version=seen)
    late = post(site, f"/feeds/{id}", version=seen, do="pause", address="https://one.example/")
    assert late.status == 409
    (form,) = late.tree.xpath("//main//form")
    fields = {each.get("name"): each.get("value") for each in form.xpath(".//input")}
    assert post(site, form.get("action"), **fields).status == 303
    assert set(watched(fresh_bus)) == {"https://one.example/"}
    assert post(site, f"/feeds/{id}/remove", version=seen).status == 303  # it is as it was
    assert post(site, f"/feeds/{id}/remove", version=seen).status == 409


def test_lists_come_in_and_go_out(site: Site, fresh_bus: Bus) -> None:
    watch(fresh_bus, "https://me:secret@one.example/", category="World")
    exported = site.get("/feeds.opml")
    assert exported.headers["content-disposition"].startswith("attachment")
    assert b"one.example" in exported.body
    assert b"secret" not in exported.body
    taken = upload(site, "/feeds/import", "file", b"https://two.example/\nhttps://one.example/\n<bad>\n")
    assert taken.status == 200
    (said,) = taken.words("//*[@role='status']")
    assert "1 added" in said
    assert "1 left out" in said
    assert "https://two.example/" in watched(fresh_bus)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<html></html>",
        b'<!DOCTYPE o [<!ENTITY a "b">]><opml><body><outline xmlUrl="https://x.example/&a;"/></body></opml>',
        b"<opml>" + b"<outline>" * 50_000,
        b"".join(b"https://n%d.example/\n" % number for number in range(20_001)),
    ],
)
def test_a_hostile_list_is_refused_at_the_field(site: Site, fresh_bus: Bus, document: bytes) -> None:
    answer = upload(site, "/feeds/import", "file", document)
    assert answer.status == 400
    assert answer.tree.xpath("//input[@name='file' and @aria-invalid='true']")
    assert not watched(fresh_bus)


def test_without_a_login_nothing_can_be_changed(site: Site, fresh_bus: Bus) -> None:
    id = watch(fresh_bus, "https://one.example/")
    stranger = Site(url=site.url)
    assert not stranger.get("/feeds").tree.xpath("//tbody//button")
    assert stranger.get(f"/feeds/{id}").tree.xpath("//main//a[starts-with(@href, '/login')]")
    for path in ("/feeds", "/feeds/import", f"/feeds/{id}", f"/feeds/{id}/remove"):
        assert post(stranger, path, version=version(site, id), address="https://x.example/").status == 403
    assert set(watched(fresh_bus)) == {"https://one.example/"}
