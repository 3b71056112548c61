"""Sentences about armed groups in which only names from a list carry a tag.

The texts (South Asia Terrorism Portal, InsightCrime) have no tags of their own: a listed name is ORG, a word
in lower case is outside any name, of the rest nothing is known.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from training.corpora import UNKNOWN, Document

_SOURCES = frozenset({"satp_relevant", "insightCrime"})
# Names that are words or other people's names as well: they prove nothing.
_AMBIGUOUS = frozenset({"IS", "Anonymous", "Conti", "Wagner", "Rangers", "UN", "EU", "MEND", "ISI", "FSA"})
_SENTENCE_END = re.compile(r"(?<=[a-z)]\.)\s+(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+|[^\w\s]")
_SHORTEST, _LONGEST = 6, 90

Name = tuple[str, ...]


def listed_documents(root: Path, seed: int = 0, most: int = 9_000) -> list[Document]:
    names = _names()
    documents = []
    path = root / "data" / "topics" / "conflict_crime_texts.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in map(json.loads, file):
            if line["src"] not in _SOURCES:
                continue
            for sentence in _SENTENCE_END.split(line["text"]):
                words = _WORD.findall(sentence)
                if not _SHORTEST <= len(words) <= _LONGEST:
                    continue
                tags = list(_tags(words, names))
                if "B-ORG" in tags:
                    documents.append(Document(source="listed", sentences=[(words, tags)]))
    random.Random(seed).shuffle(documents)
    return documents[:most]


def _names() -> dict[str, list[Name]]:
    """The names by their first word, longest first, in lower case."""
    lines = (Path(__file__).parent / "armed_groups.txt").read_text(encoding="utf-8").splitlines()
    names: dict[str, list[Name]] = {}
    for line in lines:
        if line not in _AMBIGUOUS and (words := tuple(_WORD.findall(line.lower()))):
            names.setdefault(words[0], []).append(words)
    for each in names.values():
        each.sort(key=len, reverse=True)
    return names


def _tags(words: list[str], names: dict[str, list[Name]]) -> Iterator[str]:
    lower = [word.lower() for word in words]
    index = 0
    while index < len(words):
        for name in names.get(lower[index], ()):
            here = slice(index, index + len(name))
            if tuple(lower[here]) == name and any(not word.islower() for word in words[here]):
                yield "B-ORG"
                yield from ["I-ORG"] * (len(name) - 1)
                index += len(name)
                break
        else:
            yield "O" if words[index].isalpha() and words[index].islower() else UNKNOWN
            index += 1
