"""The texts that topics are learned from and measured on."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from training.categories import HUFFPOST, Known, known_topics
from training.corpora import read_documents

TOPICS = range(1, 18)
SOURCES = ("ag", "bbc", "huff", "hh", "insightCrime", "satp_relevant")
"""Sources whose own categories say something of the topics."""

# Headlines that were cut into words: "do n't", "Trump 's".
_SPLIT_ENDING = re.compile(r" (n't|'s|'re|'ve|'ll|'d|'m)\b")
_SPLIT_STOP = re.compile(r" ([,.;:?!%)])")
_SPACE_BEFORE = re.compile(r" ([,.;:?!%)\]])")

_LABELS = Path(__file__).parent / "labels"


class Row(TypedDict, total=False):
    """A line of one of the files; each has some of these."""

    id: str
    src: str
    split: str
    codes: list[str]
    text: str
    raw: str
    label: int
    t: str


@dataclass(frozen=True, kw_only=True)
class TopicText:
    """`known` says how likely each topic is of which something is known."""

    id: str
    source: str
    text: str
    known: Known


def annotated(root: Path, split: str) -> list[TopicText]:
    """The texts of which all topics are known: `split` is train or dev."""
    rows = _lines(root / "data" / "topics" / "multilabel_annotated.jsonl.gz")
    return [
        TopicText(id=row["id"], source=row["src"], text=row["text"], known=all_known(row["codes"]))
        for row in rows
        if row["split"] == split
    ]


def second_set(root: Path) -> list[TopicText]:
    """The second development set (labels/README.md); its texts are in the corpus."""
    return _labelled(root, "second_set.jsonl")


def more_for_training(root: Path) -> list[TopicText]:
    """Texts of which all topics are known, beside the corpus's annotated ones."""
    return _labelled(root, "more_for_training.jsonl")


def _labelled(root: Path, name: str) -> list[TopicText]:
    texts = {text.id: text.text for text in (*categorised(root), *_slugs(root), *_worldwide(root))}
    lines = (_LABELS / name).read_text(encoding="utf-8").splitlines()
    rows: list[Row] = [json.loads(line) for line in lines]
    return [
        TopicText(id=row["id"], source=row["src"], text=texts[row["id"]], known=all_known(row["codes"]))
        for row in rows
    ]


def all_known(codes: list[str]) -> Known:
    """Of "medtop:02000000" and the like: those topics and no other."""
    numbers = {int(code.removeprefix("medtop:")[:2]) for code in codes}
    return {topic: float(topic in numbers) for topic in TOPICS}


def categorised(root: Path) -> Iterator[TopicText]:
    """Texts of which the source's category is known."""
    topics = root / "data" / "topics"
    with gzip.open(topics / "news_topics.json.gz", "rt", encoding="utf-8") as file:
        rows: list[Row] = json.load(file)
    for number, row in enumerate(rows):
        source = row["src"]
        known = known_topics(source, str(row["raw"]))
        yield TopicText(id=f"{source}{number}", source=source, text=_spaces(row["t"]), known=known)
    for number, row in enumerate(_lines(topics / "huffpost_headlines.jsonl.gz")):
        text = _SPLIT_STOP.sub(r"\1", _SPLIT_ENDING.sub(r"\1", row["raw"]))
        known = known_topics("hh", HUFFPOST[row["label"]])
        yield TopicText(id=f"hh{number}", source="hh", text=_spaces(text), known=known)
    for row in _lines(topics / "conflict_crime_texts.jsonl.gz"):
        known = known_topics(row["src"], "")
        yield TopicText(id=row["id"], source=row["src"], text=_spaces(row["text"]), known=known)


def _slugs(root: Path) -> Iterator[TopicText]:
    for row in _lines(root / "data" / "topics" / "headline_slugs.jsonl.gz"):
        yield TopicText(id=row["id"], source=row["src"], text=row["text"], known={})


def _worldwide(root: Path) -> Iterator[TopicText]:
    for number, document in enumerate(read_documents(root, "ww_train")):
        sentences = [_SPACE_BEFORE.sub(r"\1", " ".join(words)) for words, _ in document.sentences]
        yield TopicText(id=f"ww{number}", source="ww", text=" ".join(sentences), known={})


def _spaces(text: str) -> str:
    return " ".join(text.replace("\\", " ").split())


def _lines(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)
