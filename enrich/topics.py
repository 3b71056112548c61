"""What an article is about: IPTC Media Topics of the top level, several at once."""

from __future__ import annotations

import numpy as np

from article.records import Topic
from enrich.decode import Floats
from enrich.labels import Labels


def find_topics(logits: Floats, labels: Labels) -> tuple[Topic, ...]:
    """The topics whose probability reaches their threshold, the most probable first; maybe none."""
    scores = 1.0 / (1.0 + np.exp(-logits.astype(np.float64)))
    found = [
        Topic(code=code, label=name, score=round(float(score), 4))
        for code, name, score in zip(labels.topics, labels.topic_names, scores, strict=True)
        if score >= labels.topic_thresholds[code]
    ]
    return tuple(sorted(found, key=lambda topic: -topic.score))
