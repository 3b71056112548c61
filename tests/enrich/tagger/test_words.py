"""Words of pieces, from tokenizers of every kind."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.tagger.words import number_words


def words(text: str, *pieces: str) -> list[int]:
    """The numbers of the words of `pieces`, which stand in `text` in this order."""
    starts, ends, at = [], [], 0
    for piece in pieces:
        start = text.index(piece, at)
        at = start + len(piece)
        starts.append(start)
        ends.append(at)
    numbers: list[int] = number_words(text, np.array(starts), np.array(ends)).tolist()
    return numbers


@pytest.mark.parametrize(
    ("text", "pieces", "expected"),
    [
        ("New York", ["New", "York"], [0, 1]),
        ("Kabul", ["Ka", "bul"], [0, 0]),
        ("(Kabul), too", ["(", "Ka", "bul", "),", "too"], [0, 1, 1, 2, 3]),
        ("Jean-Luc", ["Jean", "-", "Luc"], [0, 1, 2]),
        ("in Kabul", ["in", " ", "Kabul"], [0, 1, 1]),
        ("東京都庁", ["東京", "都庁"], [0, 1]),
        ("हिन्दी में", ["हि", "न्", "दी", "में"], [0, 0, 0, 1]),
    ],
)
def test_examples(text: str, pieces: list[str], expected: list[int]) -> None:
    assert words(text, *pieces) == expected


def test_pieces_of_one_character_are_one_word() -> None:
    """Byte-level tokenizers cut an emoji into bytes, which all stand at the same place."""
    assert number_words("😀 a", np.array([0, 0, 0, 2]), np.array([1, 1, 1, 3])).tolist() == [0, 0, 0, 1]


@given(st.text(max_size=60))
def test_numbers_never_go_down_and_begin_at_0(text: str) -> None:
    spans = [match.span() for match in re.finditer(r"\S\S?\S?", text)]
    starts, ends = (np.array([span[side] for span in spans], np.int64) for side in (0, 1))
    numbers = number_words(text, starts, ends)
    assert len(numbers) == len(spans)
    assert set(np.diff(numbers, prepend=-1).tolist()) <= {0, 1}
    assert not len(numbers) or numbers[0] == 0
