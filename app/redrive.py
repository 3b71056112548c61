"""Dead letters that wait, and sending them on their way again.

A group of its own reads the dead letters. What it has committed is dealt with; the others wait. One redrive
goes once through those that wait: in one transaction each batch is committed, the chosen ones are written to
where they came from, and the others are written to the dead letters once more, to wait on. So no letter is
lost, and none is sent twice.

A letter of the index stage is different. Its record is in the enriched channel already, where each revision
stands once, so it goes straight to the index.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass, replace

from article.codec import decode
from article.errors import BadRecord, Fenced, Unavailable
from article.records import EnrichedArticle
from bus.channels import DEAD, ENRICHED
from bus.envelope import Letter, letter_of
from bus.protocol import Batch, Bus, Record, Source
from index.protocol import ArticleIndex, Refused

GROUP = "redrive"
OpenIndex = Callable[[], AbstractContextManager[ArticleIndex]]
_POLL_SECONDS = 1.0
_EMPTY_POLLS = 60
_IDLE_POLLS = 5  # polls in a row without a letter that is due, before it is looked whether others have them


@dataclass(frozen=True, kw_only=True)
class Redriven:
    """How many letters were sent again, and how many wait on; `refused` with the reason by place."""

    sent: int
    left: int
    refused: dict[str, str]


def waiting(bus: Bus) -> Generator[Letter]:
    """The letters that wait, oldest first within a partition."""
    with closing(bus.reader(DEAD, behind=GROUP, until_now=True)) as reader:
        while messages := reader.poll(0):
            yield from map(letter_of, messages)


def redrive(bus: Bus, wanted: Callable[[Letter], bool], open_index: OpenIndex) -> Redriven:
    """Once through what waits now. `open_index` is called only for letters of the index stage.

    Raises Unavailable when the bus or the index is away, or another redrive is under way; what was sent until
    then is sent. Letters that another one has dealt with meanwhile are not counted.
    """
    due = {_stand(letter) for letter in waiting(bus)}
    done = Redriven(sent=0, left=0, refused={})
    if not due:
        return done
    with closing(bus.source(DEAD, group=GROUP)) as source:
        idle = 0
        while due:
            batch = source.poll(_POLL_SECONDS)
            # Letters that were put back meanwhile come by once more, and wait on.
            present = [letter for letter in map(letter_of, batch.messages) if _stand(letter) in due]
            idle = 0 if present else idle + 1
            if idle and idle % _IDLE_POLLS == 0:
                due &= {_stand(letter) for letter in waiting(bus)}
                _check_ours(source, due, idle)
            if batch.messages:
                with suppress(Fenced):  # shared out anew: what is still ours comes again
                    sent, refused = _sent(source, batch, list(filter(wanted, present)), open_index)
                    due.difference_update(map(_stand, present))
                    done = replace(
                        done,
                        sent=done.sent + sent,
                        left=done.left + len(present) - sent,
                        refused=done.refused | refused,
                    )
    return done


def _stand(letter: Letter) -> tuple[int, int]:
    """Where the letter itself stands, in this life."""
    return letter.message.partition, letter.message.offset


def _check_ours(source: Source, due: set[tuple[int, int]], idle: int) -> None:
    """Raises Unavailable where what is due is another's to deal with, or does not come for long."""
    owned = source.owned()
    others = owned and owned.isdisjoint(partition for partition, _ in due)
    if due and (others or idle >= _EMPTY_POLLS):
        raise Unavailable(
            DEAD.name, f"{len(due)} letters are held by somebody else", "is another redrive under way?"
        )


def _sent(
    source: Source, batch: Batch, chosen: list[Letter], open_index: OpenIndex
) -> tuple[int, dict[str, str]]:
    """Commits the batch, the chosen ones sent and all others put back. How many, and who was refused."""
    refused = _into_index([each for each in chosen if each.channel == ENRICHED], open_index)
    outputs: list[Record] = []
    sent = 0
    for letter in map(letter_of, batch.messages):
        original = letter.original()
        if letter not in chosen or letter.place in refused or original is None:
            message = letter.message
            outputs.append(
                Record(channel=DEAD, key=message.key, value=message.value, headers=message.headers)
            )
            continue
        sent += 1
        if letter.channel != ENRICHED:
            outputs.append(original)
    source.commit(batch, outputs)
    return sent, refused


def _into_index(letters: list[Letter], open_index: OpenIndex) -> dict[str, str]:
    """Why those that still cannot be indexed are refused, by place."""
    refused: dict[str, str] = {}
    read: list[tuple[Letter, EnrichedArticle]] = []
    for letter in letters:
        try:
            read.append((letter, decode(EnrichedArticle, letter.message.value or b"")))
        except BadRecord as error:
            refused[letter.place] = str(error)
    if read:
        with open_index() as index:
            outcomes = index.write([article for _, article in read])
        for (letter, _), outcome in zip(read, outcomes, strict=True):
            if isinstance(outcome, Refused):
                refused[letter.place] = outcome.reason
    return refused
