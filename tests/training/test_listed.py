from __future__ import annotations

from tests.corpus import corpus
from training.corpora import UNKNOWN
from training.listed import listed_documents


def test_only_listed_names_and_words_in_lower_case_are_tagged() -> None:
    documents = listed_documents(corpus("data/topics").parents[1])
    assert len(documents) > 1_000
    for document in documents[:200]:
        (words, tags) = document.sentences[0]
        assert "B-ORG" in tags
        for word, tag in zip(words, tags, strict=True):
            assert tag in ("O", UNKNOWN, "B-ORG", "I-ORG")
            assert tag != "O" or word.islower()
