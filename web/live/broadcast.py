"""What has just arrived, for many viewers at once: one reader fills it, each viewer has a short queue.

Memory is bounded: by number and size of what is kept for those who come back, by viewers, and by what waits
for each. A viewer who reads too slowly is dropped with a word, comes back, and goes on where it was.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from article.errors import Busy
from article.records import EnrichedArticle
from index.embedded.matching import Matching, matches
from index.query import Query

_KEPT = 500
_KEPT_CHARACTERS = 8_000_000
_VIEWERS = 200
_WAITING = 100


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """`id` names its place in the stream, the same in every process. `told` is what viewers are sent, JSON
    on one line."""

    id: str
    article: EnrichedArticle
    told: str

    @property
    def size(self) -> int:
        return len(self.told) + len(self.article.text) + len(self.article.summary)


class Viewer:
    """One stream. Its methods are called by the event loop's thread, `put` and `end` by any."""

    def __init__(self, query: Query, before: Sequence[Arrival], *, most: int) -> None:
        self.query = query
        self.dropped = False
        self._most = most + len(before)
        self._waiting = deque(before)
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._lock = threading.Lock()
        self._ended = False

    def put(self, arrival: Arrival) -> bool:
        """False where it has too much to read already, and is dropped."""
        with self._lock:
            if len(self._waiting) >= self._most:
                self._waiting.clear()
                self.dropped = self._ended = True
            else:
                self._waiting.append(arrival)
        self._wake()
        return not self.dropped

    def end(self) -> None:
        self._ended = True
        self._wake()

    async def next(self, seconds: float) -> Sequence[Arrival] | None:
        """What has come; nothing after so many seconds without; None at the end."""
        if not self._waiting and not self._ended:
            try:
                async with asyncio.timeout(seconds):
                    await self._changed.wait()
            except TimeoutError:
                return ()
        self._changed.clear()
        with self._lock:
            found = tuple(self._waiting)
            self._waiting.clear()
        return None if self._ended and not found else found

    def _wake(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._changed.set)


class Broadcast:
    """Safe to share between threads."""

    def __init__(self, *, kept: int = _KEPT, viewers: int = _VIEWERS, waiting: int = _WAITING) -> None:
        self._most_kept = kept
        self._most_viewers = viewers
        self._most_waiting = waiting
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Arrival] = OrderedDict()
        self._size = 0
        self._viewers: set[Viewer] = set()
        self._closed = False
        self.watch: Callable[[int], None] = lambda _: None
        """Told how many viewers there are, at each change."""

    @property
    def last(self) -> str:
        """The place of what came last; empty before anything has."""
        with self._lock:
            return next(reversed(self._kept), "")

    def publish(self, arrivals: Sequence[Arrival]) -> None:
        with self._lock:
            for arrival in arrivals:
                self._keep(arrival)
                matching, wanted = Matching(arrival.article), dict[Query, bool]()
                for viewer in list(self._viewers):
                    query = viewer.query
                    if query not in wanted:
                        wanted[query] = matching.meets(query)
                    if wanted[query] and not viewer.put(arrival):
                        self._viewers.discard(viewer)

    def check_room(self) -> None:
        """Raises Busy where there are too many viewers."""
        with self._lock:
            if len(self._viewers) >= self._most_viewers:
                raise Busy("the live view", f"has {self._most_viewers} viewers already", "try again later")

    @contextmanager
    def viewer(self, query: Query, *, after: str) -> Iterator[tuple[Viewer, bool]]:
        """A stream of what matches and came behind `after`, from now on where that is empty.

        The second value says whether something may be missing: what came behind `after` is kept no more.
        """
        with self._lock:
            missing = bool(after) and after not in self._kept
            before = [each for each in self._behind(after) if matches(query, each.article)]
            viewer = Viewer(query, before, most=self._most_waiting)
            self._viewers.add(viewer)
            if self._closed:
                viewer.end()
            self.watch(len(self._viewers))
        try:
            yield viewer, missing
        finally:
            with self._lock:
                self._viewers.discard(viewer)
                self.watch(len(self._viewers))

    def close(self) -> None:
        """End all streams, and begin no new ones."""
        with self._lock:
            self._closed = True
            for viewer in self._viewers:
                viewer.end()

    def _keep(self, arrival: Arrival) -> None:
        self._kept[arrival.id] = arrival
        self._size += arrival.size
        while len(self._kept) > self._most_kept or (self._size > _KEPT_CHARACTERS and len(self._kept) > 1):
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.size

    def _behind(self, after: str) -> Iterator[Arrival]:
        if after not in self._kept:
            return
        found = False
        for id, arrival in self._kept.items():
            if found:
                yield arrival
            found = found or id == after
