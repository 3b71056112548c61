"""What an article is about, and which of its sentences say so.

topic head's logits ──▶ IPTC Media Topics of the top level, several at once
embedding ──▶ those of the second level below them (mediatopics/second_level.py)
          ──▶ the user's own (custom_topics.py)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from article.records import Topic
from enrich.custom_topics import CustomTopic, Examples
from enrich.decode import Floats
from enrich.encoder import Encoded, Encoder
from enrich.evidence import Sentences, read_sentences
from enrich.findings import Text
from enrich.labels import Labels
from enrich.mediatopics.cues import load_cues, words
from enrich.mediatopics.second_level import ENOUGH, as_share, load_second_level

# What words that speak for a topic add to a sentence's logit: this for the first, less for each further one.
_CUE = 2.0
# How much less than the best sentence another may say: beside one with such words, those without add nothing.
_CLOSE = 2.0


class TopicFinder:
    """Safe to share between threads."""

    def __init__(self, encoder: Encoder, custom: Sequence[CustomTopic] = ()) -> None:
        self._labels = encoder.labels
        self._head = encoder.topic_head()
        self._second_level = load_second_level(encoder.labels.model, encoder.embed)
        self._custom = Examples.embedded(custom, encoder.embed)
        self._cues = load_cues()

    def __call__(self, text: Text, encoded: Encoded) -> tuple[Topic, ...]:
        """Topics of the top level, the most probable first, those below them, the user's own; maybe none."""
        sentences = read_sentences(text.title, text.text, encoded)
        first = list(self._first_level(text, encoded, sentences))
        second = self._below([topic.code for topic in first], encoded.embedding, sentences)
        return (*first, *_best_first(second), *_best_first(self._own(encoded.embedding, sentences)))

    def _first_level(self, text: Text, encoded: Encoded, sentences: Sentences) -> Iterator[Topic]:
        found = find_topics(encoded.topics, self._labels)
        logits = self._head(sentences.pooled) if found and sentences.spans else None
        spoken = [set(words(getattr(text, span.field)[span.start : span.end])) for span in sentences.spans]
        for topic in found:
            if logits is None:
                yield topic
                continue
            cues = self._cues.get(topic.code, frozenset())
            number = self._labels.topics.index(topic.code)
            said = np.log2([1 + len(each & cues) for each in spoken]).astype(np.float32)
            speaking = logits[:, number] + _CUE * said
            threshold = self._labels.topic_thresholds[topic.code]
            enough = max(float(np.log(threshold / (1 - threshold))), float(speaking.max()) - _CLOSE)
            yield _with_evidence(topic, sentences, speaking, enough)

    def _below(self, parents: Sequence[str], embedding: Floats, sentences: Sentences) -> Iterator[Topic]:
        scores = self._second_level.scores(embedding[None])[0]
        found = self._second_level.found(scores, parents)
        if not found:
            return
        speaking = self._second_level.scores(sentences.means)
        for number in found:
            subtopic = self._second_level.subtopics[number]
            topic = Topic(code=subtopic.code, label=subtopic.label, score=round(as_share(scores[number]), 4))
            yield _with_evidence(topic, sentences, speaking[:, number], ENOUGH)

    def _own(self, embedding: Floats, sentences: Sentences) -> Iterator[Topic]:
        for custom, similarity, nearest in self._custom.found(embedding):
            topic = Topic(code=custom.code, label=custom.name, score=round(similarity, 4))
            speaking = np.einsum("se,e->s", sentences.means, nearest)
            yield _with_evidence(topic, sentences, speaking, custom.threshold)


def find_topics(logits: Floats, labels: Labels) -> tuple[Topic, ...]:
    """The topics whose probability reaches their threshold, the most probable first; maybe none."""
    scores = 1.0 / (1.0 + np.exp(-logits.astype(np.float64)))
    found = [
        Topic(code=code, label=name, score=round(float(score), 4))
        for code, name, score in zip(labels.topics, labels.topic_names, scores, strict=True)
        if score >= labels.topic_thresholds[code]
    ]
    return _best_first(found)


def _best_first(topics: Iterable[Topic]) -> tuple[Topic, ...]:
    return tuple(sorted(topics, key=lambda topic: -topic.score))


def _with_evidence(topic: Topic, sentences: Sentences, speaking: Floats, enough: float) -> Topic:
    return replace(topic, evidence=sentences.speaking(speaking, enough)) if sentences.spans else topic
