"""Which deliveries are next, hook by hook, in bounded memory: the rest stays in the table. Pure.

Each hook has its own queue and its own rest after a failure, so that none waits for another's receiver.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

WINDOW = 500
NEVER = datetime.max.replace(tzinfo=UTC)
_EVER = datetime.min.replace(tzinfo=UTC)

Due = tuple[datetime, str]
"""When, and the article's id."""


@dataclass(kw_only=True)
class HookQueue:
    """The `window` deliveries that are due first; `unloaded` is when the first of the others is due.

    `total` counts all that wait. `failures` is those in a row, `problem` the last of them, and `rest_until`
    what they have led to. `sent` are the articles under way.
    """

    window: int = WINDOW
    total: int = 0
    failures: int = 0
    problem: str = ""
    rest_until: datetime = _EVER
    unloaded: datetime = NEVER
    sent: set[str] = field(default_factory=set)
    _next: list[Due] = field(default_factory=list)

    def clear(self) -> None:
        """Before all that wait are added anew. What is under way stays so."""
        self._next.clear()
        self.total, self.unloaded = 0, NEVER

    def add(self, due: Due) -> None:
        """One more that waits."""
        self.total += 1
        self.again(due)

    def again(self, due: Due) -> None:
        """One that waits already, at another time."""
        insort(self._next, due)
        if len(self._next) > self.window:
            self.unloaded = min(self.unloaded, self._next.pop()[0])

    def take(self, now: datetime, *, most: int) -> Iterator[str]:
        """Articles whose delivery is to be tried now; each is under way until `ended`.

        While the hook fails there is one at a time, and none while it rests.
        """
        if self.rest_until > now:
            return
        room = (1 if self.failures else most) - len(self.sent)
        busy: list[Due] = []
        while room > 0 and self._next and self._next[0][0] <= now:
            entry = self._next.pop(0)
            if entry[1] in self.sent:  # a revision came while the one before is under way
                busy.append(entry)
                continue
            self.sent.add(entry[1])
            room -= 1
            yield entry[1]
        self._next[:0] = busy

    def take_old(self, until: datetime, *, most: int) -> Iterator[str]:
        """Articles that are not under way and were due at `until` or before; they are out of the queue."""
        old = [each for each in self._next[:most] if each[0] <= until and each[1] not in self.sent]
        for entry in old:
            self._next.remove(entry)
            yield entry[1]

    def ended(self, article: str, now: datetime, *, problem: str = "", pause: float = 0.0) -> None:
        """A try has ended; after a bad one the hook rests for `pause` seconds."""
        self.sent.discard(article)
        self.problem = problem
        self.failures = self.failures + 1 if problem else 0
        self.rest_until = max(self.rest_until, now + timedelta(seconds=pause)) if problem else _EVER

    def lacks(self, now: datetime) -> bool:
        """Whether what is next lies in the table alone."""
        at_hand = bool(self._next) and self._next[0][0] <= now
        return self.rest_until <= now and self.unloaded <= now and not at_hand
