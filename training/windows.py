"""Training windows: sentences of a document side by side, as enrichment reads them, some of them disguised.

documents ──▶ sentences, a few with exchanged names ──▶ filled up to a length drawn at random
          ──▶ pieces, cases and the tags that each piece may have
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enrich.pieces import PieceTokenizer
from training.corpora import ANY, OUTSIDE, Document, Sentence, allowed

Integers = NDArray[np.int64]

LONGEST = 254
START, END = 101, 102  # [CLS], [SEP]
_SHORTEST_TARGET = 40

# How often a window is written in another case, as headlines and careless sites do.
_LOWER, _UPPER, _TITLE = 0.04, 0.05, 0.03
# How often the name of an organisation is exchanged for that of an armed group or agency.
_EXCHANGED = 0.04

_NAMES = Path(__file__).parent / "armed_groups.txt"


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
    def __init__(self, tokenizer: PieceTokenizer) -> None:
        self._tokenizer = tokenizer
        names = [line.split() for line in _NAMES.read_text(encoding="utf-8").splitlines() if line]
        # Short names that are words, too, need more contexts than one in 260.
        self._names = names + [["IS"]] * 5 + [["ISIS"], ["ISKP"], ["TTP"], ["al", "Qaeda"], ["Taliban"]] * 2

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
        target, disguise = self._next(draw)
        for sentence in document.sentences:
            words, tags = sentence if document.source == "listed" else self._exchange(sentence, draw)
            encoded = self.encode([disguise(word) for word in words])
            if ids and len(ids) + len(encoded.ids) > LONGEST:
                yield _window(ids, cases, sets)
                ids, cases, sets = [], [], []
                target, disguise = self._next(draw)
            ids += encoded.ids[: LONGEST - len(ids)]
            cases += encoded.cases[: LONGEST - len(cases)]
            sets += piece_sets(document.source, tags, encoded)[: LONGEST - len(sets)]
            if len(ids) >= target:
                yield _window(ids, cases, sets)
                ids, cases, sets = [], [], []
                target, disguise = self._next(draw)
        if ids:
            yield _window(ids, cases, sets)

    def _next(self, draw: random.Random) -> tuple[int, Callable[[str], str]]:
        """How long the next window is to be, and how its words are written."""
        target = LONGEST if draw.random() < 0.5 else draw.randint(_SHORTEST_TARGET, LONGEST)
        chance = draw.random()
        for rate, disguise in ((_LOWER, str.lower), (_UPPER, str.upper), (_TITLE, _titled)):
            if chance < rate:
                return target, disguise
            chance -= rate
        return target, str

    def _exchange(self, sentence: Sentence, draw: random.Random) -> Sentence:
        new_words: list[str] = []
        new_tags: list[str] = []
        skipping = False
        for word, tag in zip(*sentence, strict=True):
            skipping = skipping and tag == "I-ORG"
            if tag == "B-ORG" and draw.random() < _EXCHANGED:
                name = draw.choice(self._names)
                new_words += name
                new_tags += ["B-ORG"] + ["I-ORG"] * (len(name) - 1)
                skipping = True
            elif not skipping:
                new_words.append(word)
                new_tags.append(tag)
        return new_words, new_tags


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


def _window(ids: list[int], cases: list[int], sets: list[int]) -> Window:
    return Window(
        ids=np.array([START, *ids, END]),
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
