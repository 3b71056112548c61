"""A Docker engine of its own for the check, with its images and volumes in one folder, and Docker Compose."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from article.errors import Unavailable
from stack.cache import cached
from stack.process import ServerProcess

# Debian 12 has no Compose v2, so it is built: the newest that its engine, 20.10, can talk to.
COMPOSE = "v2.39.4"
PROJECT = "wirewatch-check"


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Runs docker and docker-compose against the check's engine."""

    socket: Path
    compose_program: Path
    repository: Path
    environment: Mapping[str, str]  # what docker-compose.yml is filled in with

    def docker(self, *arguments: str, folder: Path | None = None) -> str:
        """What `docker …` prints. Raises Unavailable with what it said when it fails."""
        return self._run(["docker", *arguments], folder or self.repository)

    def compose(self, *arguments: str) -> str:
        """What `docker compose …` prints, on the shipped file."""
        return self._run([str(self.compose_program), "-p", PROJECT, *arguments], self.repository)

    def _run(self, command: list[str], folder: Path) -> str:
        variables = {"DOCKER_HOST": f"unix://{self.socket}", "DOCKER_BUILDKIT": "0"}
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **variables, **self.environment},
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-30:])
            raise Unavailable(" ".join(command[:6]), f"status {done.returncode}", f"it said:\n{said}")
        return done.stdout


@contextmanager
def engine(folder: Path, *, repository: Path, environment: Mapping[str, str]) -> Iterator[Engine]:
    """An engine with its data in `folder`, ended at the end; images in it serve the next time."""
    for program, package in (("dockerd", "docker.io"), ("debootstrap", "debootstrap")):
        if not shutil.which(program):
            raise Unavailable(program, "is missing", f"apt-get install --no-install-recommends {package}")
    socket = folder / "docker.sock"
    server = ServerProcess("dockerd", folder / "dockerd.log")
    made = Engine(
        socket=socket,
        compose_program=_compose_program(),
        repository=repository,
        environment=environment,
    )
    server.start(
        [
            *("dockerd", "-H", f"unix://{socket}", "-p", str(folder / "docker.pid")),
            *("--data-root", str(folder / "data"), "--exec-root", str(folder / "exec")),
        ],
        lambda: _answers(made),
        seconds=60,
        cwd=folder,
    )
    try:
        yield made
    finally:
        server.stop()


def _answers(made: Engine) -> bool:
    try:
        made.docker("info")
    except Unavailable:
        return False
    return True


def _compose_program() -> Path:
    return cached(f"docker-compose-{COMPOSE}", _build_compose) / "docker-compose"


def _build_compose(folder: Path) -> None:
    if not shutil.which("go"):
        raise Unavailable("go", "is missing, and Docker Compose is built with it", "install Go 1.23 or newer")
    print(f"Building Docker Compose {COMPOSE}: about 5 minutes", flush=True)
    started = time.monotonic()
    for command in (
        ["go", "mod", "init", "compose"],
        ["go", "get", f"github.com/docker/compose/v2/cmd@{COMPOSE}"],
        ["go", "build", "-o", "docker-compose", "github.com/docker/compose/v2/cmd"],
    ):
        done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise Unavailable(" ".join(command[:3]), "failed", done.stderr.strip()[-2000:])
    print(f"built in {time.monotonic() - started:.0f} s", flush=True)
