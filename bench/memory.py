"""Whether `wirewatch enrich` stays within its memory, and stays flat.

    python -m bench.memory [--articles 10000] [--longest 3000]

A real `wirewatch enrich` on the log of a folder made for it, over news texts of the corpus: 7 to `longest`
words, short ones more often. Its resident memory is read at every hundredth article; the table shows the most
that each tenth of the run had.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from article.codec import encode
from article.identity import content_hash
from article.records import FeedRef, RawArticle
from bench.corpus import corpus_root
from bus.channels import ENRICHED, RAW
from bus.protocol import Record
from bus.sqlite import SqliteBus
from runtime.clock import SystemClock

BATCH = 500
PARTS = 10
LIMIT = 700
SEEN = datetime(2026, 11, 1, tzinfo=UTC)


def main() -> int:
    parser = argparse.ArgumentParser(description="Resident memory of `wirewatch enrich` over many articles.")
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--longest", type=int, default=3_000, help="words of the longest articles")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(SqliteBus(Path(folder) / "log.db", clock=SystemClock())) as bus,
    ):
        publish(bus, options.articles, options.longest)
        start = time.perf_counter()
        seen = list(watch(bus, Path(folder), options.articles))
        seconds = time.perf_counter() - start
    for part in range(PARTS):
        within = [
            size
            for done, size in seen
            if part * options.articles <= done * PARTS < (part + 1) * options.articles
        ]
        if within:
            print(f"articles {part * options.articles // PARTS:6,} on   {max(within):4.0f} MB")
    most = max(size for _, size in seen)
    print(
        f"{options.articles:,} articles in {seconds:,.0f} s; at most {most:.0f} MB resident ({LIMIT} allowed)"
    )
    return int(most > LIMIT)


def publish(bus: SqliteBus, count: int, longest: int) -> None:
    """Articles of many lengths, each of its own words: texts of the corpus one after the other, cut."""
    path = corpus_root() / "data" / "topics" / "news_topics.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        texts = [str(each["t"]) for each in json.load(file)]
    draw = random.Random(7)  # noqa: S311 - which texts, no secret
    for first in range(0, count, BATCH):
        bus.publish(
            [_raw(number, draw, texts, longest) for number in range(first, min(count, first + BATCH))]
        )


def _raw(number: int, draw: random.Random, texts: list[str], longest: int) -> Record:
    wanted = int(7 * (longest / 7) ** (draw.random() ** 2))
    words: list[str] = []
    while len(words) < wanted:
        words += draw.choice(texts).split()
    title, text = " ".join(words[:9]), " ".join(words[:wanted])
    article = RawArticle(
        id=f"article-{number}",
        content_hash=content_hash(title=title, text=text, published=None),
        feed=FeedRef(id="bench", url="https://bench.example/feed"),
        seen=SEEN,
        title=title,
        text=text,
        text_source="feed",
    )
    return Record(channel=RAW, key=article.id, value=encode(article))


def watch(bus: SqliteBus, folder: Path, count: int) -> Iterator[tuple[int, float]]:
    """Articles done and megabytes resident, until all are done. Ends the program when it fails."""
    environment = os.environ | {"WIREWATCH_DATA_DIR": str(folder), "WIREWATCH_LOG_LEVEL": "warning"}
    command = [str(Path(sys.executable).with_name("wirewatch")), "enrich"]
    with subprocess.Popen(command, env=environment) as process:
        done, told = 0, -1
        while done < count:
            if process.poll() is not None:
                sys.exit(f"wirewatch enrich ended with {process.returncode}")
            time.sleep(0.5)
            done = bus.count(ENRICHED)
            if done // 100 > told:
                told = done // 100
                yield done, _resident(process.pid)
        process.terminate()


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    return 0.0


if __name__ == "__main__":
    sys.exit(main())
