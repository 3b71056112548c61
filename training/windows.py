"""Training windows: sentences of a document side by side, as enrichment reads them, some disguised.

documents ──▶ sentences, some with exchanged names ──▶ filled up to a length drawn at random
          ──▶ pieces, cases and the tags that each piece may have
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from enrich.pieces import PieceTokenizer
from training.corpora import ANY, OUTSIDE, Document, Sentence, allowed
from training.exchange import Name, NameExchange

Integers = NDArray[np.int64]

LONGEST = 254
START, END = 101, 102  # [CLS], [SEP]
_SHORTEST_TARGET = 40

# How often a window is written in another case, as headlines and careless sites do.
_LOWER, _UPPER, _TITLE = 0.04, 0.05, 0.03
# How many pieces are hidden behind [MASK], so that the others have to tell.
_HIDDEN = 0.05
_MASK = 103


@dataclass(frozen=True, kw_only=True)
class Window:
    """Arrays of one length, special pieces included. `allowed` has a set of tags for each piece."""

    ids: Integers
    cases: Integers
    allowed: Integers

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """The pieces of one sentence, and the number of the word that each belongs to."""

    ids: list[int]
    cases: list[int]
    words: list[int]


class WindowMaker:
    def __init__(self, tokenizer: PieceTokenizer, exchange: NameExchange) -> None:
        self._tokenizer, self._exchange = tokenizer, exchange

    def windows(self, documents: Iterable[tuple[Document, float]], draw: random.Random) -> list[Window]:
        """One epoch's windows in random order. Each document comes with how often an epoch has it."""
        result: list[Window] = []
        loose: dict[str, list[Sentence]] = {}
        for document, rate in documents:
            times = int(rate) + (draw.random() < rate % 1)
            for _ in range(times):
                if len(document.sentences) == 1:
                    loose.setdefault(document.source, []).extend(document.sentences)
                else:
                    result.extend(self._fill(document, draw))
        for source, sentences in loose.items():
            draw.shuffle(sentences)
            result.extend(self._fill(Document(source=source, sentences=sentences), draw))
        draw.shuffle(result)
        return result

    def encode(self, words: Sequence[str]) -> Encoded:
        text = " ".join(words)
        pieces = self._tokenizer.encode(text, max_pieces=len(text) + 1)
        ends = np.cumsum([len(word) + 1 for word in words])
        numbers = np.searchsorted(ends, pieces.starts, side="right")
        return Encoded(ids=pieces.ids.tolist(), cases=pieces.cases.tolist(), words=numbers.tolist())

    def _fill(self, document: Document, draw: random.Random) -> Iterator[Window]:
        ids: list[int] = []
        cases: list[int] = []
        sets: list[int] = []
        chosen: dict[Name, Name] = {}
        target, disguise = self._next(draw)
        for sentence in document.sentences:
            words, tags = self._exchange(document.source, sentence, draw, chosen)
            encoded = self.encode([disguise(word) for word in words])
            if ids and len(ids) + len(encoded.ids) > LONGEST:
                yield _window(ids, cases, sets, draw)
                ids, cases, sets = [], [], []
                target, disguise = self._next(draw)
            ids += encoded.ids[: LONGEST - len(ids)]
            cases += encoded.cases[: LONGEST - len(cases)]
            sets += piece_sets(document.source, tags, encoded)[: LONGEST - len(sets)]
            if len(ids) >= target:
                yield _window(ids, cases, sets, draw)
                ids, cases, sets = [], [], []
                target, disguise = self._next(draw)
        if ids:
            yield _window(ids, cases, sets, draw)

    def _next(self, draw: random.Random) -> tuple[int, Callable[[str], str]]:
        """How long the next window is to be, and how its words are written."""
        target = LONGEST if draw.random() < 0.5 else draw.randint(_SHORTEST_TARGET, LONGEST)
        chance = draw.random()
        for rate, disguise in ((_LOWER, str.lower), (_UPPER, str.upper), (_TITLE, _titled)):
            if chance < rate:
                return target, disguise
            chance -= rate
        return target, str


def piece_sets(source: str, tags: Sequence[str], encoded: Encoded) -> list[int]:
    before = -1
    sets = []
    for word in encoded.words:
        sets.append(allowed(source, tags[word], first=word != before))
        before = word
    return sets


def batches(windows: Sequence[Window], pieces: int, draw: random.Random) -> list[list[Window]]:
    """Windows of nearly one length together, at most `pieces` with the padding, in random order."""
    result: list[list[Window]] = []
    for window in sorted(windows, key=lambda window: len(window) + draw.random() * 12):
        last = result[-1] if result else []
        if not last or max(map(len, [*last, window])) * (len(last) + 1) > pieces:
            result.append([])
        result[-1].append(window)
    draw.shuffle(result)
    return result


def _window(ids: list[int], cases: list[int], sets: list[int], draw: random.Random) -> Window:
    seen = [_MASK if draw.random() < _HIDDEN else piece for piece in ids]
    return Window(
        ids=np.array([START, *seen, END]),
        cases=np.array([0, *cases, 0]),
        allowed=np.array([OUTSIDE, *sets, OUTSIDE]),
    )


def padded(arrays: Sequence[Integers], filler: int) -> Integers:
    longest = max(map(len, arrays))
    return np.stack([np.pad(each, (0, longest - len(each)), constant_values=filler) for each in arrays])


def padded_sets(windows: Sequence[Window]) -> Integers:
    return padded([window.allowed for window in windows], ANY)


def _titled(word: str) -> str:
    return word[:1].upper() + word[1:] if len(word) > 3 else word
