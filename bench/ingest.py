"""Ten thousand feeds in one process: `python -m bench.ingest [--seconds 20] [--full]`.

One `wirewatch ingest` on the SQLite log polls feeds on loopback (bench/feed_site.py) that it has read
before. First as fast as it can: feeds that have not changed, beside bare aiohttp asking for the same; then
feeds of which one in five has changed, beside feedparser alone reading the same documents. Then on a
schedule, with answers that take 50 to 500 ms: a cycle of 3 minutes, five times as fast as 15, for one of
them; `--full` is a whole cycle of 15 minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import feedparser

from article.tables import FeedMemory, FeedState, Subscription
from bench.feed_site import HOSTS, changes, documents, serving, version
from bus.channels import FEED_STATE, RAW
from bus.protocol import Record
from bus.sqlite import SqliteBus
from ingest.decide import decide
from ingest.entry import Fetched
from ingest.formats.feed import parse_feed
from ingest.lists.subscriptions import added, subscription
from ingest.output import memory_record, state_record
from runtime.clock import SystemClock
from runtime.settings import IngestSettings

FEEDS = 10_000
CONCURRENCY = 64
_CHUNK = 1_000
_BEGINS = 30.0  # seconds until the first poll on schedule: enough to write 10,000 feeds and to start
_LATEST = 2.0  # seconds that the last poll on schedule is waited for
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description="Ten thousand feeds in one process, beside the bare limits.")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each measured window")
    parser.add_argument("--full", action="store_true", help="a whole cycle of 15 minutes on schedule")
    options = parser.parse_args()
    seen = states()
    with serving() as port:
        most = [unchanged(port, seen, options.seconds), mixed(port, seen, options.seconds)]
        cycle = 900.0 if options.full else 180.0
        most.append(on_time(port, seen, cycle=cycle, seconds=cycle if options.full else 60.0))
    print(f"memory of all processes, proportional set size: at most {max(most):.0f} MB")


def unchanged(port: int, seen: Sequence[Seen], seconds: float) -> float:
    before = bare(port)
    with ingesting("quiet", port, seen, min_interval=1, max_interval=1) as running:
        window = running.measure(seconds, warm=FEEDS)
    each = statistics.mean((before, bare(port)))
    ours = window.cpu / window.polls
    print(f"unchanged: {window.polls / window.seconds:,.0f} polls/s, {ours * 1e3:.3f} ms of CPU each")
    print(f"  bare aiohttp: {each * 1e3:.3f} ms of CPU; ours is {ours / each:.2f} times that")
    return window.memory


def mixed(port: int, seen: Sequence[Seen], seconds: float) -> float:
    before = feedparser_alone()
    with ingesting("mixed", port, seen, min_interval=1, max_interval=1) as running:
        window = running.measure(seconds, warm=_CHUNK)
    alone = statistics.mean((before, feedparser_alone()))
    read = window.articles / window.seconds  # each changed feed shows one new entry
    print(
        f"one in five changed: {window.polls / window.seconds:,.0f} polls/s,"
        f" {window.cpu / window.polls * 1e3:.2f} CPU seconds for 1,000 polls"
    )
    print(
        f"  {read:.1f} changed feeds/s; feedparser alone {alone:.1f}/s; ours is {read / alone:.2f} times that"
    )
    return window.memory


def on_time(port: int, seen: Sequence[Seen], *, cycle: float, seconds: float) -> float:
    with ingesting("slow", port, seen, min_interval=cycle, max_interval=cycle, spread=cycle) as running:
        window = running.measure(running.starts_in + seconds + _LATEST)
    until = running.first + seconds
    with urllib.request.urlopen(f"http://{HOSTS[0]}:{port}/asked") as answer:
        asked = json.loads(answer.read())
    due = {number: at for number in range(FEEDS) if (at := running.due(number)) < until}
    late = sorted(asked.get(f"/slow/{number}", float("inf")) - at for number, at in due.items())
    share = sum(each < 1.0 for each in late) / len(late)
    print(
        f"answers after 50 to 500 ms, cycle of {cycle:.0f} s: {share:.2%} of {len(late):,} due polls"
        f" within 1 s, late {statistics.median(late):.3f} s at the median,"
        f" {late[len(late) * 99 // 100]:.3f} s at p99; {window.cpu / window.seconds:.0%} of a core"
    )
    return window.memory


def bare(port: int, requests: int = FEEDS) -> float:
    """CPU seconds of a conditional request that ends in 304, of aiohttp alone."""
    numbers = iter(range(requests))

    async def ask(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            async with session.get(url("quiet", number, port), headers={"If-None-Match": '"0"'}) as response:
                await response.read()
                assert response.status == 304

    async def ask_all() -> float:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            start = time.process_time()
            await asyncio.gather(*(ask(session) for _ in range(CONCURRENCY)))
            return time.process_time() - start

    return asyncio.run(ask_all()) / requests


def feedparser_alone() -> float:
    """Documents a second that feedparser reads in one process, of those that have changed."""
    bodies = [version(document, "0-1") for document in documents()]
    size, start = sum(map(len, bodies)) / len(bodies), time.perf_counter()
    entries = sum(len(feedparser.parse(io.BytesIO(body)).entries) for body in bodies)
    spent = time.perf_counter() - start
    print(f"feeds of {size / 1e3:.0f} kB and {entries / len(bodies):.0f} entries on average")
    return len(bodies) / spent


@dataclass(frozen=True, kw_only=True)
class Seen:
    """How a feed stands whose document was read once."""

    state: FeedState
    memory: FeedMemory


def states() -> list[Seen]:
    """One for each document; `number` of a feed chooses among them."""
    made, now = [], datetime.now(UTC)
    for document in documents():
        feed = subscription("http://127.0.0.1/", now=now)
        parsed = parse_feed(
            version(document, "0-0"), url=feed.url, content_type=None, now=now, max_entries=5000
        )
        fetched = Fetched(url=feed.url, status=200, etag='"0"', body_hash="0", parsed=parsed)
        decision = decide(
            subscription=feed, state=None, memory=None, fetched=fetched, now=now, settings=IngestSettings()
        )
        assert decision.memory
        made.append(Seen(state=decision.state, memory=decision.memory))
    return made


def url(kind: str, number: int, port: int) -> str:
    return f"http://{HOSTS[number % len(HOSTS)]}:{port}/{kind}/{number}"


@dataclass(frozen=True, kw_only=True)
class Window:
    seconds: float
    polls: int
    articles: int
    cpu: float
    memory: float
    """The most that was seen, in MB."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """`wirewatch ingest` under way. `first` is when the first feed is due, the others within `spread`."""

    bus: SqliteBus
    process: subprocess.Popen[bytes]
    first: float
    spread: float

    @property
    def starts_in(self) -> float:
        left = self.first - time.time()
        assert left > 0, "the machine is too busy to begin on time"
        return left

    def due(self, number: int) -> float:
        return self.first + self.spread * number / FEEDS

    def measure(self, seconds: float, *, warm: int = 0) -> Window:
        """What is done in so many seconds, after `warm` polls."""
        while self.bus.count(FEED_STATE) < FEEDS + warm:
            time.sleep(0.1)
        start, before, most = time.perf_counter(), self._done(), 0.0
        while time.perf_counter() - start < seconds:
            time.sleep(1.0)
            most = max(most, sum(map(memory_of, tree(self.process.pid))))
        (polls, articles, cpu), took = self._done(), time.perf_counter() - start
        assert self.process.poll() is None, "it ended by itself"
        return Window(
            seconds=took,
            polls=polls - before[0],
            articles=articles - before[1],
            cpu=cpu - before[2],
            memory=most,
        )

    def _done(self) -> tuple[int, int, float]:
        cpu = sum(map(cpu_of, tree(self.process.pid)))
        return self.bus.count(FEED_STATE), self.bus.count(RAW), cpu


@contextmanager
def ingesting(
    kind: str, port: int, seen: Sequence[Seen], *, min_interval: float, max_interval: float, spread: float = 0
) -> Iterator[Running]:
    with tempfile.TemporaryDirectory() as folder:
        first = time.time() + (_BEGINS if spread else 0)
        with closing(SqliteBus(Path(folder) / "log.db", clock=SystemClock())) as bus:
            running = Running(bus=bus, process=None, first=first, spread=spread)  # type: ignore[arg-type]
            seed(bus, kind, port, seen, running)
            environment = os.environ | {
                "WIREWATCH_DATA_DIR": folder,
                "WIREWATCH_LOG_LEVEL": "warning",
                "WIREWATCH_INGEST__ALLOW_HOSTS": json.dumps(HOSTS),
                "WIREWATCH_INGEST__FETCH_PAGES": "never",
                "WIREWATCH_INGEST__CONCURRENCY": str(CONCURRENCY),
                "WIREWATCH_INGEST__MIN_INTERVAL": str(min_interval),
                "WIREWATCH_INGEST__MAX_INTERVAL": str(max_interval),
                "WIREWATCH_INGEST__MAX_BACKLOG": "1000000",
            }
            program = Path(sys.executable).with_name("wirewatch")
            process = subprocess.Popen([program, "ingest"], env=environment)
            try:
                yield replace(running, process=process)
            finally:
                process.terminate()
                process.wait()


def seed(bus: SqliteBus, kind: str, port: int, seen: Sequence[Seen], running: Running) -> None:
    """Every feed as one that was read before and is due when `running` says."""
    now = datetime.now(UTC)
    for start in range(0, FEEDS, _CHUNK):
        records: list[Record] = []
        for number in range(start, start + _CHUNK):
            feed: Subscription = subscription(url(kind, number, port), now=now)
            known = seen[number % len(seen)]
            due = datetime.fromtimestamp(running.due(number), UTC)
            state = known.state.but(id=feed.id, next_poll=due)
            records += [added(feed, now=now), state_record(state, now=now)]
            if changes(kind, number):
                records.append(memory_record(replace(known.memory, id=feed.id), now=now))
        bus.publish(records)


def tree(pid: int) -> list[int]:
    """The process and all that it has started."""
    found = [pid]
    for each in found:
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            found += map(int, children.read_text().split())
    return found


def cpu_of(pid: int) -> float:
    """Seconds, those of its ended children included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def memory_of(pid: int) -> float:
    """Proportional set size in MB: pages that processes share count once."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1e3
    return 0.0


if __name__ == "__main__":
    main()
