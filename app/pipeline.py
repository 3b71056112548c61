"""Runs stages as threads of one process until they are asked to stop or one of them cannot go on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial

from app.monitoring import open_monitor, start_measuring
from app.progress import Progress
from app.sample.site import SampleSite
from app.sample.starter import allow_sample, subscribe_starters
from app.serving import web_stage
from app.wiring import open_bus, open_index
from article.errors import Busy, Unavailable, WirewatchError
from bus.protocol import Bus
from index.protocol import ArticleIndex
from runtime.backoff import patiently
from runtime.clock import SystemClock
from runtime.health import Heartbeat
from runtime.logging import get_logger
from runtime.metrics import Metrics
from runtime.settings import Settings
from runtime.shutdown import Stop
from runtime.supervisor import tell

_TRIM_SECONDS = 60.0
_GRACE_SECONDS = 30.0

Stage = Callable[[], None]


def run_pipeline(settings: Settings, *, stages: Sequence[str], sample: bool) -> None:
    """Run the named stages; returns after a clean stop. Raises the error of a stage that could not go on."""
    stop, clock, metrics = Stop(), SystemClock(), Metrics()
    log = get_logger("run")
    stop.on_signals()
    with ExitStack() as held:
        if sample:
            held.enter_context(SampleSite(settings.sample.port))
            settings = allow_sample(settings)
        heartbeat = Heartbeat(
            settings.health_file,
            stop=stop,
            metrics=metrics,
            stages=stages,
            stuck_seconds=settings.bus.kafka.max_poll_seconds,
        )
        open_monitor(settings, metrics=metrics, life=heartbeat, clock=clock, held=held)
        try:
            bus = patiently(
                lambda: open_bus(settings),
                component="run",
                event="bus.unavailable",
                stop=stop,
                waiting=partial(metrics.waiting, stages, "bus"),
            )
        except Unavailable:
            log.info("run.stopped")
            return
        held.callback(bus.close)
        if sample:
            subscribe_starters(bus, port=settings.sample.port, now=clock.now())
        threads = [
            threading.Thread(target=_guarded, args=(stage, stop), name=name, daemon=True)
            for name, stage in _stages(
                settings=settings,
                bus=bus,
                wanted=stages,
                stop=stop,
                clock=clock,
                metrics=metrics,
                heartbeat=heartbeat,
                held=held,
            ).items()
        ]
        progress = held.enter_context(
            Progress(settings=settings, bus=bus, metrics=metrics, stages=stages, sample=sample)
        )
        log.info("run.started", stages=list(stages), data_dir=str(settings.data_dir))
        heartbeat.begin([thread.name for thread in threads], clock.monotonic())
        for thread in threads:
            thread.start()
        tell("READY=1")
        start_measuring(settings, bus, stages, metrics=metrics, clock=clock, stop=stop)
        trimmed = clock.monotonic()
        while not stop.wait(progress.interval):
            heartbeat.beat(clock.monotonic())
            with _while_away():
                progress.update(clock.now())
                if clock.monotonic() - trimmed > _TRIM_SECONDS:
                    trimmed = clock.monotonic()
                    bus.trim()
        tell("STOPPING=1")
        deadline = clock.monotonic() + _GRACE_SECONDS
        for thread in threads:
            thread.join(max(0.1, deadline - clock.monotonic()))
        with _while_away():
            progress.update(clock.now())
        if late := [thread.name for thread in threads if thread.is_alive()]:
            log.error("run.stages_did_not_stop", stages=late)
            sys.exit(1)  # nothing of theirs is committed, so nothing is lost
    log.info("run.stopped")
    if stop.error is not None:
        raise stop.error


@contextmanager
def _while_away() -> Iterator[None]:
    """What is only shown waits for a bus that is away; the stages say so by themselves."""
    try:
        yield
    except Unavailable as error:
        get_logger("run").debug("progress.unavailable", reason=str(error))


def _stages(
    *,
    settings: Settings,
    bus: Bus,
    wanted: Sequence[str],
    stop: Stop,
    clock: SystemClock,
    metrics: Metrics,
    heartbeat: Heartbeat,
    held: ExitStack,
) -> dict[str, Stage]:
    """What each stage's thread runs. The index is opened here, so that a bad folder ends the start."""
    stages: dict[str, Stage] = {}
    index: ArticleIndex | None = None
    if "ingest" in wanted:
        from ingest.service import run_ingest

        stages["ingest"] = lambda: run_ingest(bus, settings=settings, clock=clock, metrics=metrics, stop=stop)
    if "enrich" in wanted:
        from enrich.service import run_enrich

        stages["enrich"] = lambda: run_enrich(bus, settings=settings, clock=clock, metrics=metrics, stop=stop)
    if "index" in wanted:
        from index.service import run_index

        index = writer = open_index(settings)
        held.callback(writer.close)
        stages["index"] = lambda: run_index(
            bus, writer, settings=settings, clock=clock, metrics=metrics, stop=stop
        )
    if "notify" in wanted:
        from notify.delivering import run_delivering
        from notify.matching import run_matching

        for name, half in (("notify", run_matching), ("deliver", run_delivering)):
            stages[name] = partial(half, bus, settings=settings, clock=clock, metrics=metrics, stop=stop)
    if "serve" in wanted:
        try:
            stages["serve"] = web_stage(
                settings, bus, stop, held, writer=index, metrics=metrics, life=heartbeat
            )
        except Busy as error:
            if len(wanted) == 1:
                raise
            get_logger("run").warning("web.not_served", reason=str(error))  # the articles matter more
    return stages


def _guarded(stage: Stage, stop: Stop) -> None:
    try:
        stage()
    except WirewatchError as error:
        stop.set(error)
    except Exception as error:  # noqa: BLE001 - a fault of ours must stop the other stages, too
        name = threading.current_thread().name
        get_logger(name).error("stage.crashed", exc_info=error)
        stop.set(
            WirewatchError(
                f"stage {name}",
                f"ended by a fault in Wirewatch: {error!r}",
                "nothing uncommitted was lost; please report the log above",
            )
        )
