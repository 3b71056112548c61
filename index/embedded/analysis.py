"""How text becomes terms: spaced out, cut at whatever is no letter or digit, folded, stemmed.

The library's fast tokenizer knows words between spaces only, so text is prepared for it by `index.spacing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import tantivy

from index.fold import normal
from index.spacing import UNSPACED, spaced

STEMS = "wirewatch_stems"
WORDS = "wirewatch_words"
MAX_TOKEN_BYTES = 120


@dataclass(frozen=True, slots=True)
class Token:
    """A term and the characters of the text, end exclusive, that it stands for."""

    term: str
    start: int
    end: int


def stems(text: str) -> list[str]:
    terms: list[str] = _analyzer(STEMS).analyze(spaced(normal(text)))
    return terms


def words(text: str) -> list[str]:
    """The terms as they are written: folded, not stemmed."""
    terms: list[str] = _analyzer(WORDS).analyze(spaced(normal(text)))
    return terms


def tokens(text: str, *, stemmed: bool) -> list[Token]:
    """What `stems` or `words` gives, with places; `text` is in the form of `index.fold.normal`."""
    found = _analyzer(STEMS if stemmed else WORDS).pre_tokenize(spaced(text)).tokens
    if text.isascii() or not UNSPACED.search(text):
        return [Token(one.text, one.char_offset_from, one.char_offset_to) for one in found]
    widths = (3 if UNSPACED.match(char) else 1 for char in text)
    origin = [at for at, width in enumerate(widths) for _ in range(width)]
    return [
        Token(one.text, origin[one.char_offset_from], origin[one.char_offset_to - 1] + 1) for one in found
    ]


def register(index: tantivy.Index) -> None:
    """The library keeps a schema's analyser names, not the analysers: needed after every opening."""
    for name in (STEMS, WORDS):
        index.register_tokenizer(name, _analyzer(name))


@cache
def _analyzer(name: str) -> tantivy.TextAnalyzer:
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(MAX_TOKEN_BYTES))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
    )
    return (builder.filter(tantivy.Filter.stemmer("english")) if name == STEMS else builder).build()
