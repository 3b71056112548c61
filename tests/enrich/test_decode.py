from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enrich.decode import BESIDE, decode_tags, is_valid, names_beside

Logits = np.ndarray[tuple[int, int], np.dtype[np.float32]]


def worth(logits: Logits, tags: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    return float(logits[np.arange(len(tags)), tags].sum()) - BESIDE * names_beside(tags)


def best_by_trying_all(logits: Logits) -> float:
    """The greatest worth of any valid sequence."""
    words, tags = logits.shape
    return max(
        worth(logits, np.array(sequence, np.int64))
        for sequence in itertools.product(range(tags), repeat=words)
        if is_valid(np.array(sequence, np.int64))
    )


# Few different values make ties and near misses, which is where a shortcut would go wrong.
ROWS = st.lists(
    st.lists(
        st.sampled_from([0.0, 0.5, 1.0, 2.0, 5.0, 9.0]) | st.floats(-9, 9, width=32), min_size=5, max_size=5
    ),
    min_size=1,
    max_size=5,
)


@given(ROWS)
def test_decoding_finds_the_best_valid_sequence(rows: list[list[float]]) -> None:
    logits = np.array(rows, np.float32)
    tags = decode_tags(logits)
    assert is_valid(tags)
    assert abs(worth(logits, tags) - best_by_trying_all(logits)) < 1e-3


@given(st.integers(0, 2**32 - 1), st.integers(6, 60))
def test_words_that_are_sure_do_not_change_what_is_found_around_them(seed: int, length: int) -> None:
    """Against the same program without the shortcut: over one run of all words."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(0, 3, (length, 11)).astype(np.float32)
    sure = generator.random(length) < 0.7
    logits[sure, 0] += 20
    tags = decode_tags(logits)
    assert is_valid(tags)
    assert abs(worth(logits, tags) - plain_viterbi(logits)) < 1e-2


def plain_viterbi(logits: Logits) -> float:
    """The best worth by the textbook's dynamic program with a matrix of transitions."""
    tags = logits.shape[1]
    allowed = np.array(
        [
            [is_valid(np.array([0, a - 1 if a and a % 2 == 0 else a, a, b])) for b in range(tags)]
            for a in range(tags)
        ]
    )
    cost = np.array([[BESIDE if a and b % 2 else 0.0 for b in range(tags)] for a in range(tags)])
    scores = np.where([is_valid(np.array([tag])) for tag in range(tags)], logits[0].astype(float), -np.inf)
    for row in logits[1:]:
        scores = np.where(allowed, scores[:, None] - cost, -np.inf).max(axis=0) + row
    return float(scores.max())


def test_no_words_have_no_tags() -> None:
    assert len(decode_tags(np.zeros((0, 11), np.float32))) == 0


def test_an_entity_that_begins_inside_gets_a_beginning() -> None:
    logits = np.zeros((3, 3), np.float32)
    logits[0, 0] = logits[1, 2] = logits[2, 2] = 5
    assert decode_tags(logits).tolist() in ([0, 1, 2], [1, 2, 2])
    logits[0, 0] = 50
    assert decode_tags(logits).tolist() == [0, 1, 2]


def test_two_names_side_by_side_are_one_unless_the_model_is_sure() -> None:
    logits = np.zeros((3, 5), np.float32)
    logits[0, 1] = 9
    logits[1, 1], logits[1, 2] = 5, 4
    logits[2, 0] = 9
    assert decode_tags(logits).tolist() == [1, 2, 0]
    logits[1, 1] = 8
    assert decode_tags(logits).tolist() == [1, 1, 0]
