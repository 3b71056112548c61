"""How text becomes terms: spaced out, cut at whatever is no letter or digit, folded, stemmed.

The library's fast tokenizer knows words between spaces only, so text is prepared for it by `index.spacing`.
"""

from __future__ import annotations

from functools import cache, cached_property

import tantivy

from index.fold import normal
from index.spacing import UNSPACED, spaced

STEMS = "wirewatch_stems"
WORDS = "wirewatch_words"
MAX_TOKEN_BYTES = 120


class Tokens:
    """The terms of a text, and where in it they stand. Places are worked out for those that are asked for,
    as a text has hundreds of terms and a search looks for a few."""

    def __init__(self, text: str, *, stemmed: bool) -> None:
        """`text` is in the form of `index.fold.normal`."""
        self._found = _analyzer(STEMS if stemmed else WORDS).pre_tokenize(spaced(text)).tokens
        self._text = text
        self.terms: list[str] = [one.text for one in self._found]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The characters, end exclusive, that the terms from the first to the last stand for."""
        start, end = self._found[first].char_offset_from, self._found[last].char_offset_to
        origin = self._origin
        return (start, end) if origin is None else (origin[start], origin[end - 1] + 1)

    @cached_property
    def _origin(self) -> list[int] | None:
        """Of each character of the text set apart, its place in the text; None where they are the same."""
        if self._text.isascii() or not UNSPACED.search(self._text):
            return None
        widths = (3 if UNSPACED.match(char) else 1 for char in self._text)
        return [at for at, width in enumerate(widths) for _ in range(width)]


def stems(text: str) -> list[str]:
    terms: list[str] = _analyzer(STEMS).analyze(spaced(normal(text)))
    return terms


def words(text: str) -> list[str]:
    """The terms as they are written: folded, not stemmed."""
    terms: list[str] = _analyzer(WORDS).analyze(spaced(normal(text)))
    return terms


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
