"""The consumer that docs/consuming.md shows, run as it stands there, on a real Kafka."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from kafka import KafkaProducer

from article.codec import encode
from article.records import EnrichedArticle
from bus.channels import ENRICHED
from bus.envelope import event
from bus.kafka import KafkaBus
from bus.protocol import Record
from runtime.clock import SystemClock
from stack.kafka import KafkaServer
from tests.bus.kafka_channels import bus_settings, empty_channels
from tests.index.articles import article, topic

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "consuming.md"
LIMIT = 60.0  # seconds that the consumer has
CONFLICT = topic("16000000", "conflict, war and peace")
ECONOMY = topic("04000000", "economy, business and finance")


def shown() -> str:
    return programs()[0]


def programs() -> list[str]:
    """The consumer, and the check of a webhook's receiver."""
    found = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert len(found) == 2
    return [str(each) for each in found]


def test_the_consumer_is_short_and_reads_only_what_is_committed() -> None:
    lines = shown().splitlines()
    assert len(lines) <= 15
    assert 'isolation_level="read_committed"' in shown()
    assert "group_id=" in shown()
    assert "deserializer" not in shown()


@pytest.fixture
def bus(kafka: KafkaServer, tmp_path: Path) -> Iterator[KafkaBus]:
    empty_channels(kafka.bootstrap)
    opened = KafkaBus(bus_settings(kafka.bootstrap), data_dir=tmp_path, clock=SystemClock())
    yield opened
    opened.close()


def test_the_consumer_prints_what_it_chose_and_goes_on_where_it_was(
    bus: KafkaBus, kafka: KafkaServer, tmp_path: Path
) -> None:
    program = tmp_path / "consumer.py"
    program.write_text(shown().replace("localhost:9092", kafka.bootstrap), "utf-8")
    first = article("front", "A front moves", topics=[ECONOMY, CONFLICT])
    second = replace(first, revision=2, title="A front has moved")
    rates = article("rates", "Rates stay", topics=[ECONOMY])
    last = article("truce", "A truce", topics=[CONFLICT])
    given_up = article("rumour", "A rumour", topics=[CONFLICT])

    bus.publish([record(first), record(rates)])
    abort(kafka, record(given_up))
    bus.publish([record(second)])
    assert printed(program, until=line(second)) == [line(first), line(second)]
    bus.publish([record(last)])
    assert line(last) in printed(program, until=line(last))


def record(made: EnrichedArticle) -> Record:
    return event(
        ENRICHED,
        made.id,
        encode(made),
        kind="article.enriched",
        event_id=f"{made.id}-{made.revision}",
        source="enrich",
        now=made.enrichment.finished,
        extensions={"topics": ",".join(topic.code for topic in made.topics)},
    )


def line(made: EnrichedArticle) -> str:
    return f"{made.id} {made.revision} {made.title}"


def abort(kafka: KafkaServer, written: Record) -> None:
    """Leaves the record in the topic, as an interrupted batch does."""
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id="given-up", acks="all")
    producer.init_transactions()
    producer.begin_transaction()
    sent = producer.send(
        written.channel.name, written.value, key=written.key.encode(), headers=list(written.headers)
    )
    producer.flush()
    assert sent.get(timeout=LIMIT).offset >= 0
    producer.abort_transaction()
    producer.close()


def printed(program: Path, *, until: str) -> Sequence[str]:
    """What the program prints, to the line `until`; then Ctrl-C ends it. It has LIMIT seconds."""
    process = subprocess.Popen(
        [sys.executable, program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    watchdog = threading.Timer(LIMIT, process.kill)
    watchdog.start()
    found = []
    try:
        assert process.stdout is not None
        for text in process.stdout:
            found.append(text.rstrip("\n"))
            if found[-1] == until:
                break
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()
        watchdog.cancel()
    return found
