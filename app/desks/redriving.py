"""Sending letters again in a thread of its own, one at a time, so that no request waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from app.redrive import Redriven
from article.errors import Busy, WirewatchError
from runtime.logging import get_logger
from web.pipeline.desk import Redrive


class Redriver:
    """`now` dates the beginnings and the ends."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._last = Redrive(state="none")

    def last(self) -> Redrive:
        with self._lock:
            return self._last

    def begin(self, work: Callable[[], Redriven]) -> Redrive:
        """Raises Busy while one is under way."""
        with self._lock:
            if self._last.state == "running":
                raise Busy("dead letters", "are being sent again already", "wait until that has ended")
            self._last = Redrive(state="running", started=self._now())
            # Ended with the process if need be: a batch is then committed or not, nothing in between.
            threading.Thread(target=self._run, args=(work,), name="redrive", daemon=True).start()
            return self._last

    def _run(self, work: Callable[[], Redriven]) -> None:
        try:
            done = work()
        except WirewatchError as error:
            get_logger("web").warning("redrive.failed", reason=str(error))
            self._end(state="failed", problem=str(error))
        except Exception as error:  # noqa: BLE001 - a thread's fault would be seen by nobody
            get_logger("web").error("redrive.crashed", exc_info=error)
            self._end(state="failed", problem=f"a fault in Wirewatch: {error!r}; the log says more")
        else:
            get_logger("web").info("redrive.done", sent=done.sent, left=done.left, refused=len(done.refused))
            self._end(
                state="done", sent=done.sent, left=done.left, refused=dict(sorted(done.refused.items()))
            )

    def _end(self, **changes: object) -> None:
        with self._lock:
            self._last = replace(self._last, ended=self._now(), **changes)  # type: ignore[arg-type]
