"""Requests under way, in a thread with an event loop: the stage hands them in, and looks what came back."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from article.searches import Waiting
from notify.policy import Answer
from notify.receivers import Receivers, Request
from runtime.settings import NotifySettings


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A delivery with what its receiver said, after `seconds`."""

    waiting: Waiting
    answer: Answer
    seconds: float = 0.0


class Sender:
    """How many may be under way decides who calls `send`."""

    def __init__(self, settings: NotifySettings) -> None:
        self._done: queue.SimpleQueue[Tried] = queue.SimpleQueue()
        self._receivers = Receivers(settings)
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Requests under way are given up: what they were to deliver still waits in the table."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def send(self, waiting: Waiting, request: Request) -> None:
        asyncio.run_coroutine_threadsafe(self._send(waiting, request), self._loop)

    def done(self) -> Sequence[Tried]:
        """What has ended since the last call."""
        found: list[Tried] = []
        while not self._done.empty():
            found.append(self._done.get())
        return found

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        async with self._receivers:
            self._ready.set()
            await self._stop.wait()

    async def _send(self, waiting: Waiting, request: Request) -> None:
        begun = time.monotonic()
        answer = await self._receivers.send(request)
        self._done.put(Tried(waiting=waiting, answer=answer, seconds=time.monotonic() - begun))


def send_once(request: Request, settings: NotifySettings) -> Answer:
    """For a person who tries a webhook out."""

    async def send() -> Answer:
        async with Receivers(settings) as receivers:
            return await receivers.send(request)

    return asyncio.run(send())
