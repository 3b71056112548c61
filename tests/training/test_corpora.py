from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from training.corpora import ANY, OUTSIDE, TAGS, UNKNOWN, allowed, read_documents


def tags(source: str, tag: str, *, first: bool = True) -> set[str]:
    chosen = allowed(source, tag, first=first)
    return {name for number, name in enumerate(TAGS) if chosen >> number & 1}


@pytest.mark.parametrize(
    ("source", "tag", "expected"),
    [
        ("conll", "B-PER", {"B-PER"}),
        ("conll", "B-MISC", {"B-MISC", "B-NORP"}),
        ("conll", "I-MISC", {"I-MISC", "I-NORP"}),
        ("ww", "B-FAC", {"B-LOC"}),
        ("cross", "B-MISCX", {"O", "B-NORP", "B-MISC"}),
        ("wnut", "B-GRP", {"B-ORG", "B-PER"}),
        ("listed", "O", {"O"}),
    ],
)
def test_a_tag_of_a_corpus_stands_for_a_set_of_the_models(source: str, tag: str, expected: set[str]) -> None:
    assert tags(source, tag) == expected


def test_only_the_first_piece_of_a_word_begins_a_name() -> None:
    assert tags("conll", "B-PER", first=False) == {"I-PER"}


def test_a_corpus_without_nationalities_says_nothing_about_them() -> None:
    assert tags("wnut", "O") == {"O", "B-NORP", "I-NORP", "B-MISC", "I-MISC"}
    assert allowed("conll", "O", first=True) == OUTSIDE


def test_nothing_is_asked_of_what_is_unknown() -> None:
    assert allowed("listed", UNKNOWN, first=True) == allowed("pol", "B-VEHICLE", first=True) == ANY


def test_documents_are_read_without_empty_sentences(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "ner"
    folder.mkdir(parents=True)
    line = {"src": "conll", "sents": [[["Kabul"], ["B-LOC"]], [[], []], [["fell", "."], ["O", "O"]]]}
    with gzip.open(folder / "few.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    (document,) = read_documents(tmp_path, "few")
    assert [words for words, _ in document.sentences] == [["Kabul"], ["fell", "."]]
