from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from article.errors import Busy
from runtime.clock import SystemClock
from runtime.health import Heartbeat
from runtime.metrics import CONTENT_TYPE, Metrics
from runtime.monitor import Monitor
from runtime.shutdown import Stop

PATIENCE = 60


@dataclass(frozen=True, kw_only=True)
class Running:
    monitor: Monitor
    metrics: Metrics
    life: Heartbeat

    def ask(self, path: str, method: str = "GET") -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.monitor.port, timeout=PATIENCE)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Content-Type", ""), answer.read()
        finally:
            connection.close()


@pytest.fixture
def running() -> Iterator[Running]:
    metrics = Metrics()
    life = Heartbeat(None, stop=Stop(), metrics=metrics, stages=("enrich",), stuck_seconds=600)
    monitor = Monitor("127.0.0.1:0", metrics=metrics, life=life, clock=SystemClock())
    yield Running(monitor=monitor, metrics=metrics, life=life)
    monitor.close()


def test_metrics_are_answered_in_prometheus_own_format(running: Running) -> None:
    running.metrics.polls.labels("new").inc(3)
    status, kind, body = running.ask("/metrics?of=anything")
    assert (status, kind) == (200, CONTENT_TYPE)
    assert b'\nwirewatch_ingest_polls_total{outcome="new"} 3.0\n' in body
    assert b"\nprocess_start_time_seconds " in body


def test_probes_say_how_the_stages_stand(running: Running) -> None:
    status, kind, body = running.ask("/health/ready")
    assert (status, kind) == (503, "application/json")
    assert json.loads(body) == {"status": "unavailable", "stages": {"enrich": "starting or waiting"}}
    running.metrics.going("enrich")
    assert running.ask("/health/ready")[0] == running.ask("/health/live")[0] == 200
    running.life.begin(("enrich",), -1e9)
    status, _, body = running.ask("/health/live")
    assert (status, json.loads(body)["stages"]) == (503, {"enrich": "stuck"})


def test_nothing_else_is_answered(running: Running) -> None:
    assert running.ask("/")[0] == running.ask("/metrics/../etc/passwd")[0] == 404
    assert running.ask("/metrics", "POST")[0] == 501
    status, _, body = running.ask("/metrics", "HEAD")
    assert (status, body) == (200, b"")


def test_clients_that_say_nothing_keep_nobody_from_the_answer_for_long(running: Running) -> None:
    silent = [
        socket.create_connection(("127.0.0.1", running.monitor.port), timeout=PATIENCE) for _ in range(8)
    ]
    try:
        assert running.ask("/metrics")[0] == 200
    finally:
        for each in silent:
            each.close()


def test_more_clients_than_there_are_places_are_turned_away(running: Running) -> None:
    address = ("127.0.0.1", running.monitor.port)
    silent = [socket.create_connection(address, timeout=PATIENCE) for _ in range(40)]
    # Those without a place see the end at once, the others when their time is over.
    assert [each.recv(1) for each in silent] == [b""] * 40
    for each in silent:
        each.close()
    assert running.ask("/metrics")[0] == 200


def test_a_port_that_is_taken_is_named(running: Running) -> None:
    with pytest.raises(Busy, match="WIREWATCH_MONITOR__LISTEN"):
        Monitor(
            f"127.0.0.1:{running.monitor.port}",
            metrics=running.metrics,
            life=running.life,
            clock=SystemClock(),
        )


def test_it_listens_on_the_newer_protocol_too() -> None:
    metrics = Metrics()
    life = Heartbeat(None, stop=Stop(), metrics=metrics, stages=(), stuck_seconds=600)
    try:
        monitor = Monitor("[::1]:0", metrics=metrics, life=life, clock=SystemClock())
    except Busy:
        pytest.skip("this machine has no IPv6")
    with socket.create_connection(("::1", monitor.port), timeout=PATIENCE):
        monitor.close()
