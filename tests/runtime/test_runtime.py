from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from article.errors import Unavailable
from runtime.backoff import Backoff, patiently
from runtime.logging import configure_logging, get_logger
from runtime.metrics import Metrics
from runtime.shutdown import Stop


@given(st.integers(1, 10**6), st.floats(0, 1))
def test_a_wait_lies_between_nothing_and_the_cap(failures: int, draw: float) -> None:
    backoff = Backoff(base=2.0, cap=300.0)
    assert 0 <= backoff.wait(failures, draw) <= backoff.ceiling(failures) <= 300.0
    assert 0 <= backoff.wait(failures) <= 300.0


def test_the_ceiling_doubles() -> None:
    assert [Backoff(base=1, cap=5).ceiling(n) for n in (1, 2, 3, 4)] == [1, 2, 4, 5]


@pytest.mark.parametrize(("patience", "tries"), [(0.0, 1), (60.0, 3)])
def test_what_is_away_is_tried_again_until_time_is_up(patience: float, tries: int) -> None:
    done = 0

    def third_time_lucky() -> str:
        nonlocal done
        done += 1
        if done < 3:
            raise Unavailable("server", "is away")
        return "there"

    def attempt() -> str:
        until = time.monotonic() + patience
        return patiently(
            third_time_lucky,
            component="test",
            event="bus.unavailable",
            stop=Stop(),
            backoff=Backoff(base=0),
            until=until,
        )

    if tries < 3:
        with pytest.raises(Unavailable, match="is away"):
            attempt()
    else:
        assert attempt() == "there"
    assert done == tries


def test_an_event_is_one_line_of_json_where_nobody_looks_on() -> None:
    out = io.StringIO()
    configure_logging("info", "auto", out)
    log = get_logger("ingest")
    log.debug("feed.polled")
    log.warning("feed.failed", feed="https://feed.example/ü", problem="a\nb")
    (line,) = out.getvalue().splitlines()
    event = json.loads(line)
    assert event["event"] == "feed.failed"
    assert event["component"] == "ingest"
    assert event["level"] == "warning"
    assert event["feed"] == "https://feed.example/ü"
    assert event["timestamp"].endswith("Z")


def test_the_first_error_of_a_stop_is_kept() -> None:
    stop = Stop()
    assert not stop.wait(0)
    first = ValueError("first")
    stop.set(first)
    stop.set(ValueError("second"))
    assert stop.is_set()
    assert stop.wait(0)
    assert stop.error is first


_WAITER = """
from runtime.shutdown import Stop

stop = Stop()
stop.on_signals()
print("ready", flush=True)
while not stop.wait(0.00001):
    pass
print("stopped", flush=True)
if {linger}:
    while True:
        stop.wait(1)
"""


def waiter(*, linger: bool) -> subprocess.Popen[str]:
    program = _WAITER.format(linger=linger)
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_at_any_moment_asks_for_a_clean_end(number: signal.Signals) -> None:
    waiters = [waiter(linger=False) for _ in range(10)]
    for each in waiters:
        each.send_signal(number)
    for each in waiters:
        assert each.communicate(timeout=30)[0] == "stopped\n"
        assert each.returncode == 0


def test_a_second_signal_ends_the_process_at_once() -> None:
    lingering = waiter(linger=True)
    assert lingering.stdout is not None
    lingering.send_signal(signal.SIGINT)
    assert lingering.stdout.readline() == "stopped\n"
    lingering.send_signal(signal.SIGTERM)
    lingering.communicate(timeout=30)
    assert lingering.returncode == 128 + signal.SIGTERM


@pytest.mark.parametrize("count", [0, 3])
def test_a_metric_that_was_never_counted_is_zero(count: int) -> None:
    metrics = Metrics()
    for _ in range(count):
        metrics.articles.labels("ingest", "published").inc()
    assert metrics.value("wirewatch_articles_total", stage="ingest", outcome="published") == count
