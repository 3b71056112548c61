"""What the model says of a set's texts, beside what is known of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from enrich.encoder import Encoder
from training.metrics import Flags
from training.topic_texts import TOPICS, TopicText
from training.windows import LONGEST


def gold_of(texts: Sequence[TopicText]) -> Flags:
    """Texts × topics; every topic of each text must be known."""
    return np.array([[text.known[topic] for topic in TOPICS] for text in texts], bool)


def logits_of(encoder: Encoder, texts: Sequence[TopicText]) -> NDArray[np.float32]:
    """Texts × topics."""
    rows = []
    for text in texts:
        encoded = encoder.encode(text.text, max_pieces=LONGEST)
        if encoded is None:
            raise ValueError(f"the text {text.id} is empty")
        rows.append(encoded.topics)
    return np.array(rows)


def probabilities(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = 1 / (1 + np.exp(-logits.astype(np.float64)))
    return result
