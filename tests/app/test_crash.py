"""kill -9 at any moment loses nothing and repeats nothing."""

from __future__ import annotations

import gzip
import json
import random
import signal
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from article.codec import decode
from article.identity import article_id
from article.tables import FeedState
from bus.channels import DEAD, ENRICHED, FEED_STATE, RAW
from bus.sqlite import SqliteBus
from ingest.formats.feed import parse_feed
from runtime.clock import SystemClock
from tests.app.program import WIREWATCH, DocumentServer, environment, json_lines, wirewatch
from tests.bus.contract import everything
from tests.corpus import corpus

KILLS = 20


@pytest.fixture(scope="module")
def feeds() -> dict[str, bytes]:
    files = sorted(corpus("data/feeds").glob("*.xml.gz"))
    return {f"/{file.name.removesuffix('.gz')}": gzip.decompress(file.read_bytes()) for file in files}


@pytest.fixture
def server(feeds: dict[str, bytes]) -> Iterator[DocumentServer]:
    with DocumentServer({path: ("application/xml", body) for path, body in feeds.items()}) as running:
        yield running


def expected_ids(feeds: dict[str, bytes], base: str) -> set[str]:
    """The ids of all entries of all feeds, worked out without the pipeline."""
    ids = set()
    for path, body in feeds.items():
        parsed = parse_feed(
            body,
            url=base + path,
            content_type="application/xml",
            now=datetime.now(UTC),
            max_entries=5000,
        )
        for entry in parsed.entries:
            ids.add(
                article_id(
                    link=entry.link,
                    feed_url=base + path,
                    entry_id=entry.entry_id,
                    title=entry.title,
                    published=entry.published,
                )
            )
    return ids


@pytest.mark.slow
def test_killed_twenty_times_each_revision_is_there_once(
    feeds: dict[str, bytes], server: DocumentServer, tmp_path: Path
) -> None:
    env = environment(tmp_path / "data", INGEST__FETCH_PAGES="never")
    chance = random.Random(20261123)  # noqa: S311 - any moments will do, the same ones each time
    outlines = "".join(f'<outline type="rss" text="f" xmlUrl="{server.url}{path}"/>' for path in feeds)
    opml = f'<opml version="2.0"><head/><body>{outlines}</body></opml>'.encode()
    assert wirewatch("feeds", "import", "-", env=env, stdin=opml).returncode == 0

    log = (tmp_path / "run.log").open("ab")
    with log:
        for _ in range(KILLS):
            running = subprocess.Popen([WIREWATCH, "run"], env=env, stdout=log, stderr=log)
            try:
                running.wait(timeout=chance.uniform(0.5, 7.0))
                pytest.fail(f"ended by itself: {Path(log.name).read_text()[-2000:]}")
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGKILL)
                running.wait()
    with (tmp_path / "last.log").open("wb") as log:
        running = subprocess.Popen([WIREWATCH, "run"], env=env, stdout=log, stderr=log)
        try:
            wait_until_done(
                tmp_path / "data" / "log.db", feeds=len(feeds), running=running, log=tmp_path / "last.log"
            )
        finally:
            running.terminate()
            assert running.wait(timeout=30) == 0

    revisions: dict[str, list[int]] = defaultdict(list)
    for record in json_lines(wirewatch("tail", "--from-start", "--no-follow", "--json", env=env).stdout):
        revisions[str(record["id"])].append(int(str(record["revision"])))
    assert set(revisions) == expected_ids(feeds, server.url)
    for found in revisions.values():
        assert found == list(range(1, len(found) + 1))
    with closing(SqliteBus(tmp_path / "data" / "log.db", clock=SystemClock())) as bus:
        assert everything(bus, DEAD) == []

    indexed: dict[str, int] = {}
    while True:
        answer = wirewatch(
            "search", "--json", "--newest", "--limit", "500", "--offset", str(len(indexed)), env=env
        )
        page = json.loads(answer.stdout)
        assert page["total"] == len(revisions)
        if not page["hits"]:
            break
        indexed |= {hit["id"]: hit["revision"] for hit in page["hits"]}
    assert indexed == {key: found[-1] for key, found in revisions.items()}


def wait_until_done(path: Path, *, feeds: int, running: subprocess.Popen[bytes], log: Path) -> None:
    """Until it has begun, every feed was polled well, and nothing waits for enrichment or the index."""
    with closing(SqliteBus(path, clock=SystemClock())) as bus:
        while True:
            assert running.poll() is None, "the pipeline ended by itself"
            states = [decode(FeedState, value) for _, value in bus.table(FEED_STATE).items()]
            polled = sum(state.succeeded is not None for state in states)
            waiting = bus.lag(RAW, group="enrich").records + bus.lag(ENRICHED, group="index").records
            begun = b"run.started" in log.read_bytes()
            if begun and polled == feeds and waiting == 0:
                return
            try:
                running.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
