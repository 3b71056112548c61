"""How good the entities are, on a part of a public test set: a floor, so that a broken step is seen."""

from __future__ import annotations

import gzip
import json

from enrich.encoder import Encoder
from enrich.mentions import find_mentions
from tests.corpus import corpus

SENTENCES = 600
PER_TEXT = 12

Span = tuple[int, int, str]


def as_text(sentences: list[tuple[list[str], list[str]]]) -> tuple[str, set[Span]]:
    """The sentences, a line each, and the spans of their gold names."""
    text = ""
    gold: set[Span] = set()
    for words, tags in sentences:
        open_span: Span | None = None
        for word, tag in zip(words, tags, strict=True):
            start = len(text)
            text += f"{word} "
            if tag.startswith("I-") and open_span is not None:
                open_span = (open_span[0], start + len(word), open_span[2])
                continue
            if open_span is not None:
                gold.add(open_span)
            open_span = (start, start + len(word), tag[2:]) if tag != "O" else None
        if open_span is not None:
            gold.add(open_span)
        text += "\n"
    return text, gold


def test_exact_span_f1_on_conll_2003_test(encoder: Encoder) -> None:
    with gzip.open(corpus("data/ner/conll_test.jsonl.gz"), "rt", encoding="utf-8") as file:
        sentences = json.loads(file.readline())["sents"][:SENTENCES]
    right = found = wanted = 0
    for first in range(0, len(sentences), PER_TEXT):
        text, gold = as_text(sentences[first : first + PER_TEXT])
        encoded = encoder.encode(text, max_pieces=20_000)
        assert encoded is not None
        spans = {
            (mention.start, mention.end, "MISC" if mention.type == "NORP" else mention.type)
            for mention in find_mentions("", text, text, encoded, encoder.labels.types)
        }
        right, found, wanted = right + len(spans & gold), found + len(spans), wanted + len(gold)
    f1 = 200 * right / (found + wanted)
    assert f1 > 82, f"exact-span F1 is {f1:.1f}"
