"""The note in a data folder that a stack runs there: whose process it is, and how to reach its servers.

The running process holds a lock on the note, which the system takes back however it ends. So a note that
is not locked is an old one, and the process of a locked one is surely the stack's, never a stranger with
its number.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from article.errors import Busy, Unavailable

_NOTE = "stack.json"
_STOP_SECONDS = 90.0
_LOOK_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Note:
    pid: int
    environment: Mapping[str, str]  # what a program needs to use the stack; empty until both servers answer


class Holder:
    """The process that runs a stack; writes its note."""

    def __init__(self, file: int) -> None:
        self._file = file
        self.ready({})

    def ready(self, environment: Mapping[str, str]) -> None:
        """Say that the servers answer, and how to reach them."""
        text = json.dumps({"pid": os.getpid(), "environment": dict(environment)}).encode()
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, text, 0)


@contextmanager
def holding(data: Path) -> Iterator[Holder]:
    """Be the one stack in `data`. Raises Busy when there is one already."""
    data.mkdir(parents=True, exist_ok=True)
    file = os.open(data / _NOTE, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        patience = time.monotonic() + _LOOK_SECONDS
        while not _lock(file):  # whoever only looks holds it for a moment, too
            if time.monotonic() < patience:
                time.sleep(0.1)
                continue
            raise Busy(str(data), "a stack runs on this folder already", "stop it with `make stack-down`")
        yield Holder(file)
        os.ftruncate(file, 0)
    finally:
        os.close(file)


def running(data: Path) -> Note | None:
    """The note of the stack that runs on `data`; None when there is none."""
    try:
        file = os.open(data / _NOTE, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        if _lock(file):
            return None
        text = os.pread(file, 65536, 0)
    finally:
        os.close(file)
    if not text:
        return Note(pid=0, environment={})
    found = json.loads(text)
    return Note(pid=found["pid"], environment=found["environment"])


def stop_running(data: Path) -> bool:
    """Stop the stack that runs on `data` and wait for its end; False when there is none."""
    note = running(data)
    if note is None:
        return False
    if note.pid:
        os.kill(note.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while running(data) is not None:
        if time.monotonic() > deadline:
            raise Unavailable(str(data), f"process {note.pid} did not end in {_STOP_SECONDS:g} s")
        time.sleep(0.1)
    return True


def _lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
