from __future__ import annotations

import random

import numpy as np
import pytest

from enrich.encoder import BUNDLED_MODEL
from enrich.pieces import PieceTokenizer
from training.corpora import ANY, OUTSIDE, Document, allowed
from training.exchange import NameExchange
from training.windows import END, LONGEST, START, Window, WindowMaker, batches, padded_sets


@pytest.fixture(scope="module")
def maker() -> WindowMaker:
    return WindowMaker(PieceTokenizer.load(BUNDLED_MODEL / "tokenizer.json"), NameExchange([]))


SENTENCE = (["Haqqani", "left", "Kabul", "."], ["B-PER", "O", "B-LOC", "O"])


def test_the_pieces_of_a_word_share_its_number(maker: WindowMaker) -> None:
    encoded = maker.encode(["Sirajuddin", "(", "U.S.", ")"])
    words = [encoded.words.count(number) for number in range(4)]
    assert words[0] > 1
    assert words[1:] == [1, 4, 1]
    assert encoded.cases[0] == 1


def test_a_window_has_the_tags_that_each_piece_may_have(maker: WindowMaker) -> None:
    document = Document(source="conll", sentences=[SENTENCE])
    for seed in range(8):
        (window,) = maker.windows([(document, 1.0)], random.Random(seed))
        pieces = len(window) - 2
        assert window.ids[0] == START
        assert window.ids[-1] == END
        assert window.allowed[0] == window.allowed[-1] == OUTSIDE
        assert allowed("conll", "B-PER", first=True) == window.allowed[1]
        assert allowed("conll", "B-LOC", first=True) in window.allowed[1:]
        assert len(window.cases) == pieces + 2


def test_no_window_is_too_long_and_no_sentence_is_lost(maker: WindowMaker) -> None:
    document = Document(source="ww", sentences=[SENTENCE] * 300)
    windows = maker.windows([(document, 1.0)], random.Random(0))
    assert max(map(len, windows)) <= LONGEST + 2
    begins = allowed("ww", "B-PER", first=True)
    assert sum(int((window.allowed == begins).sum()) for window in windows) == 300


def test_one_seed_makes_one_epoch(maker: WindowMaker) -> None:
    documents = [(Document(source="ww", sentences=[SENTENCE] * 9), 1.5)] * 4
    first, second = (maker.windows(documents, random.Random(7)) for _ in range(2))
    assert [window.ids.tolist() for window in first] == [window.ids.tolist() for window in second]


def test_a_document_comes_as_often_as_it_is_asked_for(maker: WindowMaker) -> None:
    documents = [(Document(source="ww", sentences=[SENTENCE, SENTENCE]), 1.5)] * 200
    draw = random.Random(3)
    begins = allowed("ww", "B-PER", first=True)
    found = sum(int((window.allowed == begins).sum()) for window in maker.windows(documents, draw))
    assert 540 <= found <= 660


def window(length: int) -> Window:
    numbers = np.full(length, OUTSIDE)
    return Window(ids=numbers, cases=numbers, allowed=numbers)


def test_a_batch_with_its_padding_keeps_the_bound() -> None:
    draw = random.Random(0)
    windows = [window(draw.randint(10, 200)) for _ in range(100)]
    result = batches(windows, 1_000, draw)
    assert all(max(map(len, batch)) * len(batch) <= 1_000 for batch in result)
    assert sum(map(len, result)) == 100


def test_padding_asks_for_nothing() -> None:
    assert padded_sets([window(2), window(4)]).tolist() == [[OUTSIDE] * 2 + [ANY] * 2, [OUTSIDE] * 4]
