"""The callback's server over a real port, with a hub that says all sorts of things to it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from article.errors import Unavailable
from article.hubs import HubCall
from article.identity import feed_id
from ingest.websub.callback import Callback
from ingest.websub.offer import Callbacks
from runtime.clock import SystemClock
from runtime.metrics import Metrics
from runtime.settings import IngestSettings
from tests.ingest.hub import Said, ask, send, signature

TOPIC = "https://one.test/feed?a=1&b=2"
FEED = feed_id("https://one.test/feed")
CALLBACKS = Callbacks(base="http://us.test/hub", key=b"k" * 32)
TOKEN = CALLBACKS.url(FEED, TOPIC).rpartition("/")[2]


@dataclass(kw_only=True)
class Desk:
    """Stands in for the bus: which feeds are watched, and what was told."""

    url: str = ""
    watched: bool = True
    away: bool = False
    told: list[HubCall] = field(default_factory=list)
    metrics: Metrics = field(default_factory=Metrics)

    async def is_watched(self, feed: str) -> bool:
        if self.away:
            raise Unavailable("bus", "is away")
        assert feed == FEED
        return self.watched

    async def tell(self, call: HubCall) -> None:
        self.told.append(call)

    def ask(self, mode: str = "subscribe", topic: str = TOPIC, **query: str) -> Said:
        return ask(self.url, {"mode": mode, "topic": topic, **query})

    def push(self, body: bytes, headers: dict[str, str] | None = None) -> Said:
        return send(self.url, body, headers)

    def pushes(self, outcome: str) -> float:
        return self.metrics.value("wirewatch_websub_pushes_total", outcome=outcome)


@contextmanager
def serving(settings: IngestSettings) -> Iterator[Desk]:
    desk, up, down = Desk(), threading.Event(), threading.Event()
    callback = Callback(
        callbacks=CALLBACKS,
        is_watched=desk.is_watched,
        tell=desk.tell,
        settings=settings,
        clock=SystemClock(),
        metrics=desk.metrics,
    )

    async def serve() -> None:
        runner = callback.runner()
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        desk.url = f"http://127.0.0.1:{runner.addresses[0][1]}/behind/{TOKEN}"
        up.set()
        await asyncio.to_thread(down.wait)
        await runner.cleanup()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert up.wait(20)
    try:
        yield desk
    finally:
        down.set()
        thread.join()


@pytest.fixture
def desk() -> Iterator[Desk]:
    with serving(IngestSettings(max_body=10_000)) as one:
        yield one


def test_what_we_asked_for_is_confirmed(desk: Desk) -> None:
    said = desk.ask(challenge="a <b>&amp;</b> é", lease_seconds="3600")
    assert (said.status, said.body.decode()) == (200, "a <b>&amp;</b> é")
    assert said.headers["Content-Type"].startswith("text/plain")
    (told,) = desk.told
    assert (told.id, told.kind, told.lease_seconds) == (FEED, "verified", 3600)


@pytest.mark.parametrize(
    "query",
    [
        {"topic": "https://one.test/feed?a=1&b=3", "challenge": "x"},
        {"topic": "", "challenge": "x"},
        {"mode": "publish", "challenge": "x"},
        {"mode": "unsubscribe", "challenge": "x"},
        {"mode": "denied", "topic": "https://two.test/"},
        {},
    ],
)
def test_what_we_did_not_ask_for_is_not_confirmed(desk: Desk, query: dict[str, str]) -> None:
    assert desk.ask(**query).status == 404
    assert desk.told == []


def test_the_end_of_a_feed_that_is_not_watched_is_confirmed_and_its_beginning_is_not(desk: Desk) -> None:
    desk.watched = False
    assert desk.ask("unsubscribe", challenge="x").body == b"x"
    assert desk.ask("subscribe", challenge="x").status == 404
    assert desk.told == []


def test_an_odd_lease_is_none(desk: Desk) -> None:
    for lease in ("-1", "1e3", "9" * 30, "²"):
        assert desk.ask(challenge="x", lease_seconds=lease).status == 200
    assert [told.lease_seconds for told in desk.told] == [None] * 4


def test_a_refusal_is_passed_on(desk: Desk) -> None:
    assert desk.ask("denied", reason="because " * 100).status == 200
    (told,) = desk.told
    assert (told.kind, len(told.reason)) == ("denied", 300)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signed_push_is_passed_on(desk: Desk, method: str) -> None:
    address = CALLBACKS.address(TOKEN)
    assert address is not None
    body = b"<feed/>" * 1000
    assert desk.push(body, signature(body, CALLBACKS.secret(address), method)).status == 202
    assert [(told.id, told.kind) for told in desk.told] == [(FEED, "pushed")]
    assert desk.pushes("accepted") == 1


def test_a_push_that_is_not_the_hubs_is_taken_and_ignored(desk: Desk) -> None:
    assert desk.push(b"x").status == 202
    assert desk.push(b"x", {"X-Hub-Signature": "md5=abc"}).status == 202
    assert desk.push(b"x", signature(b"x", "guessed")).status == 202
    assert desk.told == []
    assert (desk.pushes("unsigned"), desk.pushes("forged")) == (2, 1)


def test_other_addresses_are_not_there(desk: Desk) -> None:
    desk.url = desk.url[:-1] + ("a" if desk.url[-1] != "a" else "b")
    assert desk.push(b"x").status == 404
    assert desk.ask(challenge="x").status == 404
    assert ask(desk.url.partition("/behind")[0] + "/", {}).status == 404
    assert desk.pushes("unknown") == 1


def signed(body: bytes) -> dict[str, str]:
    address = CALLBACKS.address(TOKEN)
    assert address is not None
    return signature(body, CALLBACKS.secret(address))


def test_pushes_for_a_feed_that_is_not_watched_are_to_end(desk: Desk) -> None:
    desk.watched = False
    assert desk.push(b"x", signed(b"x")).status == 410
    assert desk.pushes("unwanted") == 1


def test_a_body_beyond_the_limit_is_refused(desk: Desk) -> None:
    body = b"x" * 10_001
    assert desk.push(body, signed(body)).status == 413
    assert desk.pushes("too_large") == 1


def test_a_packed_body_is_signed_as_it_comes(desk: Desk) -> None:
    body = b"\x1f\x8b not really"
    assert desk.push(body, signed(body) | {"Content-Encoding": "gzip"}).status == 202
    assert desk.pushes("accepted") == 1


def test_a_flood_is_slowed_down(desk: Desk) -> None:
    statuses = [desk.push(b"x", signed(b"x")).status for _ in range(130)]
    assert set(statuses) == {202, 503}
    assert desk.pushes("too_many") >= 1
    assert len(desk.told) == statuses.count(202) <= 120  # two minutes at most


def test_a_hub_is_asked_to_come_again_while_the_bus_is_away(desk: Desk) -> None:
    desk.away = True
    assert desk.ask(challenge="x").status == 503
    said = desk.push(b"x", signed(b"x"))
    assert (said.status, said.headers["Retry-After"]) == (503, "60")
    assert desk.pushes("failed") == 1


def test_a_push_that_never_ends_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    with serving(IngestSettings(total_timeout=0.2)) as desk:
        host, _, path = desk.url.removeprefix("http://").partition("/")
        name, port = host.split(":")
        head = f"POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\nhalf"
        with socket.create_connection((name, int(port)), timeout=20) as slow:
            slow.sendall(head.encode())
            assert slow.recv(100).startswith(b"HTTP/1.1 408")
        with socket.create_connection((name, int(port)), timeout=20) as gone:
            gone.sendall(head.encode())
        assert desk.push(b"x", signed(b"x")).status == 202
    assert [told.kind for told in desk.told] == ["pushed"]
    assert not caplog.records
