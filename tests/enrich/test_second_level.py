from __future__ import annotations

import numpy as np
import pytest

from enrich.encoder import Encoder
from enrich.findings import Text
from enrich.mediatopics.cues import load_cues, words
from enrich.mediatopics.second_level import ENOUGH, WEIGHTS, as_share, fit, load_second_level, read_table
from enrich.pipeline import Enricher
from tests.corpus import corpus
from training.second_level.__main__ import measure


def test_the_table_has_each_topic_once_below_one_of_the_model(encoder: Encoder) -> None:
    table = read_table()
    codes = [each.code for each in table]
    assert len(codes) == len(set(codes)) > 70
    assert all(each.parent in encoder.labels.topics for each in table)
    assert all(each.headlines and each.label for each in table)


def test_shipped_weights_are_small_and_those_that_the_headlines_give(encoder: Encoder) -> None:
    assert WEIGHTS.stat().st_size < 300_000
    with np.load(WEIGHTS) as file:
        assert str(file["model"]) == encoder.labels.model, "run: python -m enrich.mediatopics.second_level"
    shipped, fitted = load_second_level(encoder.labels.model, encoder.embed), fit(encoder.embed)
    assert shipped.subtopics == fitted.subtopics
    texts = [encoder.embed(each.headlines[0]) for each in fitted.subtopics]
    embeddings = np.array([each for each in texts if each is not None])
    difference = np.abs(shipped.scores(embeddings) - fitted.scores(embeddings)).max()
    assert difference < 0.02, "run: python -m enrich.mediatopics.second_level"


def test_weights_are_fitted_for_a_model_that_is_not_the_shipped_one(encoder: Encoder) -> None:
    other = load_second_level("another@1", encoder.embed)
    assert other.weights.shape == (len(read_table()), 384)


def test_a_topic_is_found_only_below_one_that_the_article_has(encoder: Encoder) -> None:
    second = load_second_level(encoder.labels.model, encoder.embed)
    embedding = encoder.embed("Striker scores twice as the football club wins the match")
    assert embedding is not None
    scores = second.scores(embedding[None])[0]

    def found(*parents: str) -> set[str]:
        return {second.subtopics[number].code for number in second.found(scores, parents)}

    assert "medtop:20000822" in found("medtop:15000000")
    assert found("medtop:17000000") == set()
    assert found() == set()


def test_an_article_has_topics_of_both_levels(enricher: Enricher) -> None:
    text = Text(
        id="vote",
        title="Voters go to the polls to elect a new parliament",
        text="Polling stations opened at dawn. The two main parties are close in the last polls before the "
        "election, and candidates made a last appeal to voters on Saturday.",
    )
    topics = enricher.enrich([text])[0].topics
    codes = [topic.code for topic in topics]
    assert codes.index("medtop:11000000") < codes.index("medtop:20000574")
    (election,) = [topic for topic in topics if topic.code == "medtop:20000574"]
    assert election.label == "election"
    assert election.score >= 0.5
    assert election.evidence


def test_scores_are_shares() -> None:
    assert as_share(ENOUGH) == pytest.approx(0.5)
    assert 0 < as_share(-1) < as_share(0.3) < as_share(0.6) < 1


def test_words_are_in_lower_case_and_without_plural() -> None:
    assert list(words("The rebels of Kabul's class-room fired 3 rockets, Iraq")) == [
        "rebel",
        "class",
        "room",
        "fired",
        "rocket",
    ]
    cues = load_cues()
    assert "rebel" in cues["medtop:16000000"]
    assert len(cues) == 17


def test_precision_goes_before_recall() -> None:
    """Pinned floors on texts labelled by reading (training/second_level/README.md)."""
    corpus("data/topics/multilabel_annotated.jsonl.gz")
    found = measure("held out")
    assert found.precision >= 0.9
    assert found.recall >= 0.4
