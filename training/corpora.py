"""The corpora of named entities, and what each one's tags say in terms of the model's.

A corpus that has no tag for a type says nothing about it, so a tag stands for a set of the model's tags: the
loss asks only that one of them be chosen (partial labels).
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TYPES = ("PER", "ORG", "LOC", "NORP", "MISC")
TAGS = ("O", *(f"{mark}-{kind}" for kind in TYPES for mark in "BI"))
OUTSIDE = 1
"""The set of tags that has O alone. Sets are bit sets over TAGS."""
ANY = (1 << len(TAGS)) - 1

Sentence = tuple[list[str], list[str]]

# Which of the model's types, or O, a type of a corpus may stand for. A type that is missing may be any.
_MEANINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "conll": {"PER": ("PER",), "ORG": ("ORG",), "LOC": ("LOC",), "MISC": ("MISC", "NORP")},
    "ww": {
        "PER": ("PER",),
        "ORG": ("ORG",),
        "LOC": ("LOC",),
        "NORP": ("NORP",),
        "FAC": ("LOC",),
        "PRODUCT": ("MISC",),
        "MISCW": ("MISC",),
    },
    "cross": {
        "PER": ("PER",),
        "ORG": ("ORG",),
        "LOC": ("LOC",),
        "EVENT": ("MISC",),
        "MISCX": ("MISC", "NORP", "O"),
    },
    "wnut": {
        "PER": ("PER",),
        "ORG": ("ORG",),
        "GRP": ("ORG", "PER"),
        "LOC": ("LOC",),
        "WORK": ("MISC",),
        "PRODUCT": ("MISC", "O"),
    },
    "pol": {"PER": ("PER",), "ORG": ("ORG",), "LOC": ("LOC",)},
    "listed": {"ORG": ("ORG",)},
}
# Corpora in which a word outside any name may still be one of these types, which they do not mark.
_UNMARKED = {"wnut": ("NORP", "MISC"), "pol": ("NORP", "MISC")}
UNKNOWN = "?"
"""The tag of a word of which nothing is known."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """Sentences of words and BIO tags; `source` says whose tags they are."""

    source: str
    sentences: Sequence[Sentence]


def read_documents(root: Path, name: str) -> list[Document]:
    """The documents of data/ner/`name`.jsonl.gz."""
    with gzip.open(root / "data" / "ner" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return [
        Document(
            source=line["src"], sentences=[(words, tags) for words, tags in line["sents"] if "".join(words)]
        )
        for line in lines
    ]


def allowed(source: str, tag: str, *, first: bool) -> int:
    """The set of the model's tags that a piece may have. `first` says that it is the first of its word."""
    if tag == UNKNOWN:
        return ANY
    if tag == "O":
        return OUTSIDE | sum(_bit(mark, kind) for kind in _UNMARKED.get(source, ()) for mark in "BI")
    mark, kind = tag.split("-", 1)
    meanings = _MEANINGS[source].get(kind)
    if meanings is None:
        return ANY
    mark = "B" if mark == "B" and first else "I"
    return sum(OUTSIDE if meaning == "O" else _bit(mark, meaning) for meaning in meanings)


def _bit(mark: str, kind: str) -> int:
    return 1 << TAGS.index(f"{mark}-{kind}")
