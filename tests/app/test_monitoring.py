"""What a running pipeline tells of itself: metrics, probes, and one trace for each article to its end."""

from __future__ import annotations

import json
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from app.sample.site import SampleSite, feed_url
from bus.channels import ENRICHED, RAW, Channel
from bus.sqlite import SqliteBus
from bus.trace import trace_id_of, trace_of
from runtime.clock import SystemClock
from tests.app.program import WIREWATCH, environment, wirewatch
from tests.app.test_run import free_port

ARTICLES = 15  # of the sample


class Service:
    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def ask(self, path: str) -> tuple[int, bytes]:
        """Waits for the port to be there; fails when the process has ended."""
        while self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
                    return answer.status, answer.read()
            except urllib.error.HTTPError as error:
                return error.code, error.read()
            except (urllib.error.URLError, ConnectionError):
                continue
        raise AssertionError("ended by itself")

    def until(self, least: float, name: str, **labels: str) -> None:
        """Waits for the metric to be so much."""
        while self.value(name, **labels) < least:
            with suppress(subprocess.TimeoutExpired):
                raise AssertionError(f"ended by itself: {self.process.wait(timeout=0.2)}")

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples of that name with those labels."""
        families = text_string_to_metric_families(self.ask("/metrics")[1].decode())
        return sum(
            sample.value
            for family in families
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )


@contextmanager
def running(arguments: Sequence[str], env: dict[str, str], log: Path) -> Iterator[Service]:
    port = free_port()
    with log.open("ab") as out:
        process = subprocess.Popen(
            [WIREWATCH, *arguments],
            env=env | {"WIREWATCH_MONITOR__LISTEN": f"127.0.0.1:{port}"},
            stdout=subprocess.DEVNULL,
            stderr=out,
        )
        try:
            yield Service(process, port)
            process.terminate()
            assert process.wait(timeout=60) == 0
        finally:
            process.kill()
            process.wait()


def traces(data: Path, channel: Channel) -> dict[str, str]:
    """Trace id by article."""
    with closing(SqliteBus(data / "log.db", clock=SystemClock())) as bus:
        reader = bus.reader(channel, from_start=True, until_now=True)
        found: dict[str, str] = {}
        while messages := reader.poll(0):
            found |= {message.key: trace_id_of(message.headers) for message in messages}
            assert all(trace_of(message.headers) for message in messages)
        reader.close()
    return found


def test_a_running_pipeline_tells_how_it_fares(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    hosts = f'["127.0.0.1:{port}"]'
    env = environment(tmp_path / "data", LOG_LEVEL="debug") | {"WIREWATCH_INGEST__ALLOW_HOSTS": hosts}
    assert wirewatch("feeds", "add", feed_url(port), env=env).returncode == 0
    with SampleSite(port), running(["run"], env, log) as service:
        service.until(ARTICLES, "wirewatch_articles_total", stage="index", outcome="written")
        service.until(6, "wirewatch_stage_ready")
        assert service.ask("/health/live")[0] == service.ask("/health/ready")[0] == 200
        value = service.value
        assert value("wirewatch_articles_total", stage="ingest", outcome="published") == ARTICLES
        assert value("wirewatch_articles_total", stage="enrich", outcome="new") == ARTICLES
        assert value("wirewatch_enrich_articles_total") == ARTICLES
        assert value("wirewatch_enrich_pieces_total") > 1000 < value("wirewatch_enrich_characters_total")
        assert value("wirewatch_article_age_seconds_count", stage="enrich") == ARTICLES
        assert value("wirewatch_article_age_seconds_count", stage="index") == ARTICLES
        assert value("wirewatch_ingest_pages_total", outcome="read") == ARTICLES
        assert value("wirewatch_ingest_poll_seconds_count") >= 1
        assert value("wirewatch_ingest_feeds", state="watched") == 1
        assert value("wirewatch_data_free_bytes") > 0 < value("wirewatch_lag_read_timestamp_seconds")

    raw, enriched = traces(tmp_path / "data", RAW), traces(tmp_path / "data", ENRICHED)
    assert len(raw) == len(set(raw.values())) == ARTICLES
    assert enriched == raw
    events = [json.loads(line) for line in log.read_text().splitlines()]
    for name in ("article.published", "article.enriched", "article.indexed"):
        told = {event["article"]: event["trace"] for event in events if event["event"] == name}
        assert told == raw, name


def test_a_bus_that_is_away_keeps_nobody_from_the_metrics(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        address = f"127.0.0.1:{nobody.getsockname()[1]}"
        env = environment(
            tmp_path / "data", BUS__KAFKA__BOOTSTRAP_SERVERS=address, BUS__KAFKA__REQUEST_SECONDS=2
        )
        with running(["enrich"], env, tmp_path / "log") as service:
            assert service.value("process_start_time_seconds") > 0
            assert service.ask("/health/live")[0] == 200
            status, body = service.ask("/health/ready")
            assert (status, json.loads(body)["stages"]) == (503, {"enrich": "starting or waiting"})
            service.until(1, "wirewatch_unavailable_total", stage="enrich", dependency="bus")


def test_a_port_that_is_taken_is_said_and_the_stages_run(tmp_path: Path) -> None:
    env = environment(tmp_path / "data")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        env["WIREWATCH_MONITOR__LISTEN"] = f"127.0.0.1:{other.getsockname()[1]}"
        process = subprocess.Popen([WIREWATCH, "index"], env=env, stderr=subprocess.PIPE, text=True)
        try:
            assert process.stderr is not None
            seen = []
            for line in process.stderr:
                seen.append(json.loads(line)["event"])
                if seen[-1] == "run.started":
                    break
            process.terminate()
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert seen == ["monitor.not_served", "run.started"]
    assert process.returncode == 0
