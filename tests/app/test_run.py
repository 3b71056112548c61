"""The whole pipeline on the sample site, as `make run` runs it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.sample.site import SampleSite, feed_url, sample_articles
from app.sample.starter import subscribe_starters
from bus.channels import ENRICHED, FEEDS
from bus.sqlite import SqliteBus
from ingest.lists.subscriptions import subscriptions
from runtime.clock import SystemClock
from tests.app.program import WIREWATCH, environment, json_lines, wirewatch


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Watches the sample feed alone: the public starter feeds are for people with the internet."""
    port = free_port()
    made = environment(tmp_path / "data", SAMPLE__PORT=port)
    del made["WIREWATCH_INGEST__ALLOW_HOSTS"]
    assert wirewatch("feeds", "add", feed_url(port), "--category", "Sample", env=made).returncode == 0
    return made


@contextmanager
def running(env: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with (tmp_path / "run.log").open("ab") as log:
        process = subprocess.Popen(
            [WIREWATCH, "run", "--sample"], env=env, stdout=subprocess.PIPE, stderr=log, text=True
        )
        assert process.stdout is not None
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def until_example(process: subprocess.Popen[str]) -> str:
    """What is printed up to the end of the example."""
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if "Ctrl-C ends" in line:
            return printed
    pytest.fail(f"ended without an example: {printed}")


def test_the_sample_can_be_searched_and_a_restart_goes_on(env: dict[str, str], tmp_path: Path) -> None:
    with running(env, tmp_path) as process:
        printed = until_example(process)
        assert "Isis-Khorasan courts disgruntled Taliban fighters" in printed
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0

    page = json.loads(wirewatch("search", "--json", "ransomware", env=env).stdout)
    assert page["total"] >= 1
    assert page["hits"][0]["title"].startswith("Ransomware sends hospitals")
    first = json_lines(wirewatch("tail", "--from-start", "--no-follow", "--json", env=env).stdout)
    assert len(first) == len(sample_articles()) == 15
    assert {each["text_source"] for each in first} == {"page"}
    assert not [
        each for each in first if "Back To Top" in str(each["text"]) or "skip to" in str(each["text"])
    ]

    with running(env, tmp_path) as process:
        until_example(process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    again = wirewatch("tail", "--from-start", "--no-follow", "--json", env=env).stdout
    assert json_lines(again) == first
    assert "Traceback" not in (tmp_path / "run.log").read_text()


def test_filters_narrow_a_search(env: dict[str, str], tmp_path: Path) -> None:
    with running(env, tmp_path) as process:
        until_example(process)

    def titles(*arguments: str) -> list[str]:
        page = json.loads(wirewatch("search", "--json", *arguments, env=env).stdout)
        return [hit["title"] for hit in page["hits"]]

    assert titles("--entity", "ISKP") == ["Isis-Khorasan courts disgruntled Taliban fighters in Nangarhar"]
    assert "Fuel convoy reaches Bamako after jihadist blockade" in titles("--topic", "medtop:16000000")
    assert titles("--since", "2026-11-16") == ["Kenyan debutant wins Nairobi marathon in the rain"]
    assert titles("taliban", "--place", "Kabul") == titles("taliban")
    assert titles("no-such-word-anywhere") == []
    tailed = wirewatch("tail", "--from-start", "--no-follow", "--entity", "ISKP", env=env).stdout.decode()
    assert len(tailed.splitlines()) == 1
    bad = wirewatch("search", '"unclosed', env=env)
    assert bad.returncode in (0, 65)
    assert b"Traceback" not in bad.stderr


def test_the_stages_run_as_services_of_their_own_and_only_one_writes_the_index(
    env: dict[str, str], tmp_path: Path
) -> None:
    port = int(env["WIREWATCH_SAMPLE__PORT"])
    env = env | {"WIREWATCH_INGEST__ALLOW_HOSTS": f'["127.0.0.1:{port}"]'}
    services: list[subprocess.Popen[bytes]] = []
    with SampleSite(port), (tmp_path / "services.log").open("ab") as log:
        try:
            for stage in ("ingest", "enrich", "index"):
                services.append(subprocess.Popen([WIREWATCH, stage], env=env, stdout=log, stderr=log))
            with closing(SqliteBus(tmp_path / "data" / "log.db", clock=SystemClock())) as bus:
                while bus.count(ENRICHED) < 15 or bus.lag(ENRICHED, group="index").records:
                    for service in services:
                        with suppress(subprocess.TimeoutExpired):
                            pytest.fail(f"ended by itself: {service.wait(timeout=0.1)}")
            second = wirewatch("index", env=env)
            assert second.returncode == 69
            assert str(tmp_path / "data" / "index").encode() in second.stderr
            for service in services:
                service.terminate()
            assert [service.wait(timeout=30) for service in services] == [0, 0, 0]
        finally:
            for service in services:
                service.kill()
                service.wait()
    assert json.loads(wirewatch("search", "--json", env=env).stdout)["total"] == 15


def test_the_starter_feeds_are_added_once(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with closing(SqliteBus(tmp_path / "log.db", clock=SystemClock())) as bus:
        subscribe_starters(bus, port=8765, now=now)
        first = subscriptions(bus.table(FEEDS))
        assert len(first) == 17
        subscribe_starters(bus, port=9999, now=now)
        urls = {each.url for each in subscriptions(bus.table(FEEDS))}
        assert len(urls) == 17
        assert feed_url(9999) in urls
        assert feed_url(8765) not in urls
