"""Stage 1 as a service: feeds in, raw articles out."""

from __future__ import annotations

import asyncio
import gc

from bus.protocol import Bus
from ingest.fetch.client import Fetcher
from ingest.pages.fetching import Pages
from ingest.poll import Poll
from ingest.poller import Poller
from ingest.websub.hubs import Hubs
from ingest.websub.key import callbacks_of
from ingest.websub.service import answering_hubs
from ingest.workers import Workers
from runtime.clock import Clock
from runtime.metrics import Metrics
from runtime.settings import Settings
from runtime.shutdown import Stop


def run_ingest(bus: Bus, *, settings: Settings, clock: Clock, metrics: Metrics, stop: Stop) -> None:
    """Watch the feeds until `stop` is set, then end within two seconds: fetches in flight are abandoned.

    Several processes may run this on one bus; the bus shares the feeds among them. Raises what must end
    the process: BadConfiguration, and the bus's errors at the start.
    """
    gc.set_threshold(*_COLLECT_AFTER)
    asyncio.run(_run(bus, settings=settings, clock=clock, metrics=metrics, stop=stop))


# Thousands of states are in memory, and polls make and drop objects by the thousand, hardly any in cycles:
# with Python's own thresholds a sixth of all time goes into looking for some.
_COLLECT_AFTER = (20_000, 20, 20)


async def _run(bus: Bus, *, settings: Settings, clock: Clock, metrics: Metrics, stop: Stop) -> None:
    workers = Workers(processes=settings.ingest.processes, seconds=settings.ingest.read_timeout)
    try:
        async with Fetcher(settings.ingest) as fetcher:
            pages = Pages(fetcher=fetcher, workers=workers, settings=settings.ingest)
            poll = Poll(fetcher=fetcher, workers=workers, pages=pages, settings=settings.ingest, clock=clock)
            callbacks = callbacks_of(settings)
            hubs = Hubs(
                callbacks=callbacks, fetcher=fetcher, settings=settings.ingest, clock=clock, metrics=metrics
            )
            poller = Poller(
                bus=bus, poll=poll, hubs=hubs, settings=settings.ingest, clock=clock, metrics=metrics
            )
            async with answering_hubs(
                bus,
                callbacks=callbacks,
                hear=poller.hear,
                settings=settings.ingest,
                clock=clock,
                metrics=metrics,
            ):
                await poller.run(stop)
    finally:
        workers.close()
