"""Stopping: one flag for all stages of a process, set by SIGTERM, SIGINT or a stage that cannot go on."""

from __future__ import annotations

import os
import signal
import threading
import time

_ASKING = (signal.SIGTERM, signal.SIGINT)


class Stop:
    """Set once, seen by every stage. The first error given is the one that the process ends with."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._asked: dict[str, float] = {}
        self.error: BaseException | None = None

    def set(self, error: BaseException | None = None) -> None:
        with self._lock:
            if self.error is None:
                self.error = error
        self._event.set()

    def is_set(self) -> bool:
        self._asked[threading.current_thread().name] = time.monotonic()
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep that a stop ends early; true when stopping."""
        self._asked[threading.current_thread().name] = time.monotonic()
        return self._event.wait(seconds)

    def last_asked(self, thread: str) -> float | None:
        """When, on the monotonic clock, the thread of that name last asked; every loop that goes on asks."""
        return self._asked.get(thread)

    def on_signals(self) -> None:
        """SIGTERM and SIGINT ask for a clean end; a second one ends the process at once.

        To be called before other threads are started. A thread waits for the signals, which are blocked
        everywhere else: a handler would run in the main thread, and setting the flag there while the main
        thread is about to wait for it would lock it up for ever.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, _ASKING)

        def wait() -> None:
            signal.sigwait(_ASKING)
            self.set()
            os._exit(128 + signal.sigwait(_ASKING))

        threading.Thread(target=wait, name="signals", daemon=True).start()
