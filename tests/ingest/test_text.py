from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.text import MAX_TITLE, one_line, tidy, to_text

HIDDEN = (
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\x00\x07\x1b\x7f\x9f\ufeff\ud800"
)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain words", "plain words"),
        ("AT&amp;T &lt;3", "AT&T <3"),
        ("x < y and 3 > 2", "x < y and 3 > 2"),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<p>a\n  line\nbroken in the source</p>", "a line broken in the source"),
        ("one line\nanother line", "one line\nanother line"),
        ("<b>bo</b>ld and <i>it</i>alic", "bold and italic"),
        ("<ul><li>one<li>two</ul>", "one\ntwo"),
        ("<tr><td>a</td><td>b</td></tr>", "a b"),
        ("<p>see<script>alert('<p>no</p>')</script> this</p><style>p{}</style>", "see this"),
        ("<p>open <b>tags <p>everywhere", "open tags\neverywhere"),
        ("<p>seen</p><!-- not seen --><p>seen too</p>", "seen\nseen too"),
        ("caf\u0065\u0301", "café"),
        ("soft\u00adhyphen and\u00a0space", "softhyphen and space"),
        ("", ""),
        ("<img src='x'>", ""),
    ],
)
def test_markup_becomes_text(markup: str, text: str) -> None:
    assert to_text(markup) == text


def test_what_cannot_be_seen_is_gone() -> None:
    assert to_text(f"<p>a{HIDDEN}b</p>") == "ab"
    assert to_text(f"a{HIDDEN}b") == "ab"


def test_nesting_of_any_depth_is_read() -> None:
    assert to_text("<div>" * 50_000 + "deep" + "</div>" * 50_000) == "deep"


def test_a_title_is_one_short_line() -> None:
    assert one_line("<h1>Two\n<br>lines</h1> &amp; more") == "Two lines & more"
    assert len(one_line("word " * 10_000)) <= MAX_TITLE


@given(st.text(st.characters(codec=None)))
def test_clean_text_is_clean(raw: str) -> None:
    for text in (tidy(raw), to_text(raw), one_line(raw)):
        text.encode()  # no lone surrogates
        assert not set(text) & set(HIDDEN)
        assert all(line == " ".join(line.split()) and line for line in text.split("\n") if text)
        assert not [one for one in text if unicodedata.category(one) == "Cc" and one != "\n"]


@given(st.text())
def test_tidying_twice_changes_nothing(raw: str) -> None:
    assert tidy(tidy(raw)) == tidy(raw)


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), min_size=1))
def test_paragraphs_become_lines(paragraphs: list[str]) -> None:
    markup = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    assert to_text(markup) == "\n".join(tidy(paragraph) for paragraph in paragraphs)
