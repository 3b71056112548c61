from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enrich.pieces import Pieces, PieceTokenizer
from enrich.windows import CONTEXT, WINDOW, Window, cut_windows


@st.composite
def texts_in_pieces(draw: st.DrawFn) -> tuple[str, Pieces]:
    """Words of one letter a piece, some ending a sentence."""
    lengths = draw(st.lists(st.integers(1, 12), max_size=300))
    stops = draw(st.lists(st.booleans(), min_size=len(lengths), max_size=len(lengths)))
    text = ""
    starts: list[int] = []
    words: list[int] = []
    for number, (length, stop) in enumerate(zip(lengths, stops, strict=True)):
        starts.extend(range(len(text), len(text) + length))
        words.extend([number] * length)
        text += "w" * length + (". " if stop else " ")
    begin = np.array(starts, np.int64)
    zeros = np.zeros_like(begin)
    return text, Pieces(ids=zeros, starts=begin, ends=begin + 1, words=np.array(words, np.int64), cases=zeros)


def check(windows: list[Window], pieces: Pieces, window: int) -> None:
    kept = [piece for one in windows for piece in range(one.first, one.last)]
    assert kept == list(range(len(pieces)))
    word_starts = {0, len(pieces), *(np.flatnonzero(np.diff(pieces.words)) + 1).tolist()}
    for one in windows:
        assert 0 <= one.start <= one.first < one.last <= one.end <= len(pieces)
        assert one.end - one.start <= window
        assert {one.start, one.first, one.last, one.end} <= word_starts


@given(texts_in_pieces(), st.integers(40, 80), st.integers(0, 8))
def test_windows_keep_every_piece_once_and_cut_no_word(
    text_in_pieces: tuple[str, Pieces], window: int, context: int
) -> None:
    text, pieces = text_in_pieces
    check(cut_windows(text, pieces, window=window, context=context), pieces, window)


def test_a_text_of_one_window_is_read_whole() -> None:
    zeros = np.zeros(WINDOW, np.int64)
    pieces = Pieces(ids=zeros, starts=zeros, ends=zeros, words=np.arange(WINDOW), cases=zeros)
    assert cut_windows("", pieces) == [Window(start=0, end=WINDOW, first=0, last=WINDOW)]


def test_no_pieces_need_no_window(tokenizer: PieceTokenizer) -> None:
    assert cut_windows(" ", tokenizer.encode(" ", max_pieces=10)) == []


def test_an_article_of_500_words_needs_three_windows_cut_at_sentence_ends(tokenizer: PieceTokenizer) -> None:
    text = "The minister said on Tuesday in Kabul that the talks will go on. " * 47
    pieces = tokenizer.encode(text, max_pieces=20_000)
    windows = cut_windows(text, pieces)
    check(windows, pieces, WINDOW)
    assert len(windows) == 3
    for window in windows[1:]:
        assert text[: pieces.starts[window.first]].rstrip().endswith(".")
        assert window.first - window.start == CONTEXT
    assert windows[0].end > WINDOW - 30, "topics come from the first window, which should be long"


def test_a_word_longer_than_a_window_is_cut_rather_than_looped_over() -> None:
    zeros = np.zeros(100, np.int64)
    pieces = Pieces(ids=zeros, starts=np.arange(100), ends=np.arange(1, 101), words=zeros, cases=zeros)
    windows = cut_windows("w" * 100, pieces, window=20, context=2)
    assert (windows[0].first, windows[0].last) == (0, 18)
    assert windows[-1].last == 100


def test_stops_by_the_hundred_thousand_are_searched_in_linear_time(tokenizer: PieceTokenizer) -> None:
    text = "." * 100_000 + "\n" * 100_000
    pieces = tokenizer.encode(text, max_pieces=20_000)
    check(cut_windows(text, pieces), pieces, WINDOW)
