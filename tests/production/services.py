"""The services as people run them: processes that can be killed, ended and started again."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.app.program import WIREWATCH, environment, wirewatch

SECONDS = 300.0  # until a test gives up waiting for what must come


def production(data_dir: Path, bootstrap: str, url: str, **settings: object) -> dict[str, str]:
    """The environment of services on a real broker and a real index, of which others are missed soon."""
    usual: dict[str, object] = {
        "BUS__KAFKA__BOOTSTRAP_SERVERS": bootstrap,
        "BUS__KAFKA__SESSION_SECONDS": 6,
        "BUS__KAFKA__REQUEST_SECONDS": 10,
        "INDEX__ELASTIC__URL": url,
        "INGEST__FETCH_PAGES": "never",
        "LOG_LEVEL": "debug",
    }
    return environment(data_dir, **(usual | settings))


class Services:
    """Any number of processes of each stage; what they log is kept by stage and number."""

    def __init__(self, env: Mapping[str, str], folder: Path) -> None:
        self._env = dict(env)
        self._folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """`name` is a stage and a number, such as enrich-1."""
        with (self._folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [WIREWATCH, name.partition("-")[0]], env=self._env, stdout=log, stderr=log
            )

    def kill(self, name: str) -> None:
        self.running[name].kill()
        self.running.pop(name).wait()

    def terminate(self, name: str) -> None:
        service = self.running.pop(name)
        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=60) == 0, f"{name} did not end well: {self.tail(name)}"

    def stop(self) -> None:
        for name in list(self.running):
            self.terminate(name)

    def end(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def command(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return wirewatch(*arguments, env=self._env, stdin=stdin)

    def has(self, name: str) -> bool:
        """Whether a process of that name was ever started."""
        return (self._folder / f"{name}.log").exists()

    def committed(self, name: str) -> int:
        """Records that the process, in all its lives, says it has committed."""
        return sum(
            int(str(line["records"])) for line in self.events(name) if line["event"] == "batch.committed"
        )

    def events(self, name: str) -> list[dict[str, object]]:
        """What was logged; a line that a kill cut short is passed over."""
        found = []
        for line in (self._folder / f"{name}.log").read_bytes().splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return [line for line in found if isinstance(line, dict)]

    def tail(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text("utf-8", "replace")[-2000:]

    def wait_until(self, done: Callable[[], bool]) -> None:
        """Look again until it is so; a service that has ended by itself fails the test at once."""
        for _ in range(int(SECONDS / 0.5)):
            if done():
                return
            for name, service in self.running.items():
                try:
                    service.wait(timeout=0.5 / max(1, len(self.running)))
                except subprocess.TimeoutExpired:
                    continue
                pytest.fail(f"{name} ended by itself: {self.tail(name)}")
        pytest.fail("what was waited for did not come")
