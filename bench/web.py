"""How long people wait for a search with facets: `python -m bench.web [--articles N] [--users N] …`.

Fills each index with synthetic articles (`bench.search`), serves it with `wirewatch serve` as a process of
its own, and lets users search it: each over a connection of its own, one search after the other, with a
pause as people make it or without. Each search has six facets, highlights and twenty hits. Beside it the same
searches as JSON from the API, and sent to Elasticsearch itself without Wirewatch in between, as the very
requests that Wirewatch makes of it. Users, server and Elasticsearch share the machine.

With --folder DIR what is indexed there is kept for the next run.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import numpy as np

from article.records import EnrichedArticle, FeedRef
from bench.search import NOW, articles, questions
from index.elastic import ElasticIndex, setup_index
from index.elastic.compile import compiled
from index.elastic.facets import aggregations
from index.elastic.highlight import request as highlighting
from index.elastic.reader import NEWEST, WITHOUT_MACHINERY
from index.elastic.recency import with_recency
from index.embedded import EmbeddedIndex
from index.expression import is_scored
from index.protocol import ArticleIndex
from index.query import Facet, FacetName, Query
from index.syntax import parse
from runtime.settings import ElasticSettings
from stack.elastic import ElasticServer
from stack.process import free_ports

BATCH = 500
FEEDS = 60
HITS = 20
FACETS: tuple[FacetName, ...] = ("topic", "person", "org", "country", "feed", "day")
PREFIX = "bench-web"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request and where it goes to."""

    method: str
    path: str
    body: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    users: int
    seconds: float
    pause: float
    """Mean seconds between an answer and the next search."""


def news(count: int, seed: int, *, embeddings: bool) -> Iterator[EnrichedArticle]:
    """As many articles, the newest of now, of feeds that differ in how much they publish."""
    chance = random.Random(seed)  # noqa: S311 - synthetic articles
    later = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - NOW
    feeds = [
        FeedRef(id=f"feed-{n}", url=f"https://feed-{n}.example/rss", title=f"Feed {n}") for n in range(FEEDS)
    ]
    weights = [1 / (n + 1) for n in range(FEEDS)]
    for one in articles(count, seed):
        yield replace(
            one,
            feed=chance.choices(feeds, weights)[0],
            first_seen=one.first_seen + later,
            published=one.first_seen + later,
            embedding=one.embedding if embeddings else (),
        )


def fill(index: ArticleIndex, count: int, made: Iterator[EnrichedArticle]) -> None:
    if (there := index.count()) == count:
        return
    assert there == 0, f"the folder holds an index of {there} articles"
    start = time.perf_counter()
    while batch := list(itertools.islice(made, BATCH)):
        index.write(batch)
    index.refresh()
    print(f"  indexed {count} articles in {time.perf_counter() - start:.0f} s", flush=True)


def searches(seed: int) -> list[str]:
    return [text for texts in questions(seed).values() for text in texts]


def pages(texts: Sequence[str]) -> list[Asked]:
    return [Asked(method="GET", path=f"/?{urlencode({'q': text})}") for text in texts]


def answers(texts: Sequence[str]) -> list[Asked]:
    facets = [("facet", name) for name in FACETS]
    return [
        Asked(method="GET", path=f"/api/v1/search?{urlencode([('q', text), ('limit', HITS), *facets])}")
        for text in texts
    ]


def bare(texts: Sequence[str]) -> list[Asked]:
    """What `ElasticIndex` asks the server for the same."""
    return [_bare(text) for text in texts]


def _bare(text: str) -> Asked:
    query = Query(
        expression=parse(text),
        limit=HITS,
        facets=tuple(Facet(name=name) for name in FACETS),
        highlight=True,
        now=datetime.now(UTC),
    )
    assert query.now is not None
    expression = query.whole()
    scored = is_scored(expression)
    wanted = compiled(expression)
    body = {
        "query": with_recency(wanted, query.now, 7.0) if scored else {"bool": {"filter": wanted}},
        "size": HITS,
        "sort": [{"_score": "desc"}, *NEWEST] if scored else NEWEST,
        "track_total_hits": True,
        "_source": WITHOUT_MACHINERY,
        "aggregations": aggregations(query.facets),
        **({"highlight": marked} if (marked := highlighting(expression)) else {}),
    }
    kind = "?search_type=dfs_query_then_fetch" if scored else ""
    return Asked(method="POST", path=f"/{PREFIX}/_search{kind}", body=json.dumps(body).encode())


def measured(port: int, asked: Sequence[Asked], load: Load) -> list[float]:
    """Seconds of each answer that came to a user, after every question was asked once."""
    list(answered(port, asked))
    end = time.monotonic() + load.seconds

    def user(number: int) -> list[float]:
        return list(answered(port, chosen(asked, load.pause, end, random.Random(number))))  # noqa: S311

    with ThreadPoolExecutor(load.users) as pool:
        return [seconds for taken in pool.map(user, range(load.users)) for seconds in taken]


def _answer(connection: http.client.HTTPConnection, one: Asked) -> http.client.HTTPResponse:
    for _ in range(2):
        try:
            connection.request(one.method, one.path, one.body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
        except http.client.RemoteDisconnected:  # it was idle for too long, as after a person's pause
            connection.close()
        else:
            return answer
    raise ConnectionError(f"no answer to {one.path}")


def chosen(asked: Sequence[Asked], pause: float, end: float, chance: random.Random) -> Iterator[Asked]:
    """What a user asks until the moment `end`, thinking in between."""
    while True:
        if pause:
            time.sleep(chance.expovariate(1 / pause))
        if time.monotonic() >= end:
            return
        yield chance.choice(asked)


def answered(port: int, asked: Iterable[Asked]) -> Iterator[float]:
    """Seconds of each answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        for one in asked:
            start = time.perf_counter()
            answer = _answer(connection, one)
            yield time.perf_counter() - start
            assert answer.status == 200, f"{answer.status} for {one.path}"


@contextmanager
def served(folder: Path, environment: dict[str, str]) -> Iterator[int]:
    """`wirewatch serve` on a free port, until the end."""
    (port,) = free_ports(1)
    settings = {
        "WIREWATCH_DATA_DIR": str(folder),
        "WIREWATCH_WEB__PORT": str(port),
        "WIREWATCH_WEB__RATE": "0",
        **environment,
    }
    command = [str(Path(sys.executable).with_name("wirewatch")), "serve"]
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **settings}, stdout=log, stderr=log)
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
                connection.request("GET", "/health/live")
                if connection.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("serve ended by itself; see serve.log in the folder")


def told(name: str, taken: Sequence[float], load: Load) -> None:
    p50, p95 = (float(np.percentile(taken, part)) * 1e3 for part in (50, 95))
    print(f"  {name:44}{p50:8.0f}{p95:8.0f}{len(taken) / load.seconds:10.1f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Searches with facets by many users at once.")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--pause", type=float, default=2.0, help="mean seconds of a user between searches")
    parser.add_argument("--index", choices=("embedded", "elastic", "both"), default="both")
    parser.add_argument("--embeddings", action="store_true", help="index embeddings, too: takes longer")
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    loads = [
        Load(users=asked.users, seconds=asked.seconds, pause=asked.pause),
        Load(users=asked.users, seconds=asked.seconds, pause=0.0),
    ]
    with tempfile.TemporaryDirectory() as made:
        folder: Path = asked.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        if asked.index != "elastic":
            embedded(folder, asked, loads)
        if asked.index != "embedded":
            elastic(folder, asked, loads)


def embedded(folder: Path, asked: argparse.Namespace, loads: Sequence[Load]) -> None:
    print("embedded index", flush=True)
    data = folder / "data"
    data.mkdir(exist_ok=True)
    with closing(EmbeddedIndex(data / "index")) as index:
        fill(index, asked.articles, news(asked.articles, 1, embeddings=asked.embeddings))
    with served(data, {}) as port:
        compare({"page": (port, pages), "API": (port, answers)}, loads)


def elastic(folder: Path, asked: argparse.Namespace, loads: Sequence[Load]) -> None:
    print("Elasticsearch", flush=True)
    data = folder / "data-elastic"
    data.mkdir(exist_ok=True)
    with ElasticServer(folder / "elastic", heap="1g", start_seconds=600.0) as server:
        settings = ElasticSettings(url=server.url, index_prefix=PREFIX)
        setup_index(settings)
        with closing(ElasticIndex(settings)) as index:
            fill(index, asked.articles, news(asked.articles, 1, embeddings=asked.embeddings))
        environment = {
            "WIREWATCH_INDEX__ELASTIC__URL": server.url,
            "WIREWATCH_INDEX__ELASTIC__INDEX_PREFIX": PREFIX,
        }
        with served(data, environment) as port:
            compare(
                {"page": (port, pages), "API": (port, answers), "bare": (server.port, bare)},
                loads,
            )


def compare(
    doors: dict[str, tuple[int, Callable[[Sequence[str]], list[Asked]]]], loads: Sequence[Load]
) -> None:
    texts = searches(1)
    print(f"  {'milliseconds':44}{'p50':>8}{'p95':>8}{'a second':>10}")
    for load in loads:
        how = f"{load.users} users, pause {load.pause:g} s"
        for name, (port, made) in doors.items():
            told(f"{name}, {how}", measured(port, made(texts), load), load)


if __name__ == "__main__":
    main()
