"""Services that are killed at any moment, and servers that restart under them, lose and repeat nothing."""

from __future__ import annotations

import random
import threading

import pytest

from stack.elastic import ElasticServer
from stack.kafka import KafkaServer
from tests.production.audit import Stream, check_index, records
from tests.production.feeds import Feeds
from tests.production.services import Services

pytestmark = pytest.mark.slow

ROUNDS = 20
STAGES = ("ingest-1", "enrich-1", "enrich-2", "index-1", "index-2")


def test_each_revision_once_and_the_index_equal_to_the_stream(
    broker: KafkaServer, index_server: ElasticServer, services: Services
) -> None:
    chance = random.Random(20261125)  # noqa: S311 - any moments will do
    pause = threading.Event()
    with Feeds(count=21, entries=100, seed=1) as feeds:
        assert services.command("setup").returncode == 0
        assert services.command("feeds", "import", "-", stdin=feeds.opml()).returncode == 0
        for name in STAGES:
            services.start(name)
        for number in range(ROUNDS):
            victims = ["ingest-1", f"enrich-{number % 2 + 1}", f"index-{number % 2 + 1}"]
            chance.shuffle(victims)
            for name in victims:
                pause.wait(chance.uniform(0.3, 2.5))
                services.kill(name)
                services.start(name)
            if number == ROUNDS // 3:
                broker.kill()
                broker.start()
            if number == ROUNDS // 2:
                index_server.kill()
                index_server.start()
            if number == 2 * ROUNDS // 3:
                services.wait_until(lambda: len(Stream(broker.bootstrap).last) == 2100)
                feeds.correct()
        expected = feeds.expected()
        services.wait_until(lambda: is_done(broker, index_server, expected))
        services.stop()
    stream = Stream(broker.bootstrap)
    stream.check(expected)
    assert len(stream.last) == 2100
    assert sum(len(found) == 2 for found in stream.revisions.values()) >= 200
    check_index(index_server.url, stream)
    assert records(broker.bootstrap, "wirewatch.dead") == []


def is_done(broker: KafkaServer, index_server: ElasticServer, expected: dict[str, str]) -> bool:
    stream = Stream(broker.bootstrap)
    if {id: article["title"] for id, article in stream.last.items()} != expected:
        return False
    try:
        check_index(index_server.url, stream)
    except AssertionError:
        return False
    return True
