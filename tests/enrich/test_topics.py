from __future__ import annotations

import numpy as np
import pytest

from article.errors import BadConfiguration
from enrich.encoder import BUNDLED_MODEL
from enrich.labels import load_labels
from enrich.topics import find_topics


def test_several_topics_may_hold_each_by_its_own_threshold() -> None:
    labels = load_labels(BUNDLED_MODEL / "labels.json")
    thresholds = np.array([labels.topic_thresholds[code] for code in labels.topics])
    logits = np.full(len(labels.topics), -9.0, np.float32)
    logits[15], logits[1] = 3.0, 1.0
    logits[4] = np.log(thresholds[4] / (1 - thresholds[4])) - 0.01
    topics = find_topics(logits, labels)
    assert [topic.code for topic in topics] == ["medtop:16000000", "medtop:02000000"]
    assert topics[0].label == "conflict, war and peace"
    assert topics[0].score == pytest.approx(0.9526, abs=1e-4)


def test_no_topic_is_a_result_too() -> None:
    labels = load_labels(BUNDLED_MODEL / "labels.json")
    assert find_topics(np.full(len(labels.topics), -9.0, np.float32), labels) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"B-PER"', '"B-ORG"'),
        ('"O"', '"X"'),
        ('"medtop:01000000": ', '"medtop:99000000": '),
        ('"weather"', '"weather", "space"'),
        ('"I-PER"', "7"),
        ("{", "["),
    ],
)
def test_labels_that_do_not_fit_are_refused(
    tmp_path_factory: pytest.TempPathFactory, old: str, new: str
) -> None:
    path = tmp_path_factory.mktemp("model") / "labels.json"
    text = (BUNDLED_MODEL / "labels.json").read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(BadConfiguration, match=r"labels\.json"):
        load_labels(path)
