"""The quality gate: what enrichment finds in the development sets must not get worse.

The floors are a little under what the bundled model reaches: int8 arithmetic differs between processors.
Whoever makes a better model raises them; docs/models.md has the figures.
"""

from __future__ import annotations

import numpy as np
import pytest

from enrich.encoder import Encoder
from enrich.pipeline import Enricher
from tests.corpus import corpus
from training.entity_scores import score
from training.metrics import average_precisions, f1_scores
from training.topic_scores import gold_of, logits_of, probabilities
from training.topic_texts import TopicText, annotated, second_set


@pytest.mark.parametrize(("name", "texts", "floor"), [("conll_dev", 30, 95.8), ("ww_dev", 8, 83.0)])
def test_entities_of_a_few_articles(enricher: Enricher, name: str, texts: int, floor: float) -> None:
    root = corpus("data/ner").parents[1]
    assert score(enricher, root, name, most=texts).f1() >= floor


def test_topics_of_a_few_texts(encoder: Encoder) -> None:
    root = corpus("data/topics").parents[1]
    precision, f1 = topic_figures(encoder, annotated(root, "dev")[:80])
    assert precision >= 0.868
    assert f1 >= 0.795


@pytest.mark.slow
@pytest.mark.parametrize(("name", "floor"), [("conll_dev", 93.4), ("ww_dev", 85.0), ("uner_dev", 74.5)])
def test_entities(enricher: Enricher, name: str, floor: float) -> None:
    root = corpus("data/ner").parents[1]
    assert score(enricher, root, name).f1() >= floor


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "least_precision", "least_f1"), [("annotated", 0.874, 0.818), ("second", 0.852, 0.788)]
)
def test_topics(encoder: Encoder, name: str, least_precision: float, least_f1: float) -> None:
    root = corpus("data/topics").parents[1]
    precision, f1 = topic_figures(
        encoder, annotated(root, "dev") if name == "annotated" else second_set(root)
    )
    assert precision >= least_precision
    assert f1 >= least_f1


def topic_figures(encoder: Encoder, texts: list[TopicText]) -> tuple[float, float]:
    """Mean average precision and macro F1 with the model's thresholds."""
    gold, logits = gold_of(texts), logits_of(encoder, texts)
    thresholds = np.array([encoder.labels.topic_thresholds[code] for code in encoder.labels.topics])
    scores = f1_scores(gold, probabilities(logits) >= thresholds)
    return float(np.nanmean(average_precisions(gold, logits))), float(scores.mean())
