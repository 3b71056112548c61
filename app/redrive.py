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
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace

from article.codec import decode
from article.errors import BadRecord, Unavailable
from article.records import EnrichedArticle
from bus.channels import DEAD, ENRICHED
from bus.envelope import Letter, letter_of
from bus.protocol import Bus, Record, Source
from index.protocol import ArticleIndex, Refused

GROUP = "redrive"
OpenIndex = Callable[[], AbstractContextManager[ArticleIndex]]
_POLL_SECONDS = 1.0
_EMPTY_POLLS = 60


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
    then is sent.
    """
    due = {_stand(letter) for letter in waiting(bus)}
    done = Redriven(sent=0, left=0, refused={})
    if not due:
        return done
    with closing(bus.source(DEAD, group=GROUP)) as source:
        while due:
            done = _one_batch(source, due, wanted, open_index, done)
    return done


def _stand(letter: Letter) -> tuple[int, int]:
    """Where the letter itself stands, in this life."""
    return letter.message.partition, letter.message.offset


def _one_batch(
    source: Source,
    due: set[tuple[int, int]],
    wanted: Callable[[Letter], bool],
    open_index: OpenIndex,
    done: Redriven,
) -> Redriven:
    for _ in range(_EMPTY_POLLS):
        batch = source.poll(_POLL_SECONDS)
        if batch.messages:
            break
    else:
        raise Unavailable(DEAD.name, "gives no more letters", "is another redrive under way?")
    letters = [letter_of(message) for message in batch.messages]
    # Letters that were put back meanwhile come by once more, and wait on.
    present = [letter for letter in letters if _stand(letter) in due]
    chosen = [letter for letter in present if wanted(letter)]
    refused = _into_index([each for each in chosen if each.channel == ENRICHED], open_index)
    outputs: list[Record] = []
    sent = 0
    for letter in letters:
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
    due.difference_update(map(_stand, present))
    return replace(
        done,
        sent=done.sent + sent,
        left=done.left + len(present) - sent,
        refused=done.refused | refused,
    )


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
