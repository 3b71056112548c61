"""Cutting a long text into windows that the model can read, and joining what it says about them.

    pieces   |------------------------------------------------|
    cuts     0                c1                c2            n      at sentence ends where there are any
    windows  [----------------····]                                  each reads on past its cut
                          [····----------------····]
                                            [····-------------]

Every piece belongs to the one window between whose cuts it lies, and what is read beyond a cut is context
only: so the logits of a piece come from the window in which it is further from an edge, and the result does
not depend on the order in which the windows were run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from enrich.pieces import Pieces

# What the model was trained and measured with: 254 pieces and the two special ones.
WINDOW = 254

# Pieces read beyond a cut on each side: enough for a piece beside a cut to see its neighbours. More costs
# time (8 are a fortieth of a 500-word article's) and brings nothing: from 0 to 32 pieces exact-span F1 moves
# without direction between 83.0 and 84.0 on Worldwide dev and 85.9 and 86.2 on CoNLL-2003 test, as cuts lie
# at sentence ends.
CONTEXT = 8

_SENTENCE_END = re.compile(r"""[.!?…]["'”’)\]]{0,3}\s++|\n\s*+""")


@dataclass(frozen=True, kw_only=True)
class Window:
    """Pieces `start` to `end` are read, `first` to `last` are kept (ends exclusive)."""

    start: int
    end: int
    first: int
    last: int


def cut_windows(text: str, pieces: Pieces, *, window: int = WINDOW, context: int = CONTEXT) -> list[Window]:
    """As few windows as cover every piece, of nearly equal size, none cutting a word. None for no pieces.

    A word is cut only if it alone is longer than a window; the bundled tokenizer's longest has 100 pieces.
    """
    count = len(pieces)
    if count <= window:
        return [Window(start=0, end=count, first=0, last=count)] if count else []
    word_starts = np.flatnonzero(np.diff(pieces.words, prepend=-1))
    boundaries = _Boundaries(text, pieces, word_starts)
    cuts = [0]
    while (done := cuts[-1]) < count:
        room = window - (context if done else 0)
        if count - done <= room:
            cuts.append(count)
            break
        left = _windows_needed(count - done, room, window, context)
        farthest = done + room - context
        # The first window is as long as it can be, for the topics come from it. Even shares for the others
        # keep the last from being a stub. A cut may move to a sentence end while the rest still fits.
        even = done + -(-(count - done) // left) if done else farthest
        nearest = max(done + 1, count - _reach(left - 1, window, context))
        cuts.append(boundaries.best(done, nearest, min(even, farthest), farthest))
    return [_window(first, last, count, context, word_starts) for first, last in pairwise(cuts)]


def _reach(windows: int, window: int, context: int) -> int:
    """The most pieces that so many windows keep at the end of a text."""
    return windows * (window - 2 * context) + context if windows else 0


def _windows_needed(pieces: int, room: int, window: int, context: int) -> int:
    windows = 1
    reach = room - context
    while reach + _reach(windows - 1, window, context) < pieces:
        windows += 1
    return max(windows, 2)


def _window(first: int, last: int, count: int, context: int, word_starts: NDArray[np.int64]) -> Window:
    """With context on both sides, as far as it consists of whole words."""
    start, end = max(0, first - context), min(count, last + context)
    before = word_starts[np.searchsorted(word_starts, start) : np.searchsorted(word_starts, first)]
    after = word_starts[np.searchsorted(word_starts, last) : np.searchsorted(word_starts, end, side="right")]
    return Window(
        start=int(before[0]) if len(before) else first,
        end=count if end == count else int(after[-1]) if len(after) else last,
        first=first,
        last=last,
    )


class _Boundaries:
    """Where a text may be cut, the best kind first: sentence starts, words after a space, other words."""

    def __init__(self, text: str, pieces: Pieces, word_starts: NDArray[np.int64]) -> None:
        after_stops = np.array([match.end() for match in _SENTENCE_END.finditer(text)], np.int64)
        sentences = np.searchsorted(pieces.starts, after_stops)
        spaced = word_starts[1:][pieces.starts[word_starts[1:]] > pieces.ends[word_starts[1:] - 1]]
        self._kinds = (np.intersect1d(sentences, word_starts), spaced, word_starts)

    def best(self, done: int, nearest: int, wanted: int, farthest: int) -> int:
        """The boundary closest to `wanted` of the best kind that has one from `nearest` to `farthest`.

        Where a long word leaves no boundary in that range, the last one before it that is behind `done`:
        one more window is then needed.
        """
        for kind in self._kinds:
            inside = kind[np.searchsorted(kind, nearest) : np.searchsorted(kind, farthest, side="right")]
            if len(inside):
                return int(inside[np.argmin(np.abs(inside - wanted))])
        words = self._kinds[-1]
        before = int(words[np.searchsorted(words, farthest, side="right") - 1])
        return before if before > done else farthest
