from __future__ import annotations

from hypothesis import given, settings

from enrich.pieces import PieceTokenizer
from tests.enrich.texts import MESSY


@settings(max_examples=300)
@given(text=MESSY)
def test_offsets_lie_in_the_text_and_never_go_back(tokenizer: PieceTokenizer, text: str) -> None:
    pieces = tokenizer.encode(text, max_pieces=10_000)
    assert len(pieces.ids) == len(pieces.starts) == len(pieces.ends) == len(pieces.words) == len(pieces.cases)
    assert (pieces.starts >= 0).all()
    assert (pieces.ends <= len(text)).all()
    assert (pieces.starts <= pieces.ends).all()
    assert (pieces.starts[1:] >= pieces.starts[:-1]).all()
    assert (pieces.words[1:] >= pieces.words[:-1]).all()


def test_offsets_are_code_points_of_the_text_as_it_was_written(tokenizer: PieceTokenizer) -> None:
    text = "😀 Élysée e\u0301t\u0301e İzmir 北京 O’Brien"
    pieces = tokenizer.encode(text, max_pieces=100)
    words = [
        text[pieces.starts[pieces.words == word][0] : pieces.ends[pieces.words == word][-1]]
        for word in sorted(set(pieces.words.tolist()))
    ]
    assert "Élysée" in words
    assert "İzmir" in words
    assert words[-5:] == ["北", "京", "O", "’", "Brien"]


def test_a_word_of_fifty_thousand_letters_is_one_unknown_piece(tokenizer: PieceTokenizer) -> None:
    text = "Kabul " + "x" * 50_000 + " Doha"
    pieces = tokenizer.encode(text, max_pieces=20_000)
    assert len(pieces) == 3
    assert text[pieces.starts[-1] : pieces.ends[-1]] == "Doha"
    assert not pieces.cut


def test_a_text_over_the_limit_is_cut_at_a_word_and_says_so(tokenizer: PieceTokenizer) -> None:
    pieces = tokenizer.encode("Nangarhar " * 1_000, max_pieces=500)
    per_word = int((pieces.words == 0).sum())
    assert per_word > 1
    assert len(pieces) == 500 // per_word * per_word
    assert pieces.cut


def test_a_text_far_over_the_limit_is_not_read_to_its_end(tokenizer: PieceTokenizer) -> None:
    pieces = tokenizer.encode("   " * 10_000 + "Kabul", max_pieces=100)
    assert len(pieces) == 0
    assert pieces.cut


def test_half_a_surrogate_pair_does_no_harm(tokenizer: PieceTokenizer) -> None:
    text = "\ud800 Kabul \udfff"
    pieces = tokenizer.encode(text, max_pieces=100)
    assert text[pieces.starts[0] : pieces.ends[-1]] == "Kabul"
