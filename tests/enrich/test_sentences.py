from __future__ import annotations

import pytest
from hypothesis import given

from enrich.sentences import MAX_SENTENCE, sentences
from tests.enrich.texts import MESSY


def cut(title: str, text: str, upto: int | None = None) -> list[str]:
    spans = sentences(title, text, upto=len(text) if upto is None else upto)
    return [(title if span.field == "title" else text)[span.start : span.end] for span in spans]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two!  Three?", ["One.", "Two!", "Three?"]),
        ("He said “Go.” Then he went.", ["He said “Go.”", "Then he went."]),
        (
            "Gen. Smith met Mr. Jones in the U.S. on Monday. They spoke.",
            ["Gen. Smith met Mr. Jones in the U.S. on Monday.", "They spoke."],
        ),
        ("J. K. Rowling wrote 3.5 pages. More.", ["J. K. Rowling wrote 3.5 pages.", "More."]),
        ("Heading\n\nText without end", ["Heading", "Text without end"]),
        ("wirewatch.example. yes, it is one", ["wirewatch.example. yes, it is one"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_where_sentences_end(text: str, parts: list[str]) -> None:
    assert cut("", text) == parts


def test_the_title_is_one_sentence() -> None:
    assert cut(" Rain. And snow ", "Cold.") == ["Rain. And snow", "Cold."]


def test_only_sentences_that_begin_in_what_was_read() -> None:
    assert cut("", "First one. Second one. Third one.", upto=12) == ["First one.", "Second one."]


def test_a_text_without_full_stops_has_no_sentence() -> None:
    assert cut("", "word " * MAX_SENTENCE) == []


@given(title=MESSY, text=MESSY)
def test_sentences_are_in_order_apart_and_without_space_around(title: str, text: str) -> None:
    last = 0
    for span in sentences(title, text, upto=len(text)):
        part = getattr(type("Article", (), {"title": title, "text": text}), span.field)[span.start : span.end]
        assert part
        assert part == part.strip()
        if span.field == "text":
            assert span.start >= last
            last = span.end
