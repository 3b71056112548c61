"""Which word pieces make a word, whatever the tokenizer takes for one.

The bundled model's tokenizer parts words at spaces and punctuation. Others call "(Kabul)" one word, whose
label would be that of its bracket, or have no words at all.
"""

from __future__ import annotations

from unicodedata import category

import numpy as np
from numpy.typing import NDArray

# Scripts that are written without spaces: there each piece is a word. Code points, ends exclusive.
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF))


def number_words(text: str, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """The number of the word of each piece, from 0, never going down; `starts` and `ends` in code points.

    A word is a run of letters and digits; every mark beside it is one of its own. A piece without a
    character to show, as some tokenizers make of a space, belongs to the word behind it.
    """
    words = np.zeros(len(starts), np.int64)
    number, blank, end = -1, False, -1
    for at, (begin, stop) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        goes_on = blank or (at > 0 and (begin < end or (begin == end and _joined(text, begin))))
        number += not goes_on
        words[at] = number
        blank, end = not text[begin:stop].strip(), stop
    return words


def _joined(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at : at + 1]
    return _in_word(before) and _in_word(after) and not _unspaced(after) and not _unspaced(before)


def _in_word(character: str) -> bool:
    """Letters, digits, and the marks that vowels and tones are written with."""
    return character.isalnum() or category(character).startswith("M")


def _unspaced(character: str) -> bool:
    return any(first <= ord(character) < last for first, last in _UNSPACED)
