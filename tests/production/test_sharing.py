"""Workers of a stage share the work, and may come and go."""

from __future__ import annotations

import pytest

from stack.elastic import ElasticServer
from stack.kafka import KafkaServer
from tests.production.audit import Stream, check_index
from tests.production.feeds import Feeds
from tests.production.services import Services

pytestmark = pytest.mark.slow


def test_workers_share_the_work_and_may_come_and_go(
    broker: KafkaServer, index_server: ElasticServer, services: Services
) -> None:
    with Feeds(count=8, entries=100, seed=2) as first, Feeds(count=8, entries=100, seed=3) as second:
        assert services.command("setup").returncode == 0
        for name in STAGES:
            services.start(name)
        services.wait_until(lambda: all(owned(services, name) == 4 for name in STAGES))
        assert services.command("feeds", "import", "-", stdin=first.opml()).returncode == 0
        services.wait_until(lambda: len(Stream(broker.bootstrap).last) == 800)
        services.wait_until(lambda: total(services, "index") == 800)
        for stage in ("enrich", "index"):
            shares = [services.committed(f"{stage}-{number}") for number in (1, 2)]
            assert sum(shares) == 800
            assert min(shares) > 800 / 3, (stage, shares)

        assert services.command("feeds", "import", "-", stdin=second.opml()).returncode == 0
        services.wait_until(lambda: total(services, "enrich") > 900)
        services.start("enrich-3")
        services.start("index-3")
        services.wait_until(lambda: total(services, "enrich") > 1100)
        services.terminate("enrich-1")
        services.terminate("index-1")
        services.terminate("ingest-1")
        expected = first.expected() | second.expected()
        services.wait_until(lambda: len(Stream(broker.bootstrap).last) == len(expected) == 1600)
        services.wait_until(lambda: total(services, "index") == 1600)
        assert services.committed("enrich-3") > 0
        services.stop()
    stream = Stream(broker.bootstrap)
    stream.check(expected)
    check_index(index_server.url, stream)


STAGES = ("ingest-1", "ingest-2", "enrich-1", "enrich-2", "index-1", "index-2")


def total(services: Services, stage: str) -> int:
    return sum(
        services.committed(f"{stage}-{number}") for number in (1, 2, 3) if services.has(f"{stage}-{number}")
    )


def owned(services: Services, name: str) -> int:
    """Partitions that the process has, by its own log."""
    have: set[int] = set()
    for line in services.events(name):
        partitions = line.get("partitions")
        if isinstance(partitions, list):
            if line["event"] == "partitions.gained":
                have |= set(partitions)
            elif line["event"] == "partitions.lost":
                have -= set(partitions)
    return len(have)
