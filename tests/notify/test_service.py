"""Matches to webhooks on the embedded bus, with real receivers on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.redrive import redrive
from article.codec import encode
from bus.channels import DELIVERIES, ENRICHED, WAITING
from bus.protocol import Record
from bus.sqlite import SqliteBus
from index.protocol import ArticleIndex
from notify.searches import new_webhook, webhook_record
from runtime.clock import SystemClock
from tests.index.articles import article, entity, revised
from tests.notify.receiver import (
    NOW,
    QUICK,
    Heard,
    Receiver,
    enriched,
    forgotten,
    hook_of,
    hooked,
    letters,
    ok,
    running,
    wait_for,
    waiting_rows,
)


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[SqliteBus]:
    bus = SqliteBus(tmp_path / "bus.db", partitions=4, clock=SystemClock())
    yield bus
    bus.close()


def failing(_: Heard) -> tuple[int, Mapping[str, str]]:
    return 500, {}


def no_index() -> AbstractContextManager[ArticleIndex]:
    raise AssertionError("no letter of the index is sent")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def all_read(bus: SqliteBus) -> bool:
    lags = (bus.lag(ENRICHED, group="notify"), bus.lag(DELIVERIES, group="deliver"))
    return not any(lag.records for lag in lags)


def idle(bus: SqliteBus) -> bool:
    return all_read(bus) and not waiting_rows(bus)


def test_what_matches_is_sent_once_and_signed(bus: SqliteBus) -> None:
    with Receiver() as receiver:
        search, hook = hooked(bus, "flood", receiver.url)
        bus.publish(enriched(article("a", "Flood in Kerala"), article("b", "Rates stay")))
        with running(bus) as metrics:
            wait_for(lambda: receiver.heard and idle(bus))
        (heard,) = receiver.heard
        assert heard.is_signed_with(hook.secret)
        assert heard.path == "/hook?key=hidden"
        assert heard.headers["Content-Type"] == "application/json"
        assert heard.headers["webhook-id"] == f"{search.id}-{heard.article['id']}-1"
        assert heard.article["url"] == "https://news.example/a"
        assert metrics.value("wirewatch_webhook_deliveries_total", outcome="delivered") == 1
        assert letters(bus) == []


def test_an_entity_is_watched_by_its_id(bus: SqliteBus) -> None:
    with Receiver() as receiver:
        hooked(bus, 'entity:"kb:hamas"', receiver.url)
        bus.publish(
            enriched(
                article("a", "Talks", entities=[entity("ORG", "Hamas", linked="kb:hamas")]),
                article("b", "Hamas and others"),
            )
        )
        with running(bus):
            wait_for(lambda: receiver.heard and idle(bus))
        assert receiver.titles() == ["Talks"]
        assert receiver.heard[0].article["entities"] == [{"type": "ORG", "name": "Hamas", "id": "kb:hamas"}]


def test_a_receiver_that_is_away_holds_up_nobody_and_gets_all_when_it_is_back(bus: SqliteBus) -> None:
    port = free_port()
    articles = [article(f"n{number}", f"Flood {number}") for number in range(20)]
    with Receiver() as present:
        hooked(bus, "flood", f"http://127.0.0.1:{port}/")
        hooked(bus, "flood", present.url)
        with running(bus):
            bus.publish(enriched(*articles))
            wait_for(lambda: len(present.heard) == 20 and all_read(bus))
            assert len(waiting_rows(bus)) == 20
            with Receiver(port=port) as back:
                wait_for(lambda: idle(bus))
                assert back.titles() == present.titles()


def test_what_waits_outlives_the_process(bus: SqliteBus) -> None:
    with Receiver(failing) as receiver:
        hooked(bus, "flood", receiver.url)
        bus.publish(enriched(article("a", "Flood")))
        with running(bus):
            wait_for(lambda: receiver.heard and all_read(bus))
        (row,) = waiting_rows(bus)
        assert row.waiting[0].delivery.article.title == "Flood"
        receiver.answer = ok
        with running(bus):
            wait_for(lambda: idle(bus))
        ids = {heard.headers["webhook-id"] for heard in receiver.heard}
        assert len(ids) == 1 < len(receiver.heard)


def test_a_delivery_that_is_refused_does_not_hold_up_the_next(bus: SqliteBus) -> None:
    with Receiver(lambda heard: (400 if heard.title == "Flood 0" else 204, {})) as receiver:
        hooked(bus, "flood", receiver.url)
        with running(bus):
            bus.publish(enriched(*(article(f"n{number}", f"Flood {number}") for number in range(5))))
            wait_for(lambda: all_read(bus) and len(waiting_rows(bus)) == 1)
        assert {f"Flood {number}" for number in range(5)} <= set(receiver.titles())


def test_410_stops_the_webhook_with_a_word_until_it_is_set_again(bus: SqliteBus) -> None:
    with Receiver(lambda _: (410, {})) as receiver:
        search, hook = hooked(bus, "flood", receiver.url)
        with running(bus):
            bus.publish(enriched(article("a", "Flood"), article("b", "More flood")))
            wait_for(lambda: hook_of(bus, search).stopped and len(letters(bus)) == 2)
            wait_for(lambda: idle(bus))
            bus.publish(enriched(article("c", "A late flood")))
            wait_for(lambda: all_read(bus))
        assert "410" in hook_of(bus, search).stopped
        assert {letter.stage for letter in letters(bus)} == {"deliver"}
        assert len(letters(bus)) == 2, "what comes after the stop is not delivered at all"
        receiver.answer = ok
        receiver.heard.clear()
        again = new_webhook(search.id, hook.url, now=NOW)
        bus.publish([webhook_record(again, now=NOW)])
        assert redrive(bus, lambda letter: letter.stage == "deliver", no_index).sent == 2
        with running(bus):
            wait_for(lambda: idle(bus) and len(receiver.heard) == 2)
        assert all(heard.is_signed_with(again.secret) for heard in receiver.heard)
        assert not any(heard.is_signed_with(hook.secret) for heard in receiver.heard)


def test_what_is_tried_for_too_long_is_a_dead_letter_that_can_be_sent_again(bus: SqliteBus) -> None:
    with Receiver(failing) as receiver:
        hooked(bus, "flood", receiver.url)
        bus.publish(enriched(*(article(f"n{number}", f"Flood {number}") for number in range(5))))
        with running(bus, QUICK.model_copy(update={"give_up_hours": 0.1 / 3600})) as metrics:
            wait_for(lambda: idle(bus) and len(letters(bus)) == 5)
            assert metrics.value("wirewatch_webhook_deliveries_total", outcome="given_up") == 5
        assert {letter.channel for letter in letters(bus)} == {DELIVERIES}
        assert len({letter.place for letter in letters(bus)}) == 5
        assert all("status 500" in letter.reason for letter in letters(bus))
        receiver.answer = ok
        receiver.heard.clear()
        assert redrive(bus, lambda _: True, no_index).sent == 5
        with running(bus):
            wait_for(lambda: idle(bus) and len(receiver.heard) == 5)


def test_what_waits_for_a_search_that_is_removed_is_dropped(bus: SqliteBus) -> None:
    with Receiver(failing) as receiver:
        search, _ = hooked(bus, "flood", receiver.url)
        bus.publish(enriched(article("a", "Flood"), article("b", "Flood")))
        with running(bus):
            wait_for(lambda: all_read(bus) and len(waiting_rows(bus)) == 2)
            bus.publish(forgotten(search))
            wait_for(lambda: idle(bus))
        assert letters(bus) == []


def test_what_waits_goes_to_the_address_that_the_webhook_has_now(bus: SqliteBus) -> None:
    with Receiver(failing) as before, Receiver() as after:
        search, _ = hooked(bus, "flood", before.url)
        with running(bus):
            bus.publish(enriched(article("a", "Flood")))
            wait_for(lambda: before.heard)
            changed = new_webhook(search.id, after.url, now=NOW)
            bus.publish([webhook_record(changed, now=NOW)])
            wait_for(lambda: idle(bus))
        (heard,) = after.heard
        assert heard.is_signed_with(changed.secret)


def test_a_revision_takes_the_place_of_one_that_waits(bus: SqliteBus) -> None:
    first = article("a", "Flood")
    with Receiver(failing) as receiver:
        hooked(bus, "flood", receiver.url)
        with running(bus):
            bus.publish(enriched(first))
            wait_for(lambda: waiting_rows(bus))
            bus.publish(enriched(revised(first, title="Flood recedes")))
            wait_for(lambda: any(heard.title == "Flood recedes" for heard in receiver.heard))
            (row,) = waiting_rows(bus)
            assert [each.delivery.article.revision for each in row.waiting] == [2]
            receiver.answer = ok
            wait_for(lambda: idle(bus))
        assert receiver.heard[-1].title == "Flood recedes"


def test_more_than_may_wait_is_dead_at_once(bus: SqliteBus) -> None:
    with Receiver(failing) as receiver:
        hooked(bus, "flood", receiver.url)
        with running(bus, QUICK.model_copy(update={"max_waiting": 3})):
            bus.publish(enriched(*(article(f"n{number}", "Flood") for number in range(5))))
            wait_for(lambda: all_read(bus) and len(letters(bus)) == 2)
            assert len(waiting_rows(bus)) == 3
        assert all("3 deliveries wait" in letter.reason for letter in letters(bus))


def test_only_what_is_written_after_the_webhook_was_made_is_delivered(bus: SqliteBus) -> None:
    bus.publish(enriched(article("old", "Flood of yesterday")))
    with Receiver() as receiver:
        _, hook = hooked(bus, "flood", receiver.url)
        late = replace(hook, created=SystemClock().now())
        bus.publish([webhook_record(late, now=late.created)])
        bus.publish(enriched(article("new", "Flood of today")))
        with running(bus):
            wait_for(lambda: receiver.heard and idle(bus))
        assert receiver.titles() == ["Flood of today"]


@pytest.mark.parametrize("status", [302, 307])
def test_redirects_are_not_followed(bus: SqliteBus, status: int) -> None:
    with Receiver() as elsewhere, Receiver(lambda _: (status, {"Location": elsewhere.url})) as receiver:
        hooked(bus, "flood", receiver.url)
        bus.publish(enriched(article("a", "Flood")))
        with running(bus):
            wait_for(lambda: any(row.waiting[0].attempts for row in waiting_rows(bus)))
        (row,) = waiting_rows(bus)
        assert "redirects are not followed" in row.waiting[0].problem
        assert elsewhere.heard == []


def test_a_private_address_is_refused_when_it_is_connected_to(bus: SqliteBus) -> None:
    with Receiver() as receiver:
        hooked(bus, "flood", f"http://localhost:{receiver.port}/")
        bus.publish(enriched(article("a", "Flood")))
        with running(bus, QUICK.model_copy(update={"allow_hosts": ()})):
            wait_for(lambda: any(row.waiting[0].attempts for row in waiting_rows(bus)))
        (row,) = waiting_rows(bus)
        assert "private" in row.waiting[0].problem
        assert "WIREWATCH_NOTIFY__ALLOW_HOSTS" in row.waiting[0].problem
        assert receiver.heard == []


def test_records_that_are_no_records_are_put_aside(bus: SqliteBus) -> None:
    with Receiver() as receiver:
        hooked(bus, "flood", receiver.url)
        bus.publish(
            [
                Record(channel=ENRICHED, key="broken", value=b"{"),
                Record(channel=DELIVERIES, key="broken", value=b"{"),
                Record(channel=WAITING, key="broken", value=b"{"),
                *enriched(article("a", "Flood")),
            ]
        )
        with running(bus):
            wait_for(lambda: receiver.heard and all_read(bus))
        assert [(letter.channel, letter.stage) for letter in letters(bus)] == [(DELIVERIES, "deliver")]


def test_secrets_and_addresses_are_not_logged(bus: SqliteBus, logs: list[MutableMapping[str, Any]]) -> None:
    with Receiver(lambda heard: (410 if heard.title == "Gone" else 500, {})) as receiver:
        search, hook = hooked(bus, "", receiver.url)
        with running(bus):
            bus.publish(enriched(article("a", "Flood")))
            wait_for(lambda: waiting_rows(bus))
            bus.publish(enriched(article("b", "Gone")))
            wait_for(lambda: hook_of(bus, search).stopped and idle(bus))
    told = repr(logs)
    assert "webhook.failed" in told
    assert "webhook.stopped" in told
    assert hook.secret not in told
    assert hook.secret.partition("_")[2] not in told
    assert "hidden" not in told
    assert hook.secret not in repr(hook)
    assert hook.secret.encode() in encode(hook)
    assert not any(hook.secret.encode() in (letter.message.value or b"") for letter in letters(bus))
