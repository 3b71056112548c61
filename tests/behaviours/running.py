"""All behaviours at once through one `wirewatch ingest`, watched until each has shown what it is about.

That they share a process is part of it: what a hostile site does must not reach the feeds of the others.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from article.codec import decode
from article.records import RawArticle
from article.tables import FeedState
from bus.channels import FEED_STATE, RAW
from bus.protocol import Bus, Reader
from bus.sqlite import SqliteBus
from ingest.lists.subscriptions import added, subscription
from runtime.clock import SystemClock
from tests.app.program import WIREWATCH, environment, json_lines, wirewatch
from tests.behaviours.declared import Behaviour, Feed, Told
from tests.behaviours.server import Server, Site
from tests.ingest.hub import free_port

_HOST = re.compile(r"127\.0\.\d+\.\d+")
LIMIT = 120.0  # seconds until all must have happened; it takes a small part of that on an idle machine
SETTINGS = {
    "INGEST__MIN_INTERVAL": 0.3,
    "INGEST__MAX_INTERVAL": 1.0,
    "INGEST__DOUBT_AFTER": 2.0,
    "INGEST__CONCURRENCY": 200,
    "INGEST__CONNECT_TIMEOUT": 5,
    "INGEST__TOTAL_TIMEOUT": 5,
    "INGEST__MAX_BODY": 2_000_000,
    "LOG_LEVEL": "debug",
}


@dataclass(frozen=True, kw_only=True)
class Run:
    """What the run left: `told` by the behaviours' names, all lines of the log, and the exit code.

    `env` is for commands that look at it.
    """

    env: Mapping[str, str]
    told: Mapping[str, Told]
    log: Sequence[Mapping[str, object]]
    exit_code: int


@dataclass(kw_only=True)
class Watching:
    """Looks at bus, server and log as the run goes on."""

    bus: Bus
    reader: Reader
    sites: Mapping[str, Site]
    feeds: Mapping[str, tuple[Feed, ...]]
    log_path: Path
    articles: dict[str, list[RawArticle]] = field(default_factory=lambda: defaultdict(list))
    listed: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    log: list[Mapping[str, object]] = field(default_factory=list)
    log_of: dict[str, list[Mapping[str, object]]] = field(default_factory=lambda: defaultdict(list))
    log_read: int = 0

    def look(self) -> dict[str, Told]:
        while messages := self.reader.poll(0):
            for message in messages:
                article = decode(RawArticle, message.value or b"")
                self.articles[article.feed.id].append(article)
        states = {key: decode(FeedState, value) for key, value in self.bus.table(FEED_STATE).items()}
        self._read_log()
        return {
            name: Told(
                site=self.sites[name],
                feeds=tuple(self._feed(feed, states.get(feed.id)) for feed in feeds),
                log=tuple(self.log_of[self.sites[name].host]),
            )
            for name, feeds in self.feeds.items()
        }

    def _feed(self, feed: Feed, state: FeedState | None) -> Feed:
        articles = sorted(self.articles[feed.id], key=lambda article: (article.seen, article.title))
        return replace(feed, articles=tuple(articles), state=state, listed=self.listed.get(feed.id, {}))

    def _read_log(self) -> None:
        """What is new in it, up to the last whole line."""
        with self.log_path.open("rb") as file:
            file.seek(self.log_read)
            new = file.read()
        whole, end, _ = new.rpartition(b"\n")
        self.log_read += len(whole + end)
        for text, line in zip(whole.splitlines(), json_lines(whole), strict=True):
            self.log.append(line)
            for host in set(_HOST.findall(text.decode())):
                self.log_of[host].append(line)


def run(behaviours: Sequence[Behaviour], folder: Path) -> Run:
    sites = {
        each.name: Site(host=f"127.0.{1 + number // 250}.{1 + number % 250}", routes=each.routes)
        for number, each in enumerate(behaviours)
    }
    port = free_port()
    env = environment(
        folder / "data",
        INGEST__ALLOW_HOSTS=json.dumps([site.host for site in sites.values()]),
        INGEST__WEBSUB_URL=f"http://127.0.0.1:{port}/hub",
        INGEST__WEBSUB_LISTEN=f"127.0.0.1:{port}",
        **SETTINGS,
    )
    clock = SystemClock()
    with Server(list(sites.values())), closing(_bus(folder)) as bus:
        feeds = {each.name: _subscribed(bus, each, sites[each.name]) for each in behaviours}
        with _ingest(env, folder / "log") as process, closing(bus.reader(RAW, from_start=True)) as reader:
            watching = Watching(bus=bus, reader=reader, sites=sites, feeds=feeds, log_path=folder / "log")
            end = clock.monotonic() + LIMIT
            while not _are_settled(behaviours, watching.look()) and clock.monotonic() < end:
                _while_running(process, 0.3)
            process.send_signal(signal.SIGTERM)
            exit_code = process.wait(timeout=LIMIT)
            listed = json_lines(wirewatch("feeds", "list", "--json", env=env).stdout)
            watching.listed = {str(line["id"]): line for line in listed}
            return Run(env=env, told=watching.look(), log=watching.log, exit_code=exit_code)


def _bus(folder: Path) -> SqliteBus:
    (folder / "data").mkdir()
    return SqliteBus(folder / "data" / "log.db", clock=SystemClock())


def _subscribed(bus: Bus, behaviour: Behaviour, site: Site) -> tuple[Feed, ...]:
    now = datetime.now(UTC)
    urls = [site.url.replace("://", f"://{behaviour.login}") + path for path in behaviour.feeds]
    made = [subscription(url, now=now) for url in urls]
    bus.publish([added(each, now=now) for each in made])
    return tuple(Feed(id=each.id, url=each.url) for each in made)


@contextmanager
def _ingest(env: Mapping[str, str], log_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log_path.open("wb") as log:
        process = subprocess.Popen([WIREWATCH, "ingest"], env=dict(env), stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def _are_settled(behaviours: Sequence[Behaviour], told: Mapping[str, Told]) -> bool:
    return all(each.is_settled(told[each.name]) for each in behaviours)


def _while_running(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Between two looks; a process that ends by itself is the end of the run."""
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return
    raise AssertionError(f"wirewatch ingest ended by itself with exit code {process.returncode}")
