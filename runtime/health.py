"""How a process fares: for probes over HTTP, for the metrics, and as a file that is touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from runtime.logging import get_logger
from runtime.metrics import Metrics
from runtime.shutdown import Stop
from runtime.supervisor import tell


@dataclass(frozen=True, kw_only=True)
class Report:
    """The answer to a probe: `stages` says of each in a word or two how it stands."""

    ok: bool
    stages: Mapping[str, str]

    def shown(self) -> dict[str, object]:
        """As JSON for whoever looks into a probe that fails."""
        return {"status": "ok" if self.ok else "unavailable", "stages": dict(self.stages)}


class Heartbeat:
    """Knows of each stage, a thread of that name, when it last asked whether to stop; every loop that goes on
    asks.

    A stage that has not asked for `stuck_seconds` is stuck: that is logged once, the metrics tell it, and the
    signs of life end: the file at `path`, if any, grows old, and systemd is told nothing more. Times are of a
    monotonic clock, in seconds. Nothing here waits for anything.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        stop: Stop,
        metrics: Metrics,
        stages: Sequence[str],
        stuck_seconds: float,
    ) -> None:
        self._path = path
        self._stop = stop
        self._metrics = metrics
        self._stages = stages
        self._stuck_seconds = stuck_seconds
        self._begun: float | None = None
        for stage in stages:
            metrics.stage_ready.labels(stage).set(0)
        self._told: set[str] = set()

    def begin(self, stages: Sequence[str], now: float) -> None:
        """These stages begin. Until then none can be stuck, however long the bus is away."""
        for stage in set(self._stages) - set(stages):
            self._metrics.stage_ready.remove(stage)
        self._stages = stages
        self._begun = now

    def beat(self, now: float) -> None:
        """To be called every few seconds."""
        stuck = {stage for stage in self._stages if self._is_stuck(stage, now)}
        for stage in self._stages:
            self._metrics.stage_silence.labels(stage).set(self._silence(stage, now))
            self._metrics.stage_stuck.labels(stage).set(stage in stuck)
        for stage in sorted(stuck - self._told):
            get_logger(stage).warning("stage.stuck", seconds=round(self._silence(stage, now)))
        self._told = stuck
        if not stuck:
            tell("WATCHDOG=1")
        if not stuck and self._path is not None:
            with suppress(OSError):  # a full disk makes the file grow old, which is what it is for
                self._path.touch()

    def live(self, now: float) -> Report:
        """Whether the process should be left alone: no stage is stuck. Starting and waiting are no reason to
        start it again."""
        said = {stage: "stuck" if self._is_stuck(stage, now) else "going on" for stage in self._stages}
        return Report(ok="stuck" not in said.values(), stages=said)

    def ready(self, now: float) -> Report:
        """Whether all stages do their work: none is starting, stopping, stuck or waiting for a server."""
        said = {stage: self._standing(stage, now) for stage in self._stages}
        return Report(ok=all(word == "ready" for word in said.values()), stages=said)

    def _standing(self, stage: str, now: float) -> str:
        if self._stop.is_set():
            return "stopping"
        if self._is_stuck(stage, now):
            return "stuck"
        return "ready" if self._metrics.value("wirewatch_stage_ready", stage=stage) else "starting or waiting"

    def _is_stuck(self, stage: str, now: float) -> bool:
        return self._silence(stage, now) > self._stuck_seconds

    def _silence(self, stage: str, now: float) -> float:
        if self._begun is None:
            return 0.0
        return max(0.0, now - (self._stop.last_asked(stage) or self._begun))
