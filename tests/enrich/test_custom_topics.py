from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.custom_topics import THRESHOLD, CustomTopic, Examples, parse_topics
from enrich.encoder import Encoder
from enrich.findings import Text
from enrich.mentions import join
from enrich.topics import TopicFinder
from tests.enrich.texts import FLOOD

PIRACY = {
    "name": "Piracy at sea",
    "description": "Attacks on ships, hijacked crews and ransom at sea",
    "examples": ["Pirates board a tanker off the coast and take its crew hostage"],
}
HIJACK = Text(
    id="hijack",
    title="Gunmen seize cargo ship off Somalia",
    text="Pirates armed with rifles boarded the vessel on Sunday and took its crew of twenty hostage. Its "
    "owner said that a ransom had been demanded. Share prices were little changed.",
)


def test_a_topic_is_told_by_description_and_examples() -> None:
    (topic,) = parse_topics([PIRACY])
    assert topic == CustomTopic(
        code="custom:piracy-at-sea",
        name="Piracy at sea",
        texts=(PIRACY["description"], PIRACY["examples"][0]),  # type: ignore[arg-type]
        threshold=THRESHOLD,
    )
    (own,) = parse_topics([{**PIRACY, "code": "custom:Piracy", "threshold": 0.6}])
    assert (own.code, own.threshold) == ("custom:piracy", 0.6)


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ({}, "must be a list"),
        (["piracy"], "topic 1: must be keys and values"),
        ([{"name": "x", "description": "y"}, {"name": "z"}], "topic 2: needs a description or examples"),
        ([{"description": "y"}], "topic 1: a name must be text"),
        ([{"name": "海賊", "description": "y"}], "topic 1: needs a code"),
        ([{"name": "x", "examples": "y"}], "examples must be a list"),
        ([{"name": "x", "examples": [7]}], "an example must be text"),
        ([{"name": "x", "description": "y" * 3_000}], "at most 2,000 characters"),
        ([{"name": "x", "description": "y", "threshold": 1.5}], "between 0 and 1, not 1.5"),
        ([{"name": "x", "description": "y", "threshold": True}], "between 0 and 1"),
        ([{"name": "x", "description": "y", "weight": 1}], "unknown key 'weight'"),
        ([PIRACY, PIRACY], "topic 2: custom:piracy-at-sea stands there twice"),
    ],
)
def test_what_is_wrong_with_a_topic_is_named(listed: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_topics(listed)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["name", "description", "examples", "code"]), inner, max_size=4)
        ),
    )
)
def test_anything_is_topics_or_refused(listed: object) -> None:
    try:
        topics = parse_topics(listed)
    except ValueError:
        return
    assert all(topic.code.startswith("custom:") and topic.texts for topic in topics)


def test_an_article_has_it_with_the_sentences_that_say_so(encoder: Encoder) -> None:
    finder = TopicFinder(encoder, parse_topics([PIRACY]))

    def own(text: Text) -> list[tuple[str, str, list[str]]]:
        encoded = encoder.encode(join(text.title, text.text), max_pieces=1_000)
        assert encoded is not None
        return [
            (topic.code, topic.label, [getattr(text, s.field)[s.start : s.end] for s in topic.evidence])
            for topic in finder(text, encoded)
            if topic.code.startswith("custom:")
        ]

    ((code, label, said),) = own(HIJACK)
    assert (code, label) == ("custom:piracy-at-sea", "Piracy at sea")
    assert any("Pirates armed with rifles" in sentence for sentence in said)
    assert "Share prices were little changed." not in said
    assert own(FLOOD) == []


def test_a_topic_whose_texts_have_no_pieces_is_never_found() -> None:
    topic = CustomTopic(code="custom:none", name="None", texts=("\u200b",))
    examples = Examples.embedded([topic], lambda _: None)
    assert list(examples.found(np.ones(384, np.float32))) == []
