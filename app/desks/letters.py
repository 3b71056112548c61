"""Looking through the dead letters that wait: some of them, and what they died of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from bus.envelope import Letter
from web.pipeline.desk import DeadLetter, Letters, Reason, same

LOOKED_AT = 10_000
"""Letters that are looked through at once: bounds the time of a page. The rest comes when these are gone."""


def chosen(
    waiting: Iterable[Letter], *, stage: str, reason: str, offset: int, limit: int, looked_at: int = LOOKED_AT
) -> Letters:
    """Those of a stage and a reason, each where it is not empty, oldest first as they come."""
    letters: list[DeadLetter] = []
    reasons: dict[tuple[str, str], Reason] = {}
    total = looked = 0
    for letter in islice(waiting, looked_at + 1):
        looked += 1
        if looked > looked_at:
            break
        _count(reasons, letter)
        if stage not in ("", letter.stage) or (reason and not same(reason, letter.reason)):
            continue
        total += 1
        if offset < total <= offset + limit:
            letters.append(shown(letter))
    return Letters(
        letters=letters,
        total=total,
        reasons=sorted(reasons.values(), key=lambda each: (-each.letters, each.stage, each.reason)),
        more=looked > looked_at,
    )


def shown(letter: Letter) -> DeadLetter:
    return DeadLetter(
        place=letter.place,
        time=letter.time,
        stage=letter.stage,
        reason=letter.reason,
        channel=letter.channel.name if letter.channel else None,
        key=letter.message.key.encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
        bytes=len(letter.message.value or b""),
    )


def _count(reasons: dict[tuple[str, str], Reason], letter: Letter) -> None:
    kind = letter.stage, letter.reason
    if known := reasons.get(kind):
        reasons[kind] = replace(
            known,
            letters=known.letters + 1,
            oldest=min(known.oldest, letter.time),
            newest=max(known.newest, letter.time),
        )
    else:
        reasons[kind] = Reason(
            stage=letter.stage, reason=letter.reason, letters=1, oldest=letter.time, newest=letter.time
        )
