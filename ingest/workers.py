"""Documents are read by processes of their own: reading computes, and may go wrong as no exception tells.

    workers = Workers(processes=2, seconds=30)
    feed = await workers.run(parse_feed, body, url=url, …)
    workers.close()

A document that takes too long, or whose process dies, costs that process, which is replaced, and nothing
else. Each process has a pipe of its own, so that none can leave another waiting or its message cut off.

They are forked by a server that has imported the parsers and holds nothing of this process; it starts with
the first document. However this process ends, they end, too: one that waits for a document at once, one that
reads when it has read it or its time is over.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import resource
import signal
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import ParamSpec, TypeVar, cast

from article.errors import ReadingFailed, WirewatchError

_DOCUMENTS = 500  # read by one process: what parsers leak stays small
_GROWTH = 100_000  # kilobytes by which a process may grow before it is replaced
_MOST_MEMORY = 2_000_000_000  # bytes of address space: what needs more is no document
_PRELOAD = ["feedparser", "lxml.html", "trafilatura", "ingest.formats.feed", "ingest.pages.page"]

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """What a process says of a document. `last`: it ends now."""

    value: object = None
    error: WirewatchError | None = None
    unexpected: str = ""
    trace: str = ""
    last: bool = False


class Workers:
    """`processes` are used at once, 0 for one for each core; `seconds` are what one document may take."""

    def __init__(self, *, processes: int, seconds: float) -> None:
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(
            max_workers=processes or len(os.sched_getaffinity(0)), thread_name_prefix="reading"
        )
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(_PRELOAD)
        self._starting = threading.Lock()
        self._lock = threading.Lock()
        self._idle: list[_Process] = []
        self._all: set[_Process] = set()
        self._closed = False

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `function`, of the top level of a module, returns for these arguments in another process.

        Raises its WirewatchErrors; ReadingFailed where time or memory did not suffice or the process died;
        RuntimeError for any other error, with its traceback as a note.
        """
        work = partial(function, *args, **kwargs)
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, work)
        if answer.error:
            raise answer.error
        if answer.unexpected:
            error = RuntimeError(answer.unexpected)
            error.add_note(answer.trace)
            raise error
        return cast("T", answer.value)

    def close(self) -> None:
        """Ends all processes at once; whatever they were reading fails."""
        with self._lock:
            self._closed = True
            for process in self._all:
                process.kill()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _ask(self, work: partial[T]) -> _Answer:
        """In a thread, of which there are as many as processes."""
        process = self._take()
        answer = None
        try:
            answer = process.ask(work)
        finally:
            self._give_back(process, well=answer is not None and not answer.last)
        if answer:
            return answer
        late = process.exit_code == -signal.SIGALRM
        problem = f"takes more than {self._seconds:g} seconds to read" if late else "its reader died"
        return _Answer(error=_failed(work, problem))

    def _take(self) -> _Process:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        with self._starting:
            process = _Process(self._context, self._seconds)
        with self._lock:
            self._all.add(process)
            if self._closed:
                process.kill()
        return process

    def _give_back(self, process: _Process, *, well: bool) -> None:
        with self._lock:
            if well:
                self._idle.append(process)
            else:
                process.kill()
                self._all.discard(process)


class _Process:
    def __init__(self, context: multiprocessing.context.ForkServerContext, seconds: float) -> None:
        self._connection, theirs = context.Pipe()
        with theirs:
            self._process = context.Process(
                target=_serve, args=(theirs, seconds), name="reading", daemon=True
            )
            self._process.start()

    @property
    def exit_code(self) -> int | None:
        return self._process.exitcode

    def ask(self, work: partial[T]) -> _Answer | None:
        """None when the process ended instead of answering."""
        try:
            self._connection.send(work)
            return cast("_Answer", self._connection.recv())
        except (EOFError, OSError):
            self._process.join()
            return None

    def kill(self) -> None:
        self._process.kill()
        self._process.join()


def _failed(work: partial[T], problem: str) -> ReadingFailed:
    return ReadingFailed(str(work.keywords.get("url") or "a document"), problem)


def _serve(connection: Connection, seconds: float) -> None:
    """The process: reads documents until it has read enough of them or nobody is there to ask."""
    _obey()
    start = _memory()
    for number in range(1, _DOCUMENTS + 1):
        try:
            work = connection.recv()
        except EOFError:
            return
        answer = partial(_Answer, last=number == _DOCUMENTS or _memory() - start > _GROWTH)
        signal.setitimer(signal.ITIMER_REAL, seconds)  # SIGALRM ends it even where no Python code runs
        told = _answered(work, answer)
        signal.setitimer(signal.ITIMER_REAL, 0)
        connection.send_bytes(told)


def _obey() -> None:
    """SIGTERM ends this process, though its parent blocks it; Ctrl-C is for the parent alone to judge."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for ending in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(ending, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = _MOST_MEMORY if hard == resource.RLIM_INFINITY else min(_MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _answered(work: partial[object], answer: Callable[..., _Answer]) -> bytes:
    try:
        return pickle.dumps(answer(value=work()))
    except WirewatchError as error:
        return pickle.dumps(answer(error=error))
    except MemoryError:
        problem = f"takes more than {_MOST_MEMORY:,} bytes of memory to read"
        return pickle.dumps(answer(error=_failed(work, problem)))
    except Exception as error:  # noqa: BLE001 - one document's surprise; told where it was asked for
        told = f"{type(error).__name__}: {error}"
        return pickle.dumps(answer(unexpected=told, trace=traceback.format_exc()))


def _memory() -> int:
    """The most that this process has held, in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
