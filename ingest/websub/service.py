"""The callback's server, and the hearing of what any process's callback was told, while ingest runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

from aiohttp import web

from article.codec import decode
from article.errors import BadRecord, Unavailable
from article.hubs import HubCall
from article.tables import Subscription
from bus.channels import FEEDS, HUB_CALLS
from bus.protocol import Bus, Reader, Table
from ingest.output import call_record
from ingest.websub.callback import Callback
from ingest.websub.offer import Callbacks
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.logging import get_logger
from runtime.metrics import Metrics
from runtime.settings import IngestSettings

T = TypeVar("T")

_HEAR_SECONDS = 0.5  # that one look at the channel may wait; the service ends no sooner
_PORT_AGAIN = 2.0  # seconds until a port that somebody else holds is tried again


@asynccontextmanager
async def answering_hubs(
    bus: Bus,
    *,
    callbacks: Callbacks | None,
    hear: Callable[[HubCall], None],
    settings: IngestSettings,
    clock: Clock,
    metrics: Metrics,
) -> AsyncIterator[None]:
    """Answers hubs for every feed of the bus, whichever process polls it, and passes on to `hear` what they
    told any process from now on. Without `callbacks`, nothing.

    Where another process of this machine holds the port, that one answers, and this one waits to take over.
    """
    if callbacks is None:
        yield
        return
    desk = _Desk(bus)
    callback = Callback(
        callbacks=callbacks,
        is_watched=desk.is_watched,
        tell=desk.tell,
        settings=settings,
        clock=clock,
        metrics=metrics,
    )
    runner = callback.runner()
    await runner.setup()
    tasks = (
        asyncio.create_task(_hear(bus.reader(HUB_CALLS), hear), name="hub calls"),
        asyncio.create_task(_listen(runner, settings.websub_listen), name="callback"),
    )
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await runner.cleanup()
        desk.close()


async def _hear(reader: Reader, hear: Callable[[HubCall], None]) -> None:
    """Passes on what hubs tell any process, until cancelled; then closes the reader."""
    failures = 0
    try:
        while True:
            try:
                messages = await _at_rest(asyncio.to_thread(reader.poll, _HEAR_SECONDS))
            except Unavailable as error:
                failures += 1
                get_logger("ingest").debug("hub.calls_unavailable", problem=str(error))
                await asyncio.sleep(Backoff(base=0.5, cap=30.0).wait(failures))
                continue
            failures = 0
            for message in messages:
                try:
                    hear(decode(HubCall, message.value or b""))
                except BadRecord as error:
                    get_logger("ingest").warning("hub.call_lost", problem=error.problem)
    finally:
        reader.close()


async def _at_rest(work: Coroutine[None, None, T]) -> T:
    """What `work` gives. Cancelled, it waits for its end: the reader belongs to one thread at a time."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise


async def _listen(runner: web.AppRunner, address: str) -> None:
    host, _, port = address.rpartition(":")
    waiting = False
    while True:
        try:
            await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        except OSError as error:
            if not waiting:
                get_logger("ingest").warning("callback.waiting", address=address, problem=error.strerror)
            waiting = True
            await asyncio.sleep(_PORT_AGAIN)
        else:
            get_logger("ingest").info("callback.listening", address=address)
            return


class _Desk:
    """The callback's way to the bus. One thread: a table belongs to the one that looks into it."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="callback")
        self._table: Table | None = None

    async def is_watched(self, feed: str) -> bool:
        return await self._in_thread(partial(self._look, feed))

    async def tell(self, call: HubCall) -> None:
        await self._in_thread(partial(self._publish, call))

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _look(self, feed: str) -> bool:
        self._table = self._table or self._bus.table(FEEDS)
        value = self._table.get([feed]).get(feed)
        try:
            return value is not None and not decode(Subscription, value).paused
        except BadRecord:
            return False

    def _publish(self, call: HubCall) -> bool:
        self._bus.publish([call_record(call)])
        return True

    async def _in_thread(self, work: Callable[[], bool]) -> bool:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
