"""Running a function over items in threads, with results in the items' order and bounded reading ahead."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    pool: Executor,
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    cost: Callable[[Item], int],
    budget: int,
    at_least: int,
) -> Iterator[Result]:
    """The results in the order of `items`, each as soon as it and those before it are done.

    Items are read in a thread of their own, so that a result comes out while the next item is awaited, and
    only while the costs of those in hand are below `budget` or there are fewer than `at_least`. An error in
    `items` or `function` is raised behind the results of the items before it.
    """
    ahead: _Ahead[Result] = _Ahead(budget=budget, at_least=at_least)

    def read() -> None:
        try:
            for item in items:
                if not ahead.wait_for_room():
                    return
                ahead.put(pool.submit(function, item), cost(item))
            ahead.end(None)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that wants the results
            ahead.end(error)

    # A daemon: it may hang in a read from a pipe that nobody writes to when the process wants to end.
    threading.Thread(target=read, name="stream-reader", daemon=True).start()
    try:
        while (future := ahead.take()) is not None:
            result = future.result()
            ahead.done()
            yield result
    finally:
        ahead.close()


class _Ahead(Generic[Result]):
    """The results under way, between the thread that reads and the one that wants them."""

    def __init__(self, *, budget: int, at_least: int) -> None:
        self._budget = budget
        self._at_least = at_least
        self._changed = threading.Condition()
        self._futures: deque[Future[Result]] = deque()
        self._costs: deque[int] = deque()
        self._cost = 0
        self._ended = False
        self._closed = False
        self._error: BaseException | None = None

    def wait_for_room(self) -> bool:
        """False when nobody wants results any more."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or len(self._costs) < self._at_least or self._cost < self._budget
            )
            return not self._closed

    def put(self, future: Future[Result], cost: int) -> None:
        with self._changed:
            self._futures.append(future)
            self._costs.append(cost)
            self._cost += cost
            self._changed.notify_all()

    def end(self, error: BaseException | None) -> None:
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def take(self) -> Future[Result] | None:
        """The next in order, None behind the last. Raises what reading the items raised."""
        with self._changed:
            self._changed.wait_for(lambda: self._futures or self._ended)
            if self._futures:
                return self._futures.popleft()
            if self._error is not None:
                raise self._error
            return None

    def done(self) -> None:
        """The result last taken is out of hand."""
        with self._changed:
            self._cost -= self._costs.popleft()
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            for future in self._futures:
                future.cancel()
            self._changed.notify_all()
