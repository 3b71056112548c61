"""Sets that training never sees, for choosing between checkpoints: parts that are no test set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from enrich.decode import decode_tags
from training.corpora import TAGS, Document, Sentence, read_documents
from training.exchange import names_in
from training.network import Parameters, Shared, tag_logits
from training.windows import END, LONGEST, START, WindowMaker

Span = tuple[int, int, str]

# The same thing under another name: what a corpus's types are scored as.
_CONLL = {"NORP": "MISC"}
_WORLDWIDE = {"FAC": "LOC"}
_NAMES = ("PER", "ORG", "LOC")


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    name: str
    types: frozenset[str]
    renamed: dict[str, str]
    windows: Sequence[tuple[NDArray[np.int64], NDArray[np.int64], list[int], set[Span]]]
    """Pieces with special ones, cases, the position of each word's first piece, gold spans in words."""

    def score(self, shared: Shared, parameters: Parameters) -> str:
        """Exact-span F1 of the branch alone, in per cent."""
        right = found = wanted = 0
        for ids, cases, first_pieces, gold in self.windows:
            hidden = torch.from_numpy(shared(ids, cases))[None]
            with torch.no_grad():
                logits = tag_logits(parameters, hidden, torch.ones(1, len(ids), dtype=torch.bool))[0].numpy()
            tags = decode_tags(logits[first_pieces])
            spans = {
                span for span in self._renamed(names_in([TAGS[tag] for tag in tags])) if span[2] in self.types
            }
            right, found, wanted = right + len(spans & gold), found + len(spans), wanted + len(gold)
        return f"{200 * right / (found + wanted):.2f}"

    def _renamed(self, spans: Sequence[Span]) -> Iterator[Span]:
        for first, last, kind in spans:
            yield first, last, self.renamed.get(kind, kind)


def held_out(root: Path, maker: WindowMaker) -> list[HeldOut]:
    def part(
        name: str, documents: Sequence[Document], types: Sequence[str], renamed: dict[str, str]
    ) -> HeldOut:
        windows = [w for document in documents for w in _windows(document, maker, types, renamed)]
        return HeldOut(name=name, types=frozenset(types), renamed=renamed, windows=windows)

    return [
        part("conll_dev", read_documents(root, "conll_dev"), (*_NAMES, "MISC"), _CONLL),
        part("ww_dev", read_documents(root, "ww_dev"), _NAMES, _WORLDWIDE),
    ]


def _windows(
    document: Document, maker: WindowMaker, types: Sequence[str], renamed: dict[str, str]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], list[int], set[Span]]]:
    for sentences in _filled(document, maker):
        ids, cases, first_pieces = [START], [0], []
        tags: list[str] = []
        for words, word_tags in sentences:
            encoded = maker.encode(words)
            seen = -1
            for piece, (identity, case, word) in enumerate(
                zip(encoded.ids, encoded.cases, encoded.words, strict=True), start=len(ids)
            ):
                if word != seen:
                    first_pieces.append(piece)
                    tags.append(word_tags[word])
                    seen = word
                ids.append(identity)
                cases.append(case)
        gold = {
            (first, last, renamed.get(kind, kind))
            for first, last, kind in names_in(tags)
            if renamed.get(kind, kind) in types
        }
        yield np.array([*ids, END]), np.array([*cases, 0]), first_pieces, gold


def _filled(document: Document, maker: WindowMaker) -> Iterator[list[Sentence]]:
    """As many sentences at a time as a window holds."""
    here: list[Sentence] = []
    pieces = 0
    for words, tags in document.sentences:
        length = len(maker.encode(words).ids)
        if length > LONGEST:
            continue
        if here and pieces + length > LONGEST:
            yield here
            here, pieces = [], 0
        here.append((words, tags))
        pieces += length
    if here:
        yield here
