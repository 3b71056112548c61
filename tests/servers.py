"""Real servers for tests: one Kafka and one Elasticsearch for the whole run, started when first asked for.

A test that needs servers of its own (to kill them, with passwords) makes them in `server_folder`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stack.elastic import ElasticServer
from stack.fetch import missing_programs
from stack.kafka import KafkaServer

_ROOM = 4_000_000_000  # bytes


def require_stack() -> None:
    """Skip the test where Java or Maven is missing; under CI=true it fails."""
    missing = missing_programs()
    if missing:
        said = f"needs real servers: apt-get install {' '.join(missing)}"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that Elasticsearch's user can enter, unlike pytest's own; gone with its content at the end."""
    folder = Path(tempfile.mkdtemp(prefix="wirewatch-test-", dir=_in_memory()))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def kafka() -> Iterator[KafkaServer]:
    """The run's broker. It is shared: use names of channels of your own, and leave it running."""
    require_stack()
    with temporary_folder() as folder, KafkaServer(folder) as server:
        yield server


@pytest.fixture(scope="session")
def elastic() -> Iterator[ElasticServer]:
    """The run's Elasticsearch. It is shared: use an index prefix of your own, and leave it running."""
    require_stack()
    with temporary_folder() as folder, ElasticServer(folder) as server:
        yield server


@pytest.fixture
def server_folder() -> Iterator[Path]:
    """A folder for a test's own servers; requires the stack."""
    require_stack()
    with temporary_folder() as folder:
        yield folder


def _in_memory() -> Path | None:
    """A disk made of memory where there is room: making an index syncs many small files, which costs most."""
    disk = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    if not disk.is_dir():
        return None
    status = os.statvfs(disk)
    roomy = status.f_bavail * status.f_frsize > _ROOM
    return disk if roomy and not status.f_flag & os.ST_NOEXEC else None
