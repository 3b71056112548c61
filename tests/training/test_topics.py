from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.corpus import corpus
from training.categories import HUFFPOST, known_topics
from training.metrics import average_precisions, best_thresholds, f1_scores
from training.topic_texts import (
    TOPICS,
    all_known,
    annotated,
    categorised,
    more_for_training,
    second_set,
)


def test_a_category_says_yes_no_or_nothing() -> None:
    known = known_topics("hh", "CRIME")
    assert known[2] == 1.0
    assert known[17] == 0.0
    assert 11 not in known


def test_a_source_of_one_kind_needs_no_category() -> None:
    assert known_topics("satp_relevant", "")[16] == 1.0


@pytest.mark.parametrize(("source", "category"), [("reddit", "POLITICS"), ("ag", "9"), ("hh", "FORTUNES")])
def test_of_the_rest_nothing_is_known(source: str, category: str) -> None:
    assert not known_topics(source, category)


def test_every_category_speaks_of_topics_that_exist() -> None:
    assert len(HUFFPOST) == 41
    assert all(set(known_topics("hh", category)) <= set(TOPICS) for category in HUFFPOST)


def test_codes_are_all_the_topics_of_a_text() -> None:
    known = all_known(["medtop:02000000", "medtop:16000000"])
    assert [topic for topic in TOPICS if known[topic]] == [2, 16]
    assert set(known) == set(TOPICS)


def test_the_second_set_has_its_texts_and_shares_none_with_training() -> None:
    root = corpus("data/topics").parents[1]
    second = second_set(root)
    assert len(second) >= 150
    assert all(text.text.split() for text in second)
    first = {text.id for split in ("train", "dev") for text in annotated(root, split)}
    more = {text.id for text in more_for_training(root)}
    assert not first & {text.id for text in second}
    assert not more & {text.id for text in (*second, *annotated(root, "dev"))}
    for topic in (3, 5, 6, 8, 9, 12, 14, 16):
        assert sum(text.known[topic] for text in second) >= 15


def test_annotated_texts_are_numbered_as_their_sources_are() -> None:
    """Training leaves out by id what it must not see."""
    root = corpus("data/topics").parents[1]
    texts = {text.id: text.text for text in categorised(root)}
    shared = [text for text in annotated(root, "dev") if text.id in texts]
    assert len(shared) > 80
    for text in shared:
        assert letters(text.text)[:30] == letters(texts[text.id])[:30], json.dumps(text.id)


def letters(text: str) -> str:
    return "".join(filter(str.isalpha, text.lower()))


def test_average_precision_is_one_where_the_ranking_is_right() -> None:
    gold = np.array([[1, 0], [1, 0], [0, 1]], bool)
    scores = np.array([[0.9, 0.2], [0.8, 0.9], [0.1, 0.5]], np.float32)
    assert average_precisions(gold, scores).tolist() == [1.0, 0.5]


def test_a_topic_that_no_text_has_has_no_precision() -> None:
    assert np.isnan(average_precisions(np.zeros((2, 1), bool), np.ones((2, 1), np.float32))[0])


def test_f1_counts_what_was_missed_and_what_was_made_up() -> None:
    gold = np.array([[1], [1], [0], [0]], bool)
    found = np.array([[1], [0], [1], [0]], bool)
    assert f1_scores(gold, found).tolist() == [0.5]


@given(st.lists(st.booleans(), min_size=4, max_size=30).filter(any))
def test_a_threshold_cuts_a_clean_ranking_between_its_halves(flags: list[bool]) -> None:
    gold = np.array(flags)[:, None]
    (threshold,) = best_thresholds(gold, np.where(gold, 0.6, 0.2))
    assert 0.2 < threshold <= 0.6
