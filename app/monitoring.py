"""What a process tells of itself while it runs, where it is asked to."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from contextlib import ExitStack

from article.errors import Busy, Unavailable
from bus.protocol import Bus
from bus.waiting import measure_lag
from runtime.clock import Clock
from runtime.health import Heartbeat
from runtime.logging import get_logger
from runtime.metrics import Metrics
from runtime.monitor import Monitor
from runtime.settings import Settings
from runtime.shutdown import Stop

_EVERY = 10.0  # seconds between looks at what has to be asked for


def open_monitor(
    settings: Settings, *, metrics: Metrics, life: Heartbeat, clock: Clock, held: ExitStack
) -> None:
    """The port for metrics and health, where the settings name one. A taken one is no reason to end."""
    if not settings.monitor.listen:
        return
    try:
        monitor = Monitor(settings.monitor.listen, metrics=metrics, life=life, clock=clock)
    except Busy as error:
        get_logger("run").warning("monitor.not_served", reason=str(error))
    else:
        held.callback(monitor.close)


def start_measuring(
    settings: Settings, bus: Bus, stages: Sequence[str], *, metrics: Metrics, clock: Clock, stop: Stop
) -> None:
    """A thread that asks the bus and the disk, so that whoever reads the metrics waits for neither."""

    def measure() -> None:
        while True:
            try:
                metrics.data_free.set(shutil.disk_usage(settings.data_dir).free)
                measure_lag(bus, stages, metrics=metrics, clock=clock)
            except (Unavailable, OSError) as error:
                get_logger("run").debug("measure.unavailable", reason=str(error))
            if stop.wait(_EVERY):
                return

    threading.Thread(target=measure, name="measure", daemon=True).start()
