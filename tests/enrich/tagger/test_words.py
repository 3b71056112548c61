"""Words of pieces, from tokenizers of every kind."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from enrich.pieces import PieceTokenizer
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


TEXT = "Angela Merkel (Kabul) 😀 naïve Ünïcode"


def byte_level() -> Tokenizer:
    """As GPT's and RoBERTa's: pieces are bytes, a space belongs to the word behind it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=280, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator([TEXT] * 3, trainer)
    return tokenizer


def sentence_piece() -> Tokenizer:
    """As XLM-RoBERTa's: words are what stands between spaces, with the space before it."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=50, show_progress=False, unk_token="<unk>")  # noqa: S106
    tokenizer.train_from_iterator([TEXT] * 3, trainer)
    return tokenizer


@pytest.mark.parametrize("make", [byte_level, sentence_piece])
def test_tokenizers_of_other_kinds_give_the_same_words(make: Callable[[], Tokenizer]) -> None:
    pieces = PieceTokenizer(make(), words=number_words).encode(TEXT, max_pieces=1_000)
    first = np.flatnonzero(np.diff(pieces.words, prepend=-1))
    last = np.append(first[1:], len(pieces)) - 1
    spans = zip(pieces.starts[first], pieces.ends[last], strict=True)
    shown = [TEXT[start:end].strip() for start, end in spans]
    assert shown == ["Angela", "Merkel", "(", "Kabul", ")", "😀", "naïve", "Ünïcode"]


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
