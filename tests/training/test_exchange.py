from __future__ import annotations

import random
from collections import Counter

import pytest

from training.corpora import Document
from training.exchange import Name, NameExchange, names_in

SENTENCE = (["Ann", "Lee", "left", "Kabul", "."], ["B-PER", "I-PER", "O", "B-LOC", "O"])
OTHERS = (["Bo", "met", "Cy", "of", "Doha", "Radio"], ["B-PER", "O", "B-PER", "O", "B-ORG", "I-ORG"])


@pytest.fixture(scope="module")
def exchange() -> NameExchange:
    return NameExchange([Document(source="ww", sentences=[SENTENCE, OTHERS])])


def test_names_are_spans_of_words() -> None:
    assert names_in(["O", "B-PER", "I-PER", "B-PER", "I-LOC", "?"]) == [
        (1, 3, "PER"),
        (3, 4, "PER"),
        (4, 5, "LOC"),
    ]


def test_a_name_becomes_another_of_its_type_and_the_rest_stays(exchange: NameExchange) -> None:
    people: Counter[str] = Counter()
    for seed in range(300):
        words, tags = exchange("ww", SENTENCE, random.Random(seed), {})
        assert len(words) == len(tags)
        (person, place) = names_in(tags)
        assert (person[2], place[2]) == ("PER", "LOC")
        assert words[place[0] : place[1]] == ["Kabul"]
        assert [word for word, tag in zip(words, tags, strict=True) if tag == "O"] == ["left", "."]
        people[" ".join(words[person[0] : person[1]])] += 1
    assert set(people) == {"Ann Lee", "Bo", "Cy"}
    assert people["Ann Lee"] > 180


def test_a_text_keeps_what_it_has_exchanged(exchange: NameExchange) -> None:
    chosen: dict[Name, Name] = {}
    draw = random.Random(0)
    assert len({tuple(exchange("ww", SENTENCE, draw, chosen)[0]) for _ in range(50)}) == 1


def test_capitals_stay_capitals(exchange: NameExchange) -> None:
    sentence = (["ANN", "LEE"], ["B-PER", "I-PER"])
    for seed in range(50):
        words, _ = exchange("conll", sentence, random.Random(seed), {})
        assert all(map(str.isupper, words))


def test_a_corpus_with_other_tags_is_left_alone(exchange: NameExchange) -> None:
    assert exchange("listed", SENTENCE, random.Random(0), {}) == SENTENCE
