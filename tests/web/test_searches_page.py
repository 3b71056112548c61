"""Saved searches as a person without JavaScript uses them, and as feed readers read them."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import feedparser
import pytest

from bus.channels import SEARCHES, WEBHOOKS
from bus.protocol import Bus
from index.embedded import EmbeddedIndex
from index.syntax import parse
from tests.index.articles import NOON, article, entity, revised, topic
from tests.notify.receiver import Receiver
from tests.web.conftest import Answer, Site, parts_over, serving, settings_with
from tests.web.desks import post
from web.search.asked import Asked

FLOOD = article(
    "flood",
    "Flood in <Kerala> \u202e& more\x0c",
    "The river rose.",
    entities=[entity("LOC", "Kerala", linked="geonames:1267254")],
    topics=[topic("03000000", "disaster & accident")],
)


@pytest.fixture
def mine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedIndex]:
    """An index for one test."""
    opened = EmbeddedIndex(tmp_path_factory.mktemp("searches") / "index", recency_days=7.0)
    opened.write([FLOOD, article("rates", "Rates stay")])
    yield opened
    opened.close()


@pytest.fixture
def site(mine: EmbeddedIndex, fresh_bus: Bus) -> Iterator[Site]:
    for each in serving(parts_over(mine, fresh_bus), settings_with()):
        yield each.with_token()


def saved(site: Site, query: str, name: str = "") -> str:
    answer = post(site, "/searches", query=query, name=name)
    assert answer.status == 303
    return answer.headers["location"].partition("?")[0].rpartition("/")[2]


def version(site: Site, id: str) -> str:
    (value,) = set(site.get(f"/searches/{id}").tree.xpath('//input[@name="version"]/@value'))
    return str(value)


def parsed(answer: Answer) -> feedparser.FeedParserDict:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return feedparser.parse(answer.body, response_headers=dict(answer.headers))


def test_a_search_is_saved_changed_and_removed(site: Site) -> None:
    id = saved(site, 'entity:"geonames:1267254"', "Kerala")
    page = site.get(f"/searches/{id}?done=saved")
    assert page.words("//h1") == ["Kerala"]
    assert page.words('//*[@role="status"]') == ["It is saved."]
    (found,) = page.words('//section[@aria-labelledby="found"]//li')
    assert found.startswith("Flood in <Kerala>")
    changed = post(site, f"/searches/{id}", version=version(site, id), query="rates", name="Rates")
    assert changed.headers["location"] == f"/searches/{id}?done=changed"
    assert site.get("/searches").words("//tbody/tr/th") == ["Rates"]
    assert post(site, f"/searches/{id}/remove", version=version(site, id)).status == 303
    assert site.get(f"/searches/{id}").status == 404
    assert "None is saved yet." in site.get("/searches").text


def test_the_form_comes_filled_in_from_other_pages(site: Site) -> None:
    page = site.get(f"/searches?q={quote(chr(34) + 'a <b>' + chr(34))}&name=A")
    assert page.tree.xpath('//input[@name="query"]/@value') == ['"a <b>"']
    assert page.tree.xpath('//input[@name="name"]/@value') == ["A"]


def test_what_was_chosen_on_the_search_page_is_saved_with_the_words() -> None:
    asked = Asked(
        q="flood OR rain",
        values=(("entity", "kb:hamas"), ("feed", "bbc"), ("topic", 'a "b"'), ("feed", "dw")),
    )
    assert asked.typed == '(flood OR rain) entity:"kb:hamas" topic:"a  b " feed:("bbc" OR "dw")'
    assert parse(asked.typed)  # it can be read again
    assert Asked(q="flood OR rain").typed == "flood OR rain"
    assert Asked(values=(("org", "Taliban"),)).typed == 'org:"Taliban"'
    assert Asked().typed == ""


def test_a_query_that_cannot_be_parsed_is_not_saved_and_not_lost(site: Site) -> None:
    answer = post(site, "/searches", query="(flood", name="Mine")
    assert answer.status == 400
    assert answer.words('//*[@role="alert"]')
    assert answer.tree.xpath('//input[@name="query"]/@value') == ["(flood"]
    assert answer.tree.xpath('//input[@name="name"]/@value') == ["Mine"]
    id = saved(site, "flood")
    answer = post(site, f"/searches/{id}", version=version(site, id), query="(fire", name="")
    assert answer.status == 400
    assert answer.tree.xpath('//input[@name="query"]/@value') == ["(fire"]
    assert site.get(f"/searches/{id}").words("//h1") == ["flood"]


def test_of_two_who_change_a_search_at_once_none_is_lost(site: Site) -> None:
    id = saved(site, "flood")
    before = version(site, id)
    assert post(site, f"/searches/{id}", version=before, query="flood OR rain", name="A").status == 303
    late = post(site, f"/searches/{id}", version=before, query="flood OR fire", name="B")
    assert late.status == 409
    assert late.words("//tr[@class='differs'][2]/td") == ["flood OR rain", "flood OR fire"]
    assert post(site, f"/searches/{id}/remove", version=before).status == 409
    assert site.get(f"/searches/{id}").words("//h1") == ["A"]


def test_a_webhooks_secret_is_shown_once(site: Site, fresh_bus: Bus) -> None:
    id = saved(site, "flood")
    with Receiver() as receiver:
        made = post(site, f"/searches/{id}/webhook", url=receiver.url)
        assert made.status == 200
        (secret,) = made.words('//code[@class="secret"]')
        assert made.headers["cache-control"] == "no-store"
        value = fresh_bus.table(WEBHOOKS).get([id])[id]
        assert secret.encode() in value
        assert secret.encode() not in fresh_bus.table(SEARCHES).get([id])[id]
        for path in (f"/searches/{id}", "/searches", "/api/v1/searches", f"/api/v1/searches/{id}"):
            text = site.get(path).text
            assert "127.0.0.1" in text
            assert secret not in text
            assert "key=hidden" not in text
        assert "has taken the test" in post(site, f"/searches/{id}/webhook/test").text
        (heard,) = receiver.heard
        assert heard.is_signed_with(secret)
        assert json.loads(heard.body)["type"] == "webhook.test"
        receiver.answer = lambda _: (500, {})
        assert "status 500" in post(site, f"/searches/{id}/webhook/test").text
    assert post(site, f"/searches/{id}/webhook", url="ftp://a.example/").status == 400
    assert post(site, f"/searches/{id}/webhook/remove").status == 303
    assert fresh_bus.table(WEBHOOKS).get([id]) == {}
    assert post(site, f"/searches/{id}/webhook/test").status == 404


def test_the_atom_feed_is_one_by_an_independent_reader(site: Site) -> None:
    id = saved(site, "flood", "Floods & <more>")
    answer = site.get(f"/searches/{id}.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = parsed(answer)
    assert not feed.bozo
    assert feed.version == "atom10"
    assert feed.feed.title == "Floods & <more> · Wirewatch"
    assert feed.feed.id.startswith("urn:uuid:")
    assert {link.rel: link.href for link in feed.feed.links} == {
        "self": f"{site.url}/searches/{id}.atom",
        "alternate": f"{site.url}/searches/{id}",
    }
    (entry,) = feed.entries
    assert entry.title == "Flood in <Kerala> \u202e& more\ufffd"
    assert entry.summary == "The river rose."
    assert entry.author == "BBC News"
    assert entry.updated == entry.published == "2026-05-10T12:00:00Z"
    assert feed.feed.updated == entry.updated
    assert [link.href for link in entry.links] == [FLOOD.url, f"{site.url}/articles/{FLOOD.id}"]
    assert [(tag.term, tag.label) for tag in entry.tags] == [("medtop:03000000", "disaster & accident")]


def test_a_revision_is_the_same_entry_updated(site: Site, mine: EmbeddedIndex) -> None:
    id = saved(site, "flood")
    before = site.get(f"/searches/{id}.atom")
    assert site.get(f"/searches/{id}.atom", If_None_Match=before.headers["etag"]).status == 304
    later = revised(article("flood", "Flood recedes", first_seen=NOON + timedelta(hours=2)))
    mine.write([later])
    after = site.get(f"/searches/{id}.atom", If_None_Match=before.headers["etag"])
    assert after.status == 200
    (old,), (new,) = parsed(before).entries, parsed(after).entries
    assert new.id == old.id
    assert (old.updated, new.updated) == ("2026-05-10T12:00:00Z", "2026-05-10T14:00:00Z")


def test_an_address_that_is_no_web_address_is_not_linked(site: Site, mine: EmbeddedIndex) -> None:
    bad = article("bad", "Flood of scripts")
    mine.write([type(bad)(**{**vars(bad), "url": "javascript:alert(1)", "canonical_url": None})])
    id = saved(site, "scripts")
    assert "javascript" not in site.get(f"/searches/{id}.atom").text
    assert "javascript" not in site.get(f"/searches/{id}.json").text


def test_the_json_feed_has_what_the_specification_asks_for(site: Site) -> None:
    id = saved(site, "flood")
    answer = site.get(f"/searches/{id}.json")
    assert answer.headers["content-type"] == "application/feed+json; charset=utf-8"
    feed = json.loads(answer.body)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{site.url}/searches/{id}.json"
    (item,) = feed["items"]
    assert item["id"] == FLOOD.id
    assert item["url"] == FLOOD.url
    assert item["content_text"] == "The river rose."
    assert item["date_modified"] == "2026-05-10T12:00:00Z"
    assert item["_wirewatch"]["entities"] == [{"type": "LOC", "name": "Kerala", "id": "geonames:1267254"}]


def test_a_feed_reader_needs_only_the_address(mine: EmbeddedIndex, fresh_bus: Bus) -> None:
    """Where reading needs a login, the address that is shown holds a key for this one feed."""
    for site in serving(parts_over(mine, fresh_bus), settings_with(reading="token")):
        id = saved(site.with_token(), "flood")
        (shown,) = (
            site.with_token().get(f"/searches/{id}").tree.xpath('//link[@type="application/atom+xml"]/@href')
        )
        path = str(shown).removeprefix(site.url)
        assert site.get(path).status == 200
        assert site.get(f"/searches/{id}.atom").status == 401
        assert site.get(path.replace(".atom", ".json")).status == 401


def test_what_is_not_there_is_said(site: Site) -> None:
    for path in ("/searches/none", "/searches/none.atom", "/searches/none.json", "/api/v1/searches/none"):
        assert site.get(path).status == 404


def test_programs_do_the_same(site: Site) -> None:
    def send(method: str, path: str, told: object = None, **headers: str) -> Answer:
        body = json.dumps(told).encode()
        return site.send(method, f"/api/v1/searches{path}", body, Content_Type="application/json", **headers)

    made = send("POST", "", {"query": "flood"})
    assert made.status == 201
    kept = json.loads(made.body)
    assert json.loads(site.get("/api/v1/searches").body) == [kept]
    id = kept["id"]
    assert send("PUT", f"/{id}", {"query": "fire", "name": "F"}, If_Match="other").status == 409
    assert send("PUT", f"/{id}", {"query": "fire", "name": "F"}, If_Match=kept["version"]).status == 204
    assert send("PUT", f"/{id}/webhook", {"url": "nonsense"}).status == 400
    hook = json.loads(send("PUT", f"/{id}/webhook", {"url": "https://a.example/T0/x"}).body)
    assert hook["secret"].startswith("whsec_")
    assert hook["address"] == "https://a.example/…"
    now = json.loads(site.get(f"/api/v1/searches/{id}").body)
    assert (now["name"], now["webhook"]["stopped"]) == ("F", "")
    assert send("DELETE", f"/{id}/webhook").status == 204
    assert send("DELETE", f"/{id}", If_Match=now["version"]).status == 204
    assert json.loads(site.get("/api/v1/searches").body) == []
