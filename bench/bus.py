"""How much of SQLite's own speed the log keeps.

    python -m bench.bus [--records 20000]

Records of 5 kB in batches of 500: appended by the bus and by bare SQLite in one table with the same pragmas;
then read, answered and committed with the offsets, which is what a stage does.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bus.channels import ENRICHED, RAW
from bus.protocol import Record
from bus.sqlite import SqliteBus
from runtime.clock import SystemClock

BATCH = 500
VALUE = b"x" * 5000


def main() -> None:
    parser = argparse.ArgumentParser(description="The SQLite log beside bare SQLite, records a second.")
    parser.add_argument("--records", type=int, default=20_000)
    total = parser.parse_args().records
    with tempfile.TemporaryDirectory() as folder:
        bare = rate(total, lambda: bare_append(Path(folder) / "bare.db", total))
        bus = SqliteBus(Path(folder) / "log.db", clock=SystemClock())
        ours = rate(total, lambda: publish(bus, total))
        stage = rate(total, lambda: consume(bus))
        bus.close()
    print(f"append, bare SQLite      {bare:9,.0f} records/s")
    print(f"append, the log          {ours:9,.0f} records/s   {ours / bare:.2f} of bare")
    print(f"read, answer, commit     {stage:9,.0f} records/s   {stage / bare:.2f} of bare appending")


def rate(count: int, run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return count / (time.perf_counter() - start)


def bare_append(path: Path, total: int) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE log (seq INTEGER PRIMARY KEY, key TEXT, value BLOB)")
    for start in range(0, total, BATCH):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO log (key, value) VALUES (?, ?)",
            [(f"k{number}", VALUE) for number in range(start, start + BATCH)],
        )
        connection.execute("COMMIT")
    connection.close()


def publish(bus: SqliteBus, total: int) -> None:
    for start in range(0, total, BATCH):
        bus.publish(
            [Record(channel=RAW, key=f"k{number}", value=VALUE) for number in range(start, start + BATCH)]
        )


def consume(bus: SqliteBus) -> None:
    source = bus.source(RAW, group="bench", max_records=BATCH)
    while (batch := source.poll(0)).messages:
        source.commit(
            batch,
            [Record(channel=ENRICHED, key=message.key, value=message.value) for message in batch.messages],
        )
    source.close()


if __name__ == "__main__":
    main()
