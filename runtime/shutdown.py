"""Stopping: one flag for all stages of a process, set by SIGTERM, SIGINT or a stage that cannot go on."""

from __future__ import annotations

import signal
import threading
from types import FrameType


class Stop:
    """Set once, seen by every stage. The first error given is the one that the process ends with."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self.error: BaseException | None = None

    def set(self, error: BaseException | None = None) -> None:
        with self._lock:
            if self.error is None:
                self.error = error
        self._event.set()

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep that a stop ends early; true when stopping."""
        return self._event.wait(seconds)

    def on_signals(self) -> None:
        """SIGTERM and SIGINT ask for a clean end; a second one ends the process at once."""

        def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - signal's signature
            if self.is_set():
                signal.signal(number, signal.SIG_DFL)
                signal.raise_signal(number)
            self.set()

        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, handle)
