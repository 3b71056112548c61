from __future__ import annotations

import threading
import time
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from runtime.health import Heartbeat, Report
from runtime.metrics import Metrics
from runtime.shutdown import Stop

HOUR = 3600.0


def ask(stop: Stop, stage: str) -> None:
    thread = threading.Thread(target=stop.is_set, name=stage)
    thread.start()
    thread.join()


def heartbeat(path: Path | None, stop: Stop, *stages: str, now: float) -> Heartbeat:
    life = Heartbeat(path, stop=stop, metrics=Metrics(), stages=stages, stuck_seconds=600)
    life.begin(stages, now)
    return life


def test_the_file_is_touched_while_all_stages_ask(tmp_path: Path) -> None:
    path, stop, start = tmp_path / "health", Stop(), time.monotonic()
    life = heartbeat(path, stop, "ingest", "index", now=start - HOUR)
    ask(stop, "ingest")
    life.beat(start)
    assert not path.exists()
    ask(stop, "index")
    life.beat(start)
    assert path.exists()


def test_a_stage_that_has_just_started_need_not_have_asked(tmp_path: Path) -> None:
    path = tmp_path / "health"
    heartbeat(path, Stop(), "enrich", now=1000.0).beat(1599.0)
    assert path.exists()


def test_a_stuck_stage_is_logged_once(tmp_path: Path, logs: list[MutableMapping[str, Any]]) -> None:
    path, stop = tmp_path / "health", Stop()
    life = heartbeat(path, stop, "enrich", now=1000.0)
    life.beat(1601.0)
    life.beat(1606.0)
    assert not path.exists()
    told = [(line["component"], line["event"], line["seconds"]) for line in logs]
    assert told == [("enrich", "stage.stuck", 601)]


def test_a_file_that_cannot_be_written_does_not_stop_the_process(tmp_path: Path) -> None:
    heartbeat(tmp_path / "missing" / "health", Stop(), "index", now=0.0).beat(1.0)
    assert not (tmp_path / "missing").exists()


def test_without_a_path_only_the_log_tells(logs: list[MutableMapping[str, Any]]) -> None:
    life = heartbeat(None, Stop(), "index", now=0.0)
    life.beat(1.0)
    assert not logs
    life.beat(601.0)
    assert [line["event"] for line in logs] == ["stage.stuck"]


def test_a_process_that_waits_for_its_bus_lives_and_is_not_ready() -> None:
    life = Heartbeat(None, stop=Stop(), metrics=Metrics(), stages=("enrich",), stuck_seconds=600)
    assert life.live(HOUR) == Report(ok=True, stages={"enrich": "going on"})
    assert life.ready(HOUR) == Report(ok=False, stages={"enrich": "starting or waiting"})


def test_a_stage_is_ready_while_it_has_what_it_needs() -> None:
    stop, metrics = Stop(), Metrics()
    life = Heartbeat(None, stop=stop, metrics=metrics, stages=(), stuck_seconds=600)
    life.begin(("ingest", "index"), 0.0)
    metrics.going("ingest")
    metrics.going("index")
    assert life.ready(1.0) == Report(ok=True, stages={"ingest": "ready", "index": "ready"})
    metrics.waiting(["index"], "index")
    assert life.ready(1.0) == Report(ok=False, stages={"ingest": "ready", "index": "starting or waiting"})
    metrics.going("index")
    stop.set()
    assert life.ready(1.0).stages == {"ingest": "stopping", "index": "stopping"}


def test_a_stuck_stage_is_neither_live_nor_ready_and_is_measured() -> None:
    metrics = Metrics()
    life = Heartbeat(None, stop=Stop(), metrics=metrics, stages=("enrich",), stuck_seconds=600)
    life.begin(("enrich",), 0.0)
    metrics.going("enrich")
    life.beat(601.0)
    assert life.live(601.0) == life.ready(601.0) == Report(ok=False, stages={"enrich": "stuck"})
    assert metrics.value("wirewatch_stage_stuck", stage="enrich") == 1
    assert metrics.value("wirewatch_stage_silence_seconds", stage="enrich") == 601
