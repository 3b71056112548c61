"""Labels of every scheme become our tags; what is unknown is told, what is no model for names refused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from article.errors import BadConfiguration
from enrich.decode import decode_tags, is_valid
from enrich.tagger.scheme import Scheme, read_scheme


def scheme(*labels: str) -> Scheme:
    return read_scheme(dict(enumerate(labels)), "somebody/model")


def decoded(labels: Sequence[str], said: Sequence[str]) -> str:
    """What words are taken for that a model gives the labels `said`: "O PER+ PER", + begins a name."""
    read = scheme(*labels)
    logits = np.full((len(said), len(labels)), -4.0, np.float32)
    for word, label in enumerate(said):
        logits[word, labels.index(label)] = 8.0
    tags = decode_tags(read.tags(logits))
    assert is_valid(tags)
    names = ["O", *(f"{kind}{mark}" for kind in read.types for mark in ("+", ""))]
    return " ".join(names[tag] for tag in tags)


BIO = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
BIOES = ("O", "B-PER", "I-PER", "E-PER", "S-PER", "B-LOC", "I-LOC", "E-LOC", "S-LOC")
BILOU = ("B-PER", "I-PER", "L-PER", "U-PER", "O")
IO = ("O", "I-PER", "I-LOC")
BARE = ("PER", "LOC", "O")


@pytest.mark.parametrize(
    ("labels", "said", "expected"),
    [
        (BIO, "O B-PER I-PER O B-LOC", "O PER+ PER O LOC+"),
        (BIO, "B-PER B-PER I-PER", "PER+ PER+ PER"),
        (BIO, "O I-PER I-PER O I-LOC", "O PER+ PER O LOC+"),  # IOB1: B- only where two names meet
        (BIO, "I-PER B-PER", "PER+ PER+"),
        (BIO, "B-PER I-LOC I-LOC", "PER+ LOC+ LOC"),
        (BIOES, "S-LOC O B-PER I-PER E-PER", "LOC+ O PER+ PER PER"),
        (BIOES, "B-PER E-PER B-PER E-PER", "PER+ PER PER+ PER"),
        (BIOES, "B-PER E-PER I-PER S-PER", "PER+ PER PER+ PER+"),
        (BILOU, "B-PER L-PER U-PER O", "PER+ PER PER+ O"),
        (IO, "I-PER I-PER O I-PER I-LOC", "PER+ PER O PER+ LOC+"),
        (BARE, "PER PER O LOC", "PER+ PER O LOC+"),
    ],
)
def test_schemes(labels: Sequence[str], said: str, expected: str) -> None:
    assert decoded(labels, said.split()) == expected


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("PER", "PER"),
        ("person", "PER"),
        ("ORG", "ORG"),
        ("Organization", "ORG"),
        ("corporation", "ORG"),
        ("LOC", "LOC"),
        ("GPE", "LOC"),
        ("FAC", "LOC"),
        ("location", "LOC"),
        ("NORP", "NORP"),
        ("EVENT", "EVENT"),
        ("MISC", "MISC"),
        ("creative-work", "MISC"),
        ("WORK_OF_ART", "MISC"),
        ("DATE", None),
        ("CARDINAL", None),
    ],
)
@pytest.mark.parametrize("form", ["B-{}", "i_{}", "{}"])
def test_types_of_other_makers(theirs: str, ours: str | None, form: str) -> None:
    read = scheme("O", "B-PER", form.format(theirs))
    assert list(read.meanings.values())[-1] == ours
    assert read.unknown == ()


def test_types_that_are_one_for_us_add_up() -> None:
    """A word that is GPE or FAC or LOC, and the model cannot say which, is a place all the same."""
    read = scheme("O", "B-GPE", "B-FAC", "B-LOC")
    tags = read.tags(np.array([[1.2, 1.0, 1.0, 1.0]], np.float32))
    assert read.types == ("LOC",)
    assert decode_tags(tags).tolist() == [1]


def test_a_type_that_is_left_out_is_no_name() -> None:
    read = scheme("O", "B-PER", "B-DATE")
    assert read.types == ("PER",)
    assert decode_tags(read.tags(np.array([[0.0, 1.0, 9.0]], np.float32))).tolist() == [0]


def test_unknown_types_are_told_and_count_as_misc() -> None:
    read = scheme("O", "B-PER", "B-Weapon", "I-Weapon")
    assert read.unknown == ("WEAPON",)
    assert read.meanings["WEAPON"] == "MISC"


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        (("LABEL_0", "LABEL_1"), "none of its labels is O"),
        (("O", "B-WEAPON"), "none of its labels is a type of name that is known: O, B-WEAPON"),
        (("NEGATIVE", "POSITIVE"), "none of its labels is O"),
        (("O", "DATE"), "none of its labels is a type"),
        ((), "does not number"),
    ],
)
def test_what_is_no_model_for_names_is_refused(labels: Sequence[str], problem: str) -> None:
    with pytest.raises(BadConfiguration, match=problem) as caught:
        scheme(*labels)
    assert caught.value.subject == "somebody/model"
    assert "id2label" in caught.value.remedy


def test_labels_with_a_gap_are_refused() -> None:
    with pytest.raises(BadConfiguration, match="does not number"):
        read_scheme({0: "O", 2: "B-PER"}, "somebody/model")


@given(arrays(np.float32, st.tuples(st.integers(1, 12), st.just(9)), elements=st.floats(-30, 30, width=32)))
def test_probabilities_are_shared_out_among_the_tags(logits: np.ndarray) -> None:
    tags = scheme(*BIOES).tags(logits)
    assert np.isfinite(tags).all()
    assert np.allclose(np.exp(tags).sum(axis=1), 1.0, atol=1e-4)
    assert is_valid(decode_tags(tags))
