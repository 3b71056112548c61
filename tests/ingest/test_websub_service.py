"""Feeds that offer a hub, through the real service: asked for, confirmed, pushed, renewed, ended."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from article.codec import decode
from article.hubs import FeedHub, HubCall
from article.identity import feed_id
from bus.channels import FEED_HUBS, FEEDS, HUB_CALLS
from bus.kafka import KafkaBus
from bus.partition import partition_of
from bus.protocol import Bus
from bus.sqlite.bus import SqliteBus
from ingest.lists.subscriptions import added, removed, subscriptions
from runtime.clock import SystemClock
from runtime.settings import IngestSettings
from stack.kafka import KafkaServer
from tests.bus.kafka_channels import bus_settings, empty_channels
from tests.ingest.documents import item, rss
from tests.ingest.hub import CHALLENGE, Hub, ask, free_port, hub_serving, send
from tests.ingest.running import SETTINGS, Running, open_bus, running, subscribe
from tests.ingest.site import HOST, Answer, Site
from tests.ingest.test_service import full

XML = "application/rss+xml; charset=utf-8"


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[SqliteBus]:
    one = open_bus(tmp_path)
    yield one
    one.close()


@pytest.fixture
def hub() -> Iterator[Hub]:
    with hub_serving() as one:
        yield one


@pytest.fixture
def settings() -> IngestSettings:
    return pushed()


def pushed(*, max_interval: float = 3600.0) -> IngestSettings:
    """With the usual interval a feed is polled once and not again by itself: what comes then was pushed."""
    port = free_port()
    return SETTINGS.model_copy(
        update={
            "min_interval": 0.05,
            "max_interval": max_interval,
            "websub_url": f"http://{HOST}:{port}/hub",
            "websub_listen": f"{HOST}:{port}",
            "websub_key": SecretStr("a key of sixteen or more"),
        }
    )


def offering(site: Site, hub: Hub, *items: str, path: str = "/feed") -> str:
    headers = {"Link": f'<{hub.url}>; rel="hub", <{site.url}/self>; rel="self"'}
    return site.at(path, Answer(body=rss(*items), content_type=XML, headers=headers))


def standing(bus: Bus, id: str) -> FeedHub | None:
    value = bus.table(FEED_HUBS).get([id]).get(id)
    return decode(FeedHub, value) if value else None


def live(service: Running, id: str) -> FeedHub:
    def is_live() -> bool:
        found = standing(service.bus, id)
        return found is not None and found.status == "live"

    service.until(is_live, "the subscription is live")
    found = standing(service.bus, id)
    assert found is not None
    return found


def test_a_feed_is_pushed(bus: SqliteBus, site: Site, hub: Hub, settings: IngestSettings) -> None:
    url = offering(site, hub, full(1))
    (id,) = subscribe(bus, url)
    with running(bus, settings) as service:
        service.articles(1)
        found = live(service, id)
        (form,) = hub.asked("subscribe")
        assert form["hub.topic"] == f"{site.url}/self"
        ((_, said),) = hub.confirmed
        assert (said.status, said.body.decode()) == (200, CHALLENGE)
        assert found.expires is not None
        assert 86_300 < (found.expires - datetime.now(UTC)).total_seconds() <= 86_400
        assert form["hub.callback"] not in repr(found)
        offering(site, hub, full(1), full(2))
        assert hub.push().status == 202
        service.until(lambda: len(site.asked("/feed")) >= 3, "the poll after the push, and one more")
        assert [article.title for article in service.articles(2)] == ["Title 1", "Title 2"]
        # Nothing of the pushed document counts: what a feed says comes from its publisher.
        hub.push(rss(item(title="Invented")))
        service.until(lambda: len(site.asked("/feed")) >= 4, "a poll")
        assert [article.title for article in service.articles(2)] == ["Title 1", "Title 2"]
        value = service.metrics.value
        assert value("wirewatch_websub_pushes_total", outcome="accepted") == 2
        assert value("wirewatch_websub_subscriptions", state="live") == 1


def test_a_hub_may_be_named_in_the_document(
    bus: SqliteBus, site: Site, hub: Hub, settings: IngestSettings
) -> None:
    atom = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>One</title><id>urn:1</id>"
        f"<link rel='hub' href='{hub.url}'/><link rel='self' href='/atom'/></feed>"
    )
    (id,) = subscribe(bus, site.at("/feed", Answer(body=atom.encode(), content_type="application/atom+xml")))
    with running(bus, settings) as service:
        assert live(service, id).topic_url == f"{site.url}/atom"


def test_what_nobody_signed_makes_no_poll(
    bus: SqliteBus, site: Site, hub: Hub, settings: IngestSettings
) -> None:
    (id,) = subscribe(bus, offering(site, hub, full(1)))
    with running(bus, settings) as service:
        live(service, id)
        asked = len(site.asked("/feed"))
        callback = hub.asked("subscribe")[0]["hub.callback"]
        assert send(callback, b"x").status == 202
        assert hub.confirm(hub.asked("subscribe")[0], topic="https://other.test/").status == 404
        hub.push()  # signed: once it is there, what came before it is dealt with
        service.until(lambda: len(site.asked("/feed")) == asked + 2, "the polls after the push alone")
        assert service.metrics.value("wirewatch_websub_pushes_total", outcome="unsigned") == 1
    calls = [decode(HubCall, call.value or b"") for call in bus.reader(HUB_CALLS, from_start=True).poll(0)]
    assert [call.kind for call in calls] == ["verified", "pushed"]


@pytest.mark.parametrize("how", ["removed", "paused", "offered no more"])
def test_what_is_no_longer_wanted_is_ended_at_the_hub(
    bus: SqliteBus, site: Site, hub: Hub, settings: IngestSettings, how: str
) -> None:
    url = offering(site, hub, full(1))
    (id,) = subscribe(bus, url)
    with running(bus, settings) as service:
        live(service, id)
        (feed,) = subscriptions(bus.table(FEEDS))
        if how == "removed":
            bus.publish([removed(id)])
        elif how == "paused":
            bus.publish([added(replace(feed, paused=True), now=datetime.now(UTC))])
        else:
            site.at("/feed", Answer(body=rss(full(2)), content_type=XML))
            hub.push()
        service.until(lambda: bool(hub.asked("unsubscribe")), "the end is asked for")
        service.until(lambda: standing(bus, id) is None, "the hub is forgotten")
        (form,) = hub.asked("unsubscribe")
        assert form["hub.callback"] == hub.asked("subscribe")[0]["hub.callback"]
        # A feed that is watched on, and offers no hub, is not to be unsubscribed by others' doing.
        confirmed = dict(hub.confirmed)["unsubscribe"]
        assert confirmed.status == (404 if how == "offered no more" else 200)


def test_a_subscription_outlives_its_process_and_any_process_answers_for_any_feed(
    bus: SqliteBus, site: Site, hub: Hub, settings: IngestSettings, tmp_path: Path
) -> None:
    check_that_any_process_answers(bus, open_bus(tmp_path), site, hub, settings)


@pytest.mark.slow
def test_the_same_on_kafka(
    kafka: KafkaServer, site: Site, hub: Hub, settings: IngestSettings, tmp_path: Path
) -> None:
    empty_channels(kafka.bootstrap)

    def make() -> KafkaBus:
        return KafkaBus(bus_settings(kafka.bootstrap), data_dir=tmp_path, clock=SystemClock())

    with closing(make()) as bus:
        check_that_any_process_answers(bus, make(), site, hub, settings)


def check_that_any_process_answers(
    bus: Bus, other: Bus, site: Site, hub: Hub, settings: IngestSettings
) -> None:
    feeds = {path: full(number) for number, path in enumerate(one_in_each_partition(site))}
    ids = subscribe(bus, *(offering(site, hub, entry, path=path) for path, entry in feeds.items()))
    with running(bus, settings) as service:
        for id in ids:
            live(service, id)
    forms = hub.asked("subscribe")

    def push_all(service: Running, number: int) -> None:
        for place, (path, entry) in enumerate(feeds.items()):
            offering(site, hub, entry, full(number + place), path=path)
        for form in forms:
            service.until(partial(is_taken, hub, form), "a process answers")

    with ExitStack() as first, running(bus, settings) as one:
        first.callback(other.close)
        two = first.enter_context(running(other, settings))

        def watched() -> list[float]:
            return [each.metrics.value("wirewatch_ingest_feeds", state="watched") for each in (one, two)]

        one.until(lambda: watched() == [4, 4], "both share the feeds")
        push_all(one, 10)
        one.articles(16)
        first.close()
        one.until(lambda: watched()[0] == 8, "the other takes over")
        push_all(one, 20)
        assert len({article.id for article in one.articles(24)}) == 24
    assert hub.asked("subscribe") == forms


def one_in_each_partition(site: Site) -> list[str]:
    """Paths of feeds that two processes share evenly."""
    paths: dict[int, str] = {}
    for number in range(1000):
        partition = partition_of(feed_id(f"{site.url}/{number}"), 8)
        paths.setdefault(partition, f"/{number}")
    assert len(paths) == 8
    return list(paths.values())


def is_taken(hub: Hub, form: dict[str, str]) -> bool:
    """Whether somebody listens, and takes a push."""
    try:
        return hub.push(form=form).status == 202
    except ConnectionError:
        return False


@pytest.mark.parametrize("problem", ["status", "private", "refused"])
def test_a_feed_whose_hub_fails_goes_on_being_polled(
    bus: SqliteBus, site: Site, hub: Hub, problem: str, logs: list[MutableMapping[str, Any]]
) -> None:
    settings = pushed(max_interval=0.1)
    hub.status = 500 if problem == "status" else 202
    if problem == "private":
        hub.url = hub.url.replace(HOST, "localhost")
    hub.confirms = False
    (id,) = subscribe(bus, offering(site, hub, full(1)))
    with running(bus, settings) as service:
        if problem == "refused":
            service.until(lambda: bool(hub.requests), "the hub is asked")
            form = hub.requests[0]
            assert ask(form["hub.callback"], {"mode": "denied", "topic": form["hub.topic"]}).status == 200

        def told() -> bool:
            found = standing(bus, id)
            return found is not None and found.status == ("refused" if problem == "refused" else "failed")

        service.until(told, "the hub's trouble is told")
        offering(site, hub, full(1), full(2))
        service.articles(2)
    found = standing(bus, id)
    assert found is not None
    assert {"status": "answers with status 500", "private": "private", "refused": "refused"}[
        problem
    ] in found.problem
    events = {line["event"] for line in logs if line["log_level"] == "warning"}
    assert events == {"hub.refused" if problem == "refused" else "hub.failed"}
    assert service.metrics.value("wirewatch_websub_subscriptions", state=found.status) == 1


def test_without_an_address_for_hubs_nothing_is_asked(bus: SqliteBus, site: Site, hub: Hub) -> None:
    (id,) = subscribe(bus, offering(site, hub, full(1)))
    with running(bus) as service:
        state = service.state(id, lambda state: state.polled is not None)
        service.polls(2, "unchanged")
    assert (state.hub, state.topic_url) == (hub.url, f"{site.url}/self")
    assert hub.requests == []
