"""The pipeline desk: lag, rates and dead letters, over the bus."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

from app.desks.letters import chosen, shown
from app.desks.rates import BEFORE, LATELY, Rates, Sample, sample
from app.desks.redriving import Redriver
from app.desks.tables import OpenTables, read_feeds
from app.redrive import OpenIndex, redrive, waiting
from article.errors import BadInput
from bus.channels import FEED_STATE, FEEDS, WEBHOOKS
from bus.envelope import Letter
from bus.protocol import Bus
from ingest.rhythm.trust import is_stopped
from web.errors import NotThere
from web.pipeline.desk import Choice, FeedTally, Letters, OpenedLetter, Redrive, StageStanding, Standing

_OVERDUE = timedelta(minutes=1)


class BusPipelineDesk:
    """A `web.pipeline.desk.PipelineDesk`. `kind` names the bus; `open_index` opens the index for writing: its
    letters go straight to it."""

    def __init__(
        self,
        bus: Bus,
        *,
        kind: str,
        marks: bool,
        rates: Rates,
        open_index: OpenIndex,
        now: Callable[[], datetime],
    ) -> None:
        self._bus = bus
        self._kind = kind
        self._marks = marks
        self._rates = rates
        self._open_index = open_index
        self._now = now
        self._tables = OpenTables(bus)
        self._redriver = Redriver(now=now)

    def standing(self) -> Standing:
        present = self.look()
        dead = self.letters(limit=0)
        return Standing(
            stages=[
                StageStanding(
                    name=stage,
                    waiting=present.waiting.get(stage),
                    done=done,
                    rate=self._rates.per_minute(stage, LATELY),
                    rate_before=self._rates.per_minute(stage, BEFORE),
                )
                for stage, done in present.done.items()
            ],
            feeds=self._tally(),
            dead=dead.total,
            dead_more=dead.more,
            bus=self._kind,
            marks=self._marks,
        )

    def look(self) -> Sample:
        """How far each stage is now."""
        return sample(self._bus, self._now(), notifying=bool(self._tables.all(WEBHOOKS)))

    def letters(self, *, stage: str = "", reason: str = "", offset: int = 0, limit: int = 50) -> Letters:
        with closing(waiting(self._bus)) as letters:
            return chosen(letters, stage=stage, reason=reason, offset=offset, limit=limit)

    def letter(self, place: str) -> OpenedLetter:
        with closing(waiting(self._bus)) as letters:
            for letter in letters:
                if letter.place == place:
                    message = letter.message
                    return OpenedLetter(letter=shown(letter), headers=message.headers, value=message.value)
        raise NotThere(place, "no letter of this place waits", "it may have been sent again")

    def redrive(self, choice: Choice) -> Redrive:
        if choice == Choice():
            raise BadInput("dead letters", "none were chosen", "choose some, a reason, or all")

        def wanted(letter: Letter) -> bool:
            return choice.takes(place=letter.place, stage=letter.stage, reason=letter.reason)

        return self._redriver.begin(lambda: redrive(self._bus, wanted, self._open_index))

    def last_redrive(self) -> Redrive:
        return self._redriver.last()

    def _tally(self) -> FeedTally:
        now = self._now()
        watched = paused = stopped = failing = due = 0
        for feed, state, _ in read_feeds(self._tables.all(FEEDS), self._tables.all(FEED_STATE)):
            watched += 1
            if feed.paused:
                paused += 1
            elif state is not None and is_stopped(feed, state):
                stopped += 1
            else:
                failing += state is not None and state.failures > 0
                due += state is not None and state.next_poll is not None and now - state.next_poll > _OVERDUE
        return FeedTally(watched=watched, paused=paused, stopped=stopped, failing=failing, due=due)
