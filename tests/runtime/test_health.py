from __future__ import annotations

import threading
import time
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from runtime.health import Heartbeat
from runtime.shutdown import Stop

HOUR = 3600.0


def ask(stop: Stop, stage: str) -> None:
    thread = threading.Thread(target=stop.is_set, name=stage)
    thread.start()
    thread.join()


def heartbeat(path: Path | None, stop: Stop, *stages: str, now: float) -> Heartbeat:
    return Heartbeat(path, stop=stop, stages=stages, stuck_seconds=600, now=now)


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
