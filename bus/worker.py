"""The loop that every consuming stage runs: poll, handle, commit; what cannot be handled is a dead letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from article.errors import Fenced, WirewatchError
from bus.envelope import dead_letter
from bus.protocol import Message, Record, Source
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


def work(source: Source, handle: Handler, *, stage: str, stop: Stop, clock: Clock, metrics: Metrics) -> None:
    """Handle batches until stopped. A batch is committed whole or, when stopped or fenced, not at all.

    Raises TooManyDead after MAX_DEAD_IN_A_ROW dead letters with nothing handled between them; those are
    not committed, so that the next release finds them.
    """
    log = get_logger(stage)
    in_a_row = 0
    while not stop.is_set():
        batch = source.poll(POLL_SECONDS)
        if not batch.messages:
            continue
        with metrics.batch_seconds.labels(stage).time():
            handled = handle(batch.messages)
            in_a_row = _dead_in_a_row(in_a_row, batch.messages, handled)
            if in_a_row >= MAX_DEAD_IN_A_ROW:
                last, reason = handled.dead[-1]
                raise TooManyDead(
                    f"stage {stage}",
                    f"{in_a_row} records in a row could not be processed, the last, {last.key}: {reason}",
                    "nothing of the batch was committed; mend the cause and start the stage again",
                )
            now = clock.now()
            letters = [
                dead_letter(message, stage=stage, reason=reason, now=now) for message, reason in handled.dead
            ]
            try:
                source.commit(batch, [*handled.outputs, *letters])
            except Fenced as error:
                log.info("batch.fenced", records=len(batch.messages), reason=error.problem)
                continue
        for message, reason in handled.dead:
            metrics.dead.labels(stage).inc()
            log.warning("record.dead", key=message.key, channel=message.channel.name, reason=reason)


def _dead_in_a_row(before: int, messages: Sequence[Message], handled: Handled) -> int:
    dead = {(message.partition, message.offset) for message, _ in handled.dead}
    count = before
    for message in messages:
        count = count + 1 if (message.partition, message.offset) in dead else 0
    return count
