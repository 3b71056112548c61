"""A new generation of the index from the stream, while the old one serves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from article.codec import decode
from article.errors import BadConfiguration, BadRecord, Busy, Unavailable, WirewatchError
from article.records import EnrichedArticle
from bus.channels import ENRICHED
from bus.protocol import Bus, Reader
from index.generations import Generation, Generations
from index.protocol import Refused, Written
from runtime.backoff import Backoff, patiently
from runtime.logging import get_logger
from runtime.shutdown import Stop

MAX_REFUSED_IN_A_ROW = 100  # as many as end a stage: then it is not the articles that are at fault

_POLL_SECONDS = 1.0

T = TypeVar("T")
Outcome = Written | Refused


@dataclass(frozen=True, kw_only=True, slots=True)
class Rebuilt:
    """How far a rebuild is, and at its end what it did.

    `read` records of the stream; `refused` of them no index takes (the index stage put them to the dead
    letters); `kept` articles of the old generation that the stream has forgotten.
    """

    read: int = 0
    refused: int = 0
    kept: int = 0


Progress = Callable[[Rebuilt], None]


def rebuild(
    bus: Bus,
    generations: Generations,
    *,
    stop: Stop,
    progress: Progress = lambda _: None,
    backoff: Backoff | None = None,
) -> Rebuilt:
    """Read the stream from its start into a new generation, then put that in the place of the old one.

    A bus or an index that goes away in the middle is waited for. Raises Unavailable when stopped, and
    BadConfiguration when MAX_REFUSED_IN_A_ROW articles are refused; the old generation then serves on.
    """
    work = _Work(generations.begin(), stop=stop, progress=progress, backoff=backoff)
    try:
        # Opened after `begin`: what the live stage writes to the old generation alone lies before its end.
        reader = bus.reader(ENRICHED, from_start=True, until_now=True)
        try:
            work.fill(reader)
        finally:
            reader.close()
        work.keep()
        work.swap()
    except BaseException:
        with suppress(WirewatchError):
            work.generation.discard()
        raise
    return work.done


class _Work:
    def __init__(
        self, generation: Generation, *, stop: Stop, progress: Progress, backoff: Backoff | None
    ) -> None:
        self.generation = generation
        self.done = Rebuilt()
        self._stop = stop
        self._progress = progress
        self._backoff = backoff or Backoff(base=0.5, cap=30.0)
        self._log = get_logger("rebuild")
        self._refused_in_a_row = 0

    def fill(self, reader: Reader) -> None:
        while messages := self._patiently(lambda: reader.poll(_POLL_SECONDS)):
            articles = []
            for message in messages:
                try:
                    articles.append(decode(EnrichedArticle, message.value or b""))
                except BadRecord as error:
                    self._refuse(message.key, str(error))
            self._write(articles)
            self._report(replace(self.done, read=self.done.read + len(messages)))

    def keep(self) -> None:
        self._patiently(self._keep)

    def _keep(self) -> None:
        """From the beginning again after an outage: what is kept already is not missing any more."""
        for articles in self.generation.missing():
            self._write(articles)
            self._report(replace(self.done, kept=self.done.kept + len(articles)))

    def swap(self) -> None:
        self._patiently(self.generation.swap)

    def _write(self, articles: Sequence[EnrichedArticle]) -> None:
        for outcome in self._patiently(lambda: self.generation.write(articles)):
            if isinstance(outcome, Refused):
                self._refuse(outcome.id, outcome.reason)
            else:
                self._refused_in_a_row = 0

    def _refuse(self, subject: str, reason: str) -> None:
        self._log.warning("article.refused", article=subject, reason=reason)
        self.done = replace(self.done, refused=self.done.refused + 1)
        self._refused_in_a_row += 1
        if self._refused_in_a_row >= MAX_REFUSED_IN_A_ROW:
            raise BadConfiguration(
                "rebuild",
                f"{MAX_REFUSED_IN_A_ROW} articles in a row were refused, the last, {subject}: {reason}",
                "mend the cause; until then the old index serves on",
            )

    def _report(self, done: Rebuilt) -> None:
        self.done = done
        self._progress(done)
        if self._stop.is_set():
            raise Unavailable("rebuild", "was stopped", "the old index serves on; start it again at any time")

    def _patiently(self, action: Callable[[], T]) -> T:
        """Busy is no outage: somebody else has taken over, and waiting would be in vain."""

        def attempt() -> T | Busy:
            try:
                return action()
            except Busy as error:
                return error

        result = patiently(
            attempt, component="rebuild", event="rebuild.waiting", stop=self._stop, backoff=self._backoff
        )
        if isinstance(result, Busy):
            raise result
        return result
