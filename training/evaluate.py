"""How good the product is: everything goes through the same code as `wirewatch annotate`.

    python -m training.evaluate [--model FOLDER] [--sets conll_dev,ww_dev]

Entities: exact spans and types, F1 in per cent, of the mentions that enrichment puts out, those that it adds
by looking for known names again included.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from enrich.findings import Findings, Text
from enrich.pipeline import Enricher
from runtime.settings import EnrichSettings
from training.corpora import Sentence, corpus_root, read_documents

Span = tuple[int, int, str]

_NAMES = ("PER", "ORG", "LOC")
SENTENCES = 12
"""Of corpora whose articles are not told apart, as many sentences make a text."""


@dataclass(frozen=True, kw_only=True)
class EntitySet:
    """What is scored: `renamed` says what a type counts as, in the gold spans and in those found."""

    name: str
    types: tuple[str, ...] = _NAMES
    renamed: dict[str, str] = field(default_factory=dict)


SETS = (
    EntitySet(name="conll_dev", types=(*_NAMES, "MISC"), renamed={"NORP": "MISC"}),
    EntitySet(name="ww_dev", renamed={"FAC": "LOC"}),
    EntitySet(name="uner_dev"),
    EntitySet(name="conll_test", types=(*_NAMES, "MISC"), renamed={"NORP": "MISC"}),
    EntitySet(name="politics_test"),
    EntitySet(name="wnut_test", renamed={"GRP": "ORG"}),
    EntitySet(name="btc"),
    EntitySet(name="uner_test"),
)


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
        right, found, wanted = (
            each.total() if kind is None else each[kind] for each in (self.right, self.found, self.wanted)
        )
        return 200 * right / max(found + wanted, 1)


def texts_of(documents: Sequence[Sequence[Sentence]]) -> Iterator[tuple[str, set[Span]]]:
    """Text and gold spans: an article each, or a few sentences where a document is more than an article."""
    for sentences in documents:
        step = len(sentences) if len(sentences) < 200 else SENTENCES
        for first in range(0, len(sentences), step):
            yield as_text(sentences[first : first + step])


def as_text(sentences: Sequence[Sentence]) -> tuple[str, set[Span]]:
    """The sentences, a line each, and the spans of their gold names."""
    lines: list[str] = []
    gold: set[Span] = set()
    position = 0
    for words, tags in sentences:
        start, kind, end = 0, "", 0
        for word, tag in zip([*words, ""], [*tags, "O"], strict=True):
            if kind and tag != f"I-{kind}":
                gold.add((start, end, kind))
                kind = ""
            if tag != "O" and not kind:
                start, kind = position, tag[2:]
            end = position + len(word)
            position = end + 1
        lines.append(" ".join(words))
        position -= 1
    return "\n".join(lines), gold


def spans_of(findings: Findings) -> set[Span]:
    return {
        (mention.start, mention.end, entity.type)
        for entity in findings.entities
        for mention in entity.mentions
        if mention.field == "text"
    }


def score(enricher: Enricher, root: Path, chosen: EntitySet) -> Tally:
    documents = [document.sentences for document in read_documents(root, chosen.name)]
    pairs = list(texts_of(documents))
    texts = [
        Text(id=str(number), title="", text=text, declared_lang="en")
        for number, (text, _) in enumerate(pairs)
    ]
    tally = Tally()
    for (_, gold), findings in zip(pairs, enricher.stream(texts), strict=True):
        tally.add(_scored(spans_of(findings), chosen), _scored(gold, chosen))
    return tally


def _scored(spans: set[Span], chosen: EntitySet) -> set[Span]:
    renamed = {(start, end, chosen.renamed.get(kind, kind)) for start, end, kind in spans}
    return {span for span in renamed if span[2] in chosen.types}


def main() -> int:
    parser = argparse.ArgumentParser(description="Quality of what enrichment finds.")
    parser.add_argument("--model", type=Path, help="folder of the model; by default the bundled one")
    parser.add_argument("--sets", default=",".join(each.name for each in SETS))
    options = parser.parse_args()
    with Enricher(EnrichSettings(model=options.model, threads=1)) as enricher:
        for chosen in SETS:
            if chosen.name in options.sets.split(","):
                tally = score(enricher, corpus_root(), chosen)
                by_type = "  ".join(f"{kind} {tally.f1(kind):.1f}" for kind in chosen.types)
                print(f"{chosen.name:15} {tally.f1():.2f}   {by_type}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
