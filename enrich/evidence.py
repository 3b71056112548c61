"""Which sentences of an article speak for a topic.

The document branch ends in a state for each word piece, of which it takes means over the whole text and reads
the topics from them. The same means over one sentence say how much that sentence, as it is understood in its
article, speaks for a topic: nothing has to be run again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from article.records import Span
from enrich.encoder import Encoded
from enrich.sentences import sentences

Floats = NDArray[np.float32]

MOST = 3
"""Sentences that are given for a topic."""


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """The sentences that the document branch read: a row of each array for each span.

    `means` have unit length, as embeddings have; `pooled` is what the topic head reads.
    """

    spans: tuple[Span, ...]
    means: Floats
    pooled: Floats

    def speaking(self, scores: NDArray[np.floating], enough: float) -> tuple[Span, ...]:
        """The best by these scores and at most two more that reach `enough`, in the order of the article."""
        best = np.argsort(-scores, kind="stable")[:MOST]
        kept = [int(index) for place, index in enumerate(best) if place == 0 or scores[index] >= enough]
        return tuple(self.spans[index] for index in sorted(kept))


def read_sentences(title: str, text: str, encoded: Encoded) -> Sentences:
    """The sentences of the first window, with the mean of the states of each."""
    spans, ranges = [], []
    for span, first, last in _whole(title, text, encoded):
        spans.append(span)
        ranges.append((first, last))
    width = encoded.states.shape[1]
    means = np.empty((len(spans), width), np.float32)
    attended = np.empty((len(spans), width), np.float32)
    for row, (first, last) in enumerate(ranges):
        states, attention = encoded.states[first:last], encoded.attention[first:last]
        weights = np.exp(attention - attention.max())
        means[row] = states.mean(axis=0)
        attended[row] = weights @ states / weights.sum()
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    return Sentences(
        spans=tuple(spans), means=means / np.maximum(lengths, 1e-9), pooled=np.hstack([means, attended])
    )


def _whole(title: str, text: str, encoded: Encoded) -> Iterator[tuple[Span, int, int]]:
    """Spans with their first piece and the piece behind their last; those that were read to their end."""
    pieces, read = encoded.pieces, len(encoded.states)
    text_start = len(title) + 2 if title else 0
    read_to = int(pieces.ends[read - 1])
    for span in sentences(title, text, upto=max(read_to - text_start, 0)):
        offset = text_start if span.field == "text" else 0
        first = int(np.searchsorted(pieces.starts, span.start + offset))
        last = int(np.searchsorted(pieces.starts, span.end + offset))
        if first < last <= read:
            yield span, first, last
