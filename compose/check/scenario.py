"""What is checked: articles of a feed on the host become searchable, with two enrichers, through kills."""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from article.errors import Unavailable
from compose.check.engine import Engine
from compose.check.feed import GrowingFeed

STAGES = ("ingest", "enrich", "index", "notify")
SERVED = ("serve",)
SERVERS = ("kafka", "elasticsearch")
VICTIMS = (*((name,) for name in (*STAGES, *SERVED)), STAGES, *((name,) for name in SERVERS))
_PATIENCE = 240.0


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How the host reaches Elasticsearch and the page."""

    port: int
    password: str
    web_port: int
    web_token: str


def run(engine: Engine, reach: Reach, feed: GrowingFeed) -> None:
    """Raises Unavailable where something is not as it should be."""
    seconds = _timed(engine, "up", "--detach", "--no-build", "--wait")
    _say(f"all services are up and healthy after {seconds:.0f} s")
    _say(f"image {_size(engine)}")
    _compare("saved objects", "6 saved objects imported" in engine.compose("logs", "dashboards"), True)

    feed.count = 20
    engine.compose("exec", "-T", "ingest", "wirewatch", "feeds", "add", f"http://{feed.host}/feed.xml")
    _say(f"20 articles can be found after {_until_found(reach, 20):.0f} s")

    engine.compose("up", "--detach", "--no-build", "--wait", "--no-recreate", "--scale", "enrich=2")
    enrichers = _containers(engine, "enrich")
    _compare("enrich containers", len(enrichers), 2)
    for victims in VICTIMS:
        feed.count += 20
        _kill(engine, victims)
        seconds = _until_found(reach, feed.count)
        _say(f"killed {', '.join(victims)}: all {feed.count} articles found {seconds:.0f} s after the start")
        _compare("articles that the page's API finds", _served(reach), feed.count)
    _once_each(engine, feed.count)
    for service in (*STAGES, *SERVED, *SERVERS):
        _say(f"memory of {service}: {', '.join(_memory(engine, service))}")


def _kill(engine: Engine, services: Sequence[str]) -> None:
    """As `docker kill` does; then what has been killed, and nothing else, is started again."""
    for service in services:
        engine.docker("kill", *_containers(engine, service))
    scale = ("--scale", "enrich=2") if "enrich" in services else ()
    engine.compose("up", "--detach", "--no-build", "--wait", "--no-recreate", "--no-deps", *scale, *services)


def _containers(engine: Engine, service: str) -> list[str]:
    return engine.compose("ps", "--quiet", service).split()


def _until_found(reach: Reach, count: int) -> float:
    started = time.monotonic()
    while (found := _found(reach)) != count:
        if time.monotonic() - started > _PATIENCE:
            raise Unavailable("check", f"{found} articles are found instead of {count}")
        time.sleep(0.5)
    return time.monotonic() - started


def _found(reach: Reach) -> int:
    url = f"http://127.0.0.1:{reach.port}/wirewatch-articles"
    login = base64.b64encode(f"elastic:{reach.password}".encode()).decode("ascii")
    headers = {"Authorization": f"Basic {login}"}
    try:
        for request in (
            urllib.request.Request(f"{url}/_refresh", headers=headers, method="POST"),
            urllib.request.Request(f"{url}/_count", headers=headers),
        ):
            with urllib.request.urlopen(request, timeout=10) as answer:
                body = json.load(answer)
        return int(body["count"])
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            raise Unavailable("elasticsearch", f"refuses the login: {error.code}") from error
        return -1
    except OSError:
        return -1


def _served(reach: Reach) -> int:
    request = urllib.request.Request(
        f"http://127.0.0.1:{reach.web_port}/api/v1/search?limit=0",
        headers={"Authorization": f"Bearer {reach.web_token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(json.load(answer)["total"])
    except OSError as error:
        raise Unavailable("the page", f"does not answer: {error}") from error


def _once_each(engine: Engine, count: int) -> None:
    """An independent reader of committed records sees each article's revision once."""
    reader = ["exec", "-T", "enrich", "wirewatch", "tail", "--from-start", "--no-follow", "--json"]
    lines = [json.loads(line) for line in engine.compose(*reader).splitlines()]
    seen = Counter((line["id"], line["revision"]) for line in lines)
    _compare("articles of the stream", len({line["id"] for line in lines}), count)
    _compare("records of the stream", len(lines), count)
    _compare("revisions seen more than once", [key for key, times in seen.items() if times > 1], [])


def _compare(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise Unavailable("check", f"{what}: {found} instead of {wanted}")
    _say(f"{what}: {found}")


def _timed(engine: Engine, *arguments: str) -> float:
    started = time.monotonic()
    engine.compose(*arguments)
    return time.monotonic() - started


def _size(engine: Engine) -> str:
    size = int(engine.docker("image", "inspect", "--format", "{{.Size}}", "wirewatch:0.1.0"))
    base = int(engine.docker("image", "inspect", "--format", "{{.Size}}", "python:3.11-slim-bookworm"))
    return f"wirewatch:0.1.0: {(size - base) / 1e6:.0f} MB on a base of {base / 1e6:.0f} MB"


def _memory(engine: Engine, service: str) -> list[str]:
    containers = _containers(engine, service)
    return engine.docker("stats", "--no-stream", "--format", "{{.MemUsage}}", *containers).splitlines()


def _say(line: str) -> None:
    print(f"check: {line}", flush=True)
