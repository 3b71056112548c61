"""Precision and recall of the topics of the second level.

python -m training.second_level
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.corpus import corpus_root
from enrich.encoder import Encoder
from enrich.findings import Text
from enrich.topics import TopicFinder
from training.topic_texts import annotated

LABELS = Path(__file__).parent / "labels.jsonl"


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """The codes that a text has, and those that would not be wrong."""

    id: str
    half: str
    codes: tuple[str, ...]
    also: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Found:
    precision: float
    recall: float
    texts: int


def main() -> int:
    for half in ("tuned", "held out"):
        found = measure(half)
        print(f"{half}: precision {found.precision:.3f}, recall {found.recall:.3f} on {found.texts} texts")
    return 0


def measure(half: str) -> Found:
    encoder = Encoder.load()
    finder = TopicFinder(encoder)
    texts = {text.id: text.text for text in annotated(corpus_root(), "dev")}
    labels = [each for each in read_labels() if each.half == half]
    right = wrong = hit = wanted = 0
    for label in labels:
        text = Text(id=label.id, text=texts[label.id])
        encoded = encoder.encode(text.text, max_pieces=1_000)
        codes = {topic.code for topic in finder(text, encoded)} if encoded else set()
        below = {code for code in codes if code.startswith("medtop:2")}
        right += len(below & {*label.codes, *label.also})
        wrong += len(below - {*label.codes, *label.also})
        hit += len(below & set(label.codes))
        wanted += len(label.codes)
    return Found(precision=right / max(right + wrong, 1), recall=hit / wanted, texts=len(labels))


def read_labels() -> list[Labelled]:
    return [msgspec.json.decode(line, type=Labelled) for line in LABELS.read_bytes().splitlines()]


if __name__ == "__main__":
    sys.exit(main())
