"""Names exchanged for others of their type, so that a branch learns the contexts of names and not the names.

A corpus of a few hundred articles names the same few thousand people, bodies and places; a branch that has
seen them often knows them by heart and does worse on articles of another year.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from training.corpora import Document, Sentence

Name = tuple[str, ...]

# Of the tags that mean the same in each of these corpora.
_SOURCES = frozenset({"conll", "ww", "cross"})
_TYPES = ("PER", "ORG", "LOC")
_EXCHANGED = 0.25
# Organisations that become armed groups or agencies, of which the corpora have few.
_ARMED = 0.04
_ARMED_GROUPS = Path(__file__).parent / "armed_groups.txt"
# Short names that are words, too, need more contexts than one in 260.
_OFTEN = ["IS"] * 5 + ["ISIS", "ISKP", "TTP", "al Qaeda", "Taliban"] * 2


class NameExchange:
    def __init__(self, documents: Iterable[Document]) -> None:
        pools: dict[str, set[Name]] = {kind: set() for kind in _TYPES}
        for document in documents:
            if document.source in _SOURCES:
                for words, tags in document.sentences:
                    for start, end, kind in names_in(tags):
                        if kind in pools:
                            pools[kind].add(tuple(words[start:end]))
        self._pools = {kind: sorted(names) for kind, names in pools.items()}
        lines = _ARMED_GROUPS.read_text(encoding="utf-8").splitlines()
        self._armed: list[Name] = [tuple(line.split()) for line in [*lines, *_OFTEN] if line]

    def __call__(
        self, source: str, sentence: Sentence, draw: random.Random, chosen: dict[Name, Name]
    ) -> Sentence:
        """The sentence with some names exchanged; `chosen` remembers which, so that a text says one thing."""
        words, tags = sentence
        if source not in _SOURCES:
            return sentence
        new_words: list[str] = []
        new_tags: list[str] = []
        done = 0
        for start, end, kind in names_in(tags):
            new_words += words[done:start]
            new_tags += tags[done:start]
            old = tuple(words[start:end])
            new = chosen.get(old) or self._drawn(old, kind, draw)
            chosen[old] = new
            if " ".join(old).isupper():
                new = tuple(map(str.upper, new))
            new_words += new
            new_tags += [tags[start]] + [f"I-{kind}"] * (len(new) - 1)
            done = end
        return new_words + words[done:], new_tags + tags[done:]

    def _drawn(self, old: Name, kind: str, draw: random.Random) -> Name:
        chance = draw.random()
        if kind == "ORG" and chance < _ARMED:
            return draw.choice(self._armed)
        pool = self._pools.get(kind)
        return draw.choice(pool) if pool and chance < _ARMED + _EXCHANGED else old


def names_in(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """First word, word behind the last, and type of each name in BIO tags."""
    spans: list[tuple[int, int, str]] = []
    start, kind = 0, ""
    for index, tag in enumerate([*tags, "O"]):
        if kind and tag != f"I-{kind}":
            spans.append((start, index, kind))
            kind = ""
        if tag != "O" and not kind and "-" in tag:
            start, kind = index, tag[2:]
    return spans
