"""What the pipeline page asks for; app has the implementation over the bus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True, kw_only=True)
class StageStanding:
    """How far a stage is. `waiting` are the articles before it that it has not dealt with; None for ingest,
    which waits for nothing but time. `done` counts those that it ever dealt with.

    `rate` and `rate_before` are articles per minute that it dealt with over the last minute, and over the
    last quarter of an hour, or None where this process has not watched long enough.
    """

    name: str
    waiting: int | None
    done: int
    rate: float | None
    rate_before: float | None


@dataclass(frozen=True, kw_only=True)
class FeedTally:
    """Feeds by how they stand: `due` ones should have been polled by now."""

    watched: int
    paused: int
    stopped: int
    failing: int
    due: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The whole pipeline. `dead` letters wait; `dead_more` says that there are more than were counted.

    `marks`: counts and rates may be a little high, for marks between the records (Kafka).
    """

    stages: Sequence[StageStanding]
    feeds: FeedTally
    dead: int
    dead_more: bool
    bus: str
    marks: bool


@dataclass(frozen=True, kw_only=True)
class Reason:
    """So many letters that one stage gave up for one reason, from `oldest` to `newest`."""

    stage: str
    reason: str
    letters: int
    oldest: datetime
    newest: datetime


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """A record that was given up. `place` names it: channel/partition/offset; `bytes` is the value's size."""

    place: str
    time: datetime
    stage: str
    reason: str
    channel: str | None
    key: str
    bytes: int


@dataclass(frozen=True, kw_only=True)
class OpenedLetter:
    letter: DeadLetter
    headers: Sequence[tuple[str, bytes]]
    value: bytes | None


@dataclass(frozen=True, kw_only=True)
class Letters:
    """The letters of one page, oldest first, out of `total` that were chosen; `reasons` are of all that wait,
    the most frequent first. `more` says that more wait than were looked at."""

    letters: Sequence[DeadLetter]
    total: int
    reasons: Sequence[Reason]
    more: bool


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which letters: those of `places`, or all of a stage and a reason, each where it is not empty; with
    `everything` all that wait. Empty chooses none."""

    places: frozenset[str] = frozenset()
    stage: str = ""
    reason: str = ""
    everything: bool = False

    def takes(self, *, place: str, stage: str, reason: str) -> bool:
        if self.everything or place in self.places:
            return True
        named = bool(self.stage or self.reason)
        return named and self.stage in ("", stage) and (not self.reason or same(self.reason, reason))


@dataclass(frozen=True, kw_only=True)
class Redrive:
    """A sending again of letters. `refused` says by place which letters still cannot be indexed, and why."""

    state: Literal["none", "running", "done", "failed"]
    started: datetime | None = None
    ended: datetime | None = None
    sent: int = 0
    left: int = 0
    refused: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def same(reason: str, other: str) -> bool:
    """Whether two reasons are one: forms change the ends of lines."""
    return reason.split() == other.split()


class PipelineDesk(Protocol):
    """Used by many threads at once. Raises Unavailable while the bus is away."""

    def standing(self) -> Standing: ...

    def letters(self, *, stage: str = "", reason: str = "", offset: int = 0, limit: int = 50) -> Letters: ...

    def letter(self, place: str) -> OpenedLetter:
        """Raises NotThere where no letter of this place waits."""

    def redrive(self, choice: Choice) -> Redrive:
        """Begin to send letters again. Raises BadInput for an empty choice, Busy while one is under way."""

    def last_redrive(self) -> Redrive:
        """The one that this process is at, or was at last."""
