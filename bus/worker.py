"""The loop that every consuming stage runs: poll, handle, commit; what cannot be handled is a dead letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from article.errors import Fenced, Unavailable, WirewatchError
from bus.envelope import dead_letter
from bus.protocol import Message, Record, Source
from bus.trace import trace_id_of
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.logging import get_logger
from runtime.metrics import Metrics
from runtime.shutdown import Stop

POLL_SECONDS = 0.5
MAX_DEAD_IN_A_ROW = 100


@dataclass(frozen=True, kw_only=True)
class Handled:
    """What a batch led to: records to write, and messages to give up, each with the reason."""

    outputs: Sequence[Record] = ()
    dead: Sequence[tuple[Message, str]] = ()


class Handler(Protocol):
    def __call__(self, messages: Sequence[Message], /) -> Handled:
        """Every message ends in `outputs`, in `dead`, or needs nothing. Raises what must stop the stage."""


class TooManyDead(WirewatchError):
    """A stage gives up everything it sees: a bad release, not bad data."""


def work(
    source: Source,
    handle: Handler,
    *,
    stage: str,
    stop: Stop,
    clock: Clock,
    metrics: Metrics,
    backoff: Backoff | None = None,
) -> None:
    """Handle batches until stopped. A batch is committed whole or, when stopped or fenced, not at all.

    A bus that is away slows the stage down: it goes back to what is committed and tries again. Raises
    TooManyDead after MAX_DEAD_IN_A_ROW dead letters with nothing handled between them; those are not
    committed, so that the next release finds them.
    """
    worker = _Worker(source, handle, stage=stage, clock=clock, metrics=metrics)
    waits = backoff or Backoff(base=0.5, cap=30.0)
    log = get_logger(stage)
    failures = 0
    while not stop.is_set():
        try:
            if failures:
                source.rewind()
            worker.step()
            metrics.going(stage)
            failures = 0
        except Fenced as error:
            metrics.fenced.labels(stage).inc()
            log.info("batch.fenced", reason=str(error))
        except Unavailable as error:
            if stop.is_set():
                log.info("batch.abandoned", reason=str(error))
                return
            failures += 1
            metrics.waiting([stage], "bus")
            wait = waits.wait(failures)
            log.warning("bus.unavailable", reason=str(error), retry_in=round(wait, 1))
            stop.wait(wait)


class _Worker:
    def __init__(
        self, source: Source, handle: Handler, *, stage: str, clock: Clock, metrics: Metrics
    ) -> None:
        self._source = source
        self._handle = handle
        self._stage = stage
        self._clock = clock
        self._metrics = metrics
        self._log = get_logger(stage)
        self._in_a_row = 0
        metrics.begin(stage, "bus")

    def step(self) -> None:
        """One batch, if there is one."""
        batch = self._source.poll(POLL_SECONDS)
        if not batch.messages:
            return
        with self._metrics.batch_seconds.labels(self._stage).time():
            handled = self._handle(batch.messages)
            in_a_row = _dead_in_a_row(self._in_a_row, batch.messages, handled)
            if in_a_row >= MAX_DEAD_IN_A_ROW:
                raise self._too_many(in_a_row, handled)
            now = self._clock.now()
            letters = [
                dead_letter(message, stage=self._stage, reason=reason, now=now)
                for message, reason in handled.dead
            ]
            self._source.commit(batch, [*handled.outputs, *letters])
        self._in_a_row = in_a_row
        self._metrics.batch_records.labels(self._stage).inc(len(batch.messages))
        self._log.debug("batch.committed", records=len(batch.messages))
        for message, reason in handled.dead:
            self._metrics.dead.labels(self._stage).inc()
            self._log.warning("record.dead", reason=reason, **about(message))

    def _too_many(self, in_a_row: int, handled: Handled) -> TooManyDead:
        last, reason = handled.dead[-1]
        return TooManyDead(
            f"stage {self._stage}",
            f"{in_a_row} records in a row could not be processed, the last, {last.key}: {reason}",
            "nothing of the batch was committed; mend the cause and start the stage again",
        )


def about(message: Message) -> dict[str, str]:
    """Which record it is, as fields of an event."""
    told = {"key": message.key, "channel": message.channel.name, "trace": trace_id_of(message.headers)}
    return {**told, "article": message.key} if message.channel.family == "articles" else told


def _dead_in_a_row(before: int, messages: Sequence[Message], handled: Handled) -> int:
    dead = {(message.partition, message.offset) for message, _ in handled.dead}
    count = before
    for message in messages:
        count = count + 1 if (message.partition, message.offset) in dead else 0
    return count
