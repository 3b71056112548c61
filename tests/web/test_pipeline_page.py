"""The pipeline page and its dead letters, as a person without JavaScript uses them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desks.pipeline import BusPipelineDesk
from app.desks.rates import Rates
from app.redrive import waiting
from article.codec import encode
from bus.channels import DEAD, ENRICHED, RAW, WEBHOOKS
from bus.protocol import Bus, Record
from index.embedded import EmbeddedIndex
from tests.bus.contract import SECONDS, everything, first_batch, record, values
from tests.index.articles import NOON, article
from tests.web.conftest import Answer, Site, parts_over, serving, settings_with
from tests.web.desks import bury, post, watch
from web.pipeline import view


@pytest.fixture
def site(index: EmbeddedIndex, fresh_bus: Bus) -> Iterator[Site]:
    for each in serving(parts_over(index, fresh_bus), settings_with()):
        yield each.with_token()


def ended(site: Site) -> Answer:
    """The page once nothing is being sent again."""
    deadline = time.monotonic() + SECONDS
    while "being sent again" in (answer := site.get("/pipeline/dead")).text:
        assert time.monotonic() < deadline
    return answer


def left(bus: Bus) -> list[str]:
    return sorted(letter.message.key for letter in waiting(bus))


def test_each_stage_is_shown_with_what_waits_for_it(site: Site, fresh_bus: Bus) -> None:
    watch(fresh_bus, "https://one.example/", polled=NOON, failures=1, next_poll=NOON)
    fresh_bus.publish([record(f"k{number}", "1") for number in range(7)])
    fresh_bus.publish([record("k", "1", ENRICHED)])
    source = fresh_bus.source(RAW, group="enrich", max_records=4)
    done = first_batch(source)
    source.commit(done, [])
    source.close()
    answer = site.get("/pipeline")
    ingest, enrich, index = answer.words("//tbody/tr")
    assert ingest.startswith("ingest articles published 0 of 1 feeds due")
    assert ingest.endswith("7")
    assert f" {7 - len(done.messages)} " in enrich
    assert enrich.endswith(str(len(done.messages)))
    assert index.startswith("index articles indexed 1 ")
    assert "None: every record was processed." in answer.text
    bury(fresh_bus, record("a", "1"))
    assert site.get("/pipeline").words("//a[@href='/pipeline/dead']") == ["1"]


def test_webhooks_are_shown_where_there_are_any(site: Site, fresh_bus: Bus) -> None:
    assert len(site.get("/pipeline").tree.xpath("//tbody/tr")) == 3
    fresh_bus.publish([record("hook", "{}", WEBHOOKS), record("k", "1", ENRICHED)])
    *_, notify, deliver = site.get("/pipeline").words("//tbody/tr")
    assert notify.startswith("notify articles held against saved searches 1 ")
    assert deliver.startswith("deliver matches sent to webhooks 0 ")


def test_letters_are_listed_with_their_reasons(site: Site, fresh_bus: Bus) -> None:
    bury(fresh_bus, *(record(f"k{number}", "1") for number in range(60)), reason="ran out of\nmemory")
    (place,) = bury(fresh_bus, record("odd", "1", ENRICHED), stage="index", reason="<script>\u202e")
    answer = site.get("/pipeline/dead")
    first, second = answer.words("//section[1]//tbody/tr")
    assert first.startswith("ran out of\\nmemory enrich 60 ")
    assert second.startswith("<script>\\u202e index 1 ")
    assert not answer.tree.xpath("//main//script")
    assert len(answer.tree.xpath("//input[@name='place']")) == 50
    (on,) = answer.tree.xpath("//a[@rel='next']/@href")
    assert len(site.get(on).tree.xpath("//input[@name='place']")) == 11
    (only,) = answer.tree.xpath("//section[1]//tbody/tr[2]//a/@href")
    assert site.get(only).tree.xpath("//input[@name='place']/@value") == [place]


def test_a_letter_is_shown_and_kept_byte_for_byte(site: Site, fresh_bus: Bus) -> None:
    value = b'{"title": "<b>\xe2\x80\xae", "n": [1]}'
    bury(fresh_bus, Record(channel=RAW, key="k", value=value, headers=(("odd", b"\xff\x00<i>"),)))
    (place,) = site.get("/pipeline/dead").tree.xpath("//input[@name='place']/@value")
    shown = site.get(f"/pipeline/dead/{place}")
    assert json.loads(shown.words("//pre")[0]) == json.loads(value)
    assert "\u202e" not in shown.text
    assert any(row == "odd \\xff\\x00<i>" for row in shown.words("//tbody/tr"))
    kept = site.get(f"/pipeline/dead/{place}/value")
    assert kept.body == value
    assert kept.headers["content-type"] == "application/octet-stream"
    assert kept.headers["content-disposition"].startswith("attachment")
    assert site.get("/pipeline/dead/wirewatch.raw/0/999").status == 404
    assert site.get("/pipeline/dead/x/y/z/value").status == 404


def test_chosen_letters_are_sent_again(site: Site, fresh_bus: Bus) -> None:
    one, two = bury(fresh_bus, record("a", "1"), record("b", "2"))
    assert post(site, "/pipeline/dead/redrive", which="chosen", place=[one]).status == 303
    (told,) = ended(site).words("//*[@role='status']")
    assert told == "1 letter was sent again now, 1 wait on."
    assert left(fresh_bus) == ["b"]
    assert values(everything(fresh_bus, RAW)) == ["1", "1", "2"]
    assert two in site.get("/pipeline/dead").tree.xpath("//input[@name='place']/@value")


def test_letters_of_one_reason_are_sent_again_as_the_form_says_it(site: Site, fresh_bus: Bus) -> None:
    bury(fresh_bus, record("a", "1"), record("b", "2"), reason="ran out of\nmemory")
    bury(fresh_bus, record("c", "3"), reason="smells")
    sent = post(site, "/pipeline/dead/redrive", which="reason", stage="enrich", reason="ran out of\r\nmemory")
    assert sent.status == 303
    ended(site)
    assert left(fresh_bus) == ["c"]
    post(site, "/pipeline/dead/redrive", which="all")
    ended(site)
    assert left(fresh_bus) == []


def test_a_letter_of_the_index_goes_into_the_index(site: Site, fresh_bus: Bus, index: EmbeddedIndex) -> None:
    good, short = article("redriven"), article("short", embedding=[1.0])
    records = [Record(channel=ENRICHED, key=each.id, value=encode(each)) for each in (good, short)]
    bury(fresh_bus, *records, stage="index")
    post(site, "/pipeline/dead/redrive", which="all")
    answer = ended(site)
    assert "1 still cannot be indexed" in answer.text
    assert index.get(good.id) == good
    assert left(fresh_bus) == [short.id]


def test_nothing_chosen_is_said(site: Site, fresh_bus: Bus) -> None:
    bury(fresh_bus, record("a", "1"))
    answer = post(site, "/pipeline/dead/redrive", which="chosen")
    assert (answer.status, answer.words("//*[@role='alert']")) == (
        400,
        ["dead letters: none were chosen; choose some, a reason, or all"],
    )
    assert post(Site(url=site.url), "/pipeline/dead/redrive", which="all").status == 403
    assert left(fresh_bus) == ["a"]


def test_while_letters_are_sent_again_nobody_else_sends_them(index: EmbeddedIndex, fresh_bus: Bus) -> None:
    good = article("slow")
    bury(fresh_bus, Record(channel=ENRICHED, key=good.id, value=encode(good)), stage="index")
    opening, go_on = threading.Event(), threading.Event()

    def held() -> nullcontext[EmbeddedIndex]:
        opening.set()
        go_on.wait(SECONDS)
        return nullcontext(index)

    desk = BusPipelineDesk(
        fresh_bus, kind="a log", marks=False, rates=Rates(), open_index=held, now=lambda: NOON
    )
    for each in serving(replace(parts_over(index, fresh_bus), pipeline=desk), settings_with()):
        site = each.with_token()
        assert post(site, "/pipeline/dead/redrive", which="all").status == 303
        assert opening.wait(SECONDS)
        running = site.get("/pipeline/dead")
        assert running.tree.xpath("//meta[@http-equiv='refresh']")
        second = post(site, "/pipeline/dead/redrive", which="all")
        assert (second.status, "already" in second.words("//*[@role='alert']")[0]) == (409, True)
        go_on.set()
        assert "1 letter was sent again" in ended(site).text


def test_bytes_that_are_no_text_are_shown_in_hex() -> None:
    assert view.shown(b"\xff\x00abc").text == f"00000000  {'ff 00 61 62 63':<48} ..abc"
    large = view.shown(b"\xff" * 10_000)
    assert (large.kind, large.cut) == ("bytes", 10_000 - 4_096)


@given(st.binary())
def test_whatever_is_in_a_letter_can_be_shown(value: bytes) -> None:
    shown = view.shown(value)
    assert all(char.isprintable() or char == "\n" for char in shown.text)
    assert (shown.text == "") == (not value)


def test_a_letter_without_a_sender_is_shown(site: Site, fresh_bus: Bus) -> None:
    fresh_bus.publish([Record(channel=DEAD, key="stray", value=None)])
    (address,) = site.get("/pipeline/dead").tree.xpath("//section[2]//tbody//a/@href")
    shown = site.get(address)
    assert shown.status == 200
    assert shown.tree.xpath("//button[@disabled]")
