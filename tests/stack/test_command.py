"""`python -m stack`: up, env, down; nothing outlives it, however it ends."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stack.process import guarded
from stack.running import holding, running

ROOT = Path(__file__).resolve().parents[2]
PARENT = """
import sys, threading
from pathlib import Path
from stack.process import ServerProcess
server = ServerProcess("example", Path(sys.argv[1]) / "log")
start = lambda: server.start(["sleep", "600"], lambda: True, seconds=20, cwd=Path(sys.argv[1]))
thread = threading.Thread(target=start)
thread.start()
thread.join()
print(server.pid, flush=True)
sys.stdin.read()
"""


def stack(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stack", *arguments],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


@contextmanager
def up(data: Path) -> Iterator[subprocess.Popen[str]]:
    """A stack on free ports of which both servers are ready."""
    command = [sys.executable, "-m", "stack", "up", "--data", str(data), "--elastic-heap", "512m"]
    command += ["--kafka-port", "0", "--elastic-port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def shown(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline() + process.stdout.readline()


@pytest.mark.slow
def test_up_env_and_down(server_folder: Path) -> None:
    with up(server_folder) as process:
        exports = shown(process)
        assert "export WIREWATCH_BUS__KAFKA__BOOTSTRAP_SERVERS=127.0.0.1:" in exports
        assert "export WIREWATCH_INDEX__ELASTIC__URL=http://127.0.0.1:" in exports
        assert stack("env", "--data", str(server_folder)).stdout == exports
        second = stack("up", "--data", str(server_folder))
        assert second.returncode == 69
        assert "runs on this folder already" in second.stderr
        down = stack("down", "--data", str(server_folder))
        assert (down.returncode, down.stderr) == (0, "stack: stopped\n")
        assert process.wait(30) == 0
    after = stack("env", "--data", str(server_folder))
    assert after.returncode == 69
    assert "no stack runs on this folder; start it" in after.stderr


@pytest.mark.slow
def test_servers_die_with_a_killed_stack(server_folder: Path) -> None:
    with up(server_folder) as process:
        assert shown(process)
        servers = list(descendants(process.pid))
        assert len(servers) >= 3  # Kafka, Elasticsearch's launcher and Elasticsearch
        with watched(servers) as gone:
            process.kill()
            assert gone(60)
        assert running(server_folder) is None


def test_a_server_outlives_the_thread_that_asked_for_it_but_not_the_program(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        with watched([child]) as gone:
            assert not gone(0)
            parent.send_signal(signal.SIGKILL)
            assert gone(30)


@pytest.mark.parametrize(("between", "begun"), [((), True), (("sh", "-c", '"$@"; exit $?', "sh"), False)])
def test_a_server_begins_only_under_the_program_that_wanted_it(
    between: tuple[str, ...], begun: bool, tmp_path: Path
) -> None:
    """Where that is dead before Linux was asked to end its children, another process is the parent."""
    subprocess.run([*between, *guarded(["touch", str(tmp_path / "begun")])], check=False)
    assert (tmp_path / "begun").exists() == begun


def test_down_where_nothing_runs(tmp_path: Path) -> None:
    done = stack("down", "--data", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, f"stack: nothing runs on {tmp_path}\n")


def test_an_old_note_is_no_running_stack(tmp_path: Path) -> None:
    with holding(tmp_path) as holder:
        holder.ready({"NAME": "value"})
        left = (tmp_path / "stack.json").read_bytes()
    (tmp_path / "stack.json").write_bytes(left)
    assert running(tmp_path) is None


@pytest.mark.parametrize("command", ["up", "fetch"])
def test_missing_java_is_said_in_one_line(command: str, tmp_path: Path) -> None:
    environment = {"PATH": str(tmp_path), "WIREWATCH_STACK_CACHE": str(tmp_path / "cache")}
    done = stack(command, environment=environment)
    assert done.returncode == 69
    wanted = "stack: Kafka and Elasticsearch: need Java and Maven"
    assert done.stderr.splitlines()[-1] == f"{wanted}; apt-get install openjdk-17-jdk-headless maven"


def descendants(pid: int) -> Iterator[int]:
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text("ascii").split()):
            yield child
            yield from descendants(child)


@contextmanager
def watched(pids: list[int]) -> Iterator[Callable[[float], bool]]:
    """A question: are all these processes gone within that many seconds?"""
    handles = [os.pidfd_open(pid) for pid in pids]

    def gone(seconds: float) -> bool:
        return all(select.select([handle], [], [], seconds)[0] for handle in handles)

    try:
        yield gone
    finally:
        for handle in handles:
            os.close(handle)
