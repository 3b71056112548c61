"""Exact-span F1 of the entities that enrichment finds in a corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from enrich.findings import Findings, Text
from enrich.pipeline import Enricher
from training.corpora import Sentence, read_documents

Span = tuple[int, int, str]
"""Code points, end exclusive, and type."""

SENTENCES = 12
"""Of corpora whose articles are not told apart, as many sentences make a text."""
_LONGEST_ARTICLE = 200
"""Sentences. What is longer is no article but a corpus in one piece."""


@dataclass(frozen=True, kw_only=True)
class EntitySet:
    """What is scored: `renamed` says what a type counts as, in the gold spans and in those found."""

    types: tuple[str, ...] = ("PER", "ORG", "LOC")
    renamed: Mapping[str, str] = field(default_factory=dict)

    def of(self, spans: set[Span]) -> set[Span]:
        renamed = {(start, end, self.renamed.get(kind, kind)) for start, end, kind in spans}
        return {span for span in renamed if span[2] in self.types}


_CONLL = EntitySet(types=("PER", "ORG", "LOC", "MISC"), renamed={"NORP": "MISC"})

# Development sets first: what is chosen is chosen on them. Nothing is trained or chosen on the others.
SETS: Mapping[str, EntitySet] = {
    "conll_dev": _CONLL,
    "ww_dev": EntitySet(renamed={"FAC": "LOC"}),
    "uner_dev": EntitySet(),
    "conll_test": _CONLL,
    "politics_test": EntitySet(),
    "wnut_test": EntitySet(renamed={"GRP": "ORG"}),
    "btc": EntitySet(),
    "uner_test": EntitySet(),
}


@dataclass(kw_only=True)
class Tally:
    """Spans by type: right, found, wanted."""

    right: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)

    def add(self, spans: set[Span], gold: set[Span]) -> None:
        self.right.update(kind for _, _, kind in spans & gold)
        self.found.update(kind for _, _, kind in spans)
        self.wanted.update(kind for _, _, kind in gold)

    def f1(self, kind: str | None = None) -> float:
        """In per cent, of one type or of all."""
        right, found, wanted = (
            each.total() if kind is None else each[kind] for each in (self.right, self.found, self.wanted)
        )
        return 200 * right / max(found + wanted, 1)


def score(enricher: Enricher, root: Path, name: str, *, most: int | None = None) -> Tally:
    """Over the first `most` texts of a set of SETS, or all."""
    chosen = SETS[name]
    documents = [document.sentences for document in read_documents(root, name)]
    pairs = list(texts_of(documents))[:most]
    texts = [
        Text(id=f"{name} {number}", text=text, declared_lang="en") for number, (text, _) in enumerate(pairs)
    ]
    tally = Tally()
    for (_, gold), findings in zip(pairs, enricher.stream(texts), strict=True):
        tally.add(chosen.of(spans_of(findings)), chosen.of(gold))
    return tally


def texts_of(documents: Sequence[Sequence[Sentence]]) -> Iterator[tuple[str, set[Span]]]:
    """Text and gold spans: an article each, or a few sentences where a document is more than an article."""
    for sentences in documents:
        step = len(sentences) if len(sentences) < _LONGEST_ARTICLE else SENTENCES
        for first in range(0, len(sentences), step):
            yield as_text(sentences[first : first + step])


def as_text(sentences: Sequence[Sentence]) -> tuple[str, set[Span]]:
    """The sentences, a line each, and the spans of their gold names."""
    gold: set[Span] = set()
    position = 0
    for words, tags in sentences:
        start, end, kind = 0, 0, ""
        for word, tag in zip([*words, ""], [*tags, "O"], strict=True):
            if kind and tag != f"I-{kind}":
                gold.add((start, end, kind))
                kind = ""
            if tag != "O" and not kind:
                start, kind = position, tag[2:]
            end = position + len(word)
            position = end + 1
        position -= 1
    return "\n".join(" ".join(words) for words, _ in sentences), gold


def spans_of(findings: Findings) -> set[Span]:
    return {
        (mention.start, mention.end, entity.type)
        for entity in findings.entities
        for mention in entity.mentions
        if mention.field == "text"
    }
