"""The sign of life of a process: a file whose time of change is recent while every stage goes on."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from runtime.logging import get_logger
from runtime.shutdown import Stop


class Heartbeat:
    """Touches `path` as long as each stage, a thread of that name, has asked lately whether to stop.

    A stage that has not asked for `stuck_seconds` is stuck: that is logged once, and the file grows old.
    Times are those of a monotonic clock, in seconds. Without a path only the log tells.
    """

    def __init__(
        self, path: Path | None, *, stop: Stop, stages: Sequence[str], stuck_seconds: float, now: float
    ) -> None:
        self._path = path
        self._stop = stop
        self._stages = stages
        self._stuck_seconds = stuck_seconds
        self._started = now
        self._told: set[str] = set()

    def beat(self, now: float) -> None:
        """To be called every few seconds."""
        stuck = {stage for stage in self._stages if self._silence(stage, now) > self._stuck_seconds}
        for stage in sorted(stuck - self._told):
            get_logger(stage).warning("stage.stuck", seconds=round(self._silence(stage, now)))
        self._told = stuck
        if not stuck and self._path is not None:
            with suppress(OSError):  # a full disk makes the file grow old, which is what it is for
                self._path.touch()

    def _silence(self, stage: str, now: float) -> float:
        return now - (self._stop.last_asked(stage) or self._started)
