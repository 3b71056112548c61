"""Which sentences speak for a topic, through the whole of enrichment."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from article.records import Topic
from enrich.encoder import Encoder
from enrich.evidence import MOST, read_sentences
from enrich.findings import Findings, Text
from enrich.inner import with_outputs
from enrich.mentions import join
from enrich.pipeline import Enricher
from tests.enrich.texts import FLOOD, MESSY, SUMMIT

MIXED = Text(
    id="mixed",
    title="The week in brief",
    text=(
        "The central bank raised interest rates by half a point to slow inflation. "
        "Here is what else happened. "
        "Rebels fired rockets at an army base and killed nine soldiers. "
        "The national team won the football cup with two late goals."
    ),
)


def said(text: Text, topic: Topic) -> list[str]:
    return [getattr(text, span.field)[span.start : span.end] for span in topic.evidence]


def one(enricher: Enricher, text: Text) -> Findings:
    (findings,) = enricher.enrich([text])
    return findings


def test_each_topic_names_the_sentences_that_speak_for_it(enricher: Enricher) -> None:
    by_code = {topic.code: topic for topic in one(enricher, FLOOD).topics}
    assert any("loods" in sentence for sentence in said(FLOOD, by_code["medtop:03000000"]))
    assert any("Heavy rain" in sentence for sentence in said(FLOOD, by_code["medtop:17000000"]))


def test_a_sentence_of_another_topic_does_not_speak_for_one(enricher: Enricher) -> None:
    findings = one(enricher, MIXED)
    assert findings.topics
    telling = {
        "medtop:04000000": "central bank",
        "medtop:15000000": "football cup",
        "medtop:16000000": "Rebels",
    }
    for topic in findings.topics:
        if topic.code in telling:
            assert any(telling[topic.code] in sentence for sentence in said(MIXED, topic)), topic


@settings(max_examples=25)
@given(title=MESSY, text=MESSY)
def test_evidence_is_whole_sentences_of_the_article(enricher: Enricher, title: str, text: str) -> None:
    article = Text(id="messy", title=f"{title} {SUMMIT.title}", text=f"{SUMMIT.text} {text}")
    for topic in one(enricher, article).topics:
        assert len(topic.evidence) <= MOST
        assert list(topic.evidence) == sorted(
            topic.evidence, key=lambda span: (span.field != "title", span.start)
        )
        for sentence in said(article, topic):
            assert sentence
            assert sentence == sentence.strip()


def test_the_head_says_of_the_whole_text_what_the_graph_says(encoder: Encoder) -> None:
    encoded = encoder.encode(join(SUMMIT.title, SUMMIT.text), max_pieces=1_000)
    assert encoded is not None
    weights = np.exp(encoded.attention)
    pooled = np.concatenate([encoded.states.mean(axis=0), weights @ encoded.states / weights.sum()])
    logits = encoder.topic_head()(pooled[None].astype(np.float32))[0]
    # Without the two marks around the text, which count in the graph.
    assert np.abs(logits - encoded.topics).max() < 0.5


def test_a_text_longer_than_a_window_has_sentences_of_the_window(encoder: Encoder) -> None:
    text = " ".join([SUMMIT.text] * 10)
    encoded = encoder.encode(text, max_pieces=5_000)
    assert encoded is not None
    read = read_sentences("", text, encoded)
    assert read.spans
    assert read.spans[-1].end <= encoded.pieces.ends[len(encoded.states) - 1]
    assert np.linalg.norm(read.means, axis=1).round(4).tolist() == [1.0] * len(read.spans)


def test_outputs_are_added_behind_a_model() -> None:
    model = b"\x08\x07"
    added = with_outputs(model, ["a" * 130])
    assert added.startswith(model)
    assert added.endswith(b"a" * 130)
    assert added[len(model) :][:3] == bytes([7 << 3 | 2, 0x88, 0x01])
