"""The case channel: the tokenizer lower-cases, so how a word was written goes in beside the pieces."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

LOWER: Final = 0
TITLE: Final = 1
UPPER: Final = 2
MIXED: Final = 3

_RUN = re.compile(r"[^\W_]+")


def case_channel(text: str) -> NDArray[np.int64]:
    """One number for each code point of `text`: the case of the run of letters and digits that it is in.

    0 lower case or no letters, 1 Title or one capital, 2 UPPER, 3 mixed. Linear in the text's length.
    """
    channel = np.zeros(len(text), np.int64)
    if text.islower():
        return channel
    for run in _RUN.finditer(text):
        word = run.group()
        if not word.islower():
            case = case_of(word)
            if case:
                channel[run.start() : run.end()] = case
    return channel


def case_of(run: str) -> int:
    """The case of one run of letters and digits."""
    return _case_of(run) if len(run) < 40 else _case_of.__wrapped__(run)


@lru_cache(maxsize=20_000)
def _case_of(run: str) -> int:
    capitals = sum(map(str.isupper, run))
    if not capitals:
        return LOWER
    letters = sum(map(str.isalpha, run))
    if capitals == letters:
        return TITLE if letters == 1 else UPPER
    return TITLE if capitals == 1 and run[0].isupper() else MIXED
