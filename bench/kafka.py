"""How much of kafka-python's own speed the Kafka bus keeps: `python -m bench.kafka [--records N]`.

Consume, produce and commit in transactions, the same records through the bus and through the shortest loop
that kafka-python allows, turn and turn about on one broker. The broker is started for it.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer
from kafka.structs import OffsetAndMetadata

from bus.channels import ENRICHED, RAW
from bus.kafka import KafkaBus
from bus.protocol import Record
from runtime.clock import SystemClock
from runtime.logging import configure_logging
from runtime.settings import BusSettings, KafkaSettings
from stack.kafka import KafkaServer

BATCH = 500
VALUE = b"x" * 5000
ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description="The Kafka bus beside bare kafka-python, records a second.")
    parser.add_argument("--records", type=int, default=10_000)
    total = parser.parse_args().records
    configure_logging("warning")
    with tempfile.TemporaryDirectory() as folder, KafkaServer(Path(folder) / "kafka") as broker:
        settings = BusSettings(kafka=KafkaSettings(bootstrap_servers=broker.bootstrap))
        with closing(KafkaBus(settings, data_dir=Path(folder), clock=SystemClock())) as bus:
            for start in range(0, total, BATCH):
                bus.publish(some_records(start))
            ratios = []
            for number in range(-1, ROUNDS):  # the first round warms the broker and does not count
                ours = rate(total, partial(through_the_bus, bus, f"ours-{number}", total))
                bare = rate(total, partial(bare_loop, broker.bootstrap, f"bare-{number}", total))
                if number >= 0:
                    ratios.append(ours / bare)
                    print(f"bus {ours:7,.0f} records/s   bare {bare:7,.0f} records/s   {ours / bare:.2f}")
    print(f"median {statistics.median(ratios):.2f} of bare kafka-python")


def some_records(start: int) -> list[Record]:
    return [Record(channel=RAW, key=f"k{number}", value=VALUE) for number in range(start, start + BATCH)]


def rate(count: int, run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return count / (time.perf_counter() - start)


def through_the_bus(bus: KafkaBus, group: str, total: int) -> None:
    with closing(bus.source(RAW, group=group, max_records=BATCH)) as source:
        done = 0
        while done < total:
            batch = source.poll(1.0)
            if batch.messages:
                source.commit(
                    batch, [Record(channel=ENRICHED, key=one.key, value=one.value) for one in batch.messages]
                )
                done += len(batch.messages)


def bare_loop(bootstrap: str, group: str, total: int) -> None:
    """As short as the library's documentation has it, with its own defaults."""
    consumer = KafkaConsumer(
        RAW.name,
        bootstrap_servers=bootstrap,
        group_id=group,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    producer = KafkaProducer(bootstrap_servers=bootstrap, transactional_id=group)
    producer.init_transactions()
    done = 0
    while done < total:
        found = consumer.poll(timeout_ms=1000, max_records=BATCH)
        if not found:
            continue
        producer.begin_transaction()
        for records in found.values():
            for record in records:
                producer.send(ENRICHED.name, key=record.key, value=record.value)
            done += len(records)
        offsets = {
            place: OffsetAndMetadata(records[-1].offset + 1, "", -1) for place, records in found.items()
        }
        producer.send_offsets_to_transaction(offsets, consumer.group_metadata())
        producer.commit_transaction()
    consumer.close()
    producer.close()


if __name__ == "__main__":
    main()
