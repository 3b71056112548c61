"""How text becomes terms: spaced out, cut at whatever is no letter or digit, folded, stemmed.

The library's fast tokenizer knows words between spaces only, so text is prepared for it: an English
possessive becomes space, and each character of a script that is written without spaces stands alone, so
that a Chinese or Thai word is found as a phrase of its characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import tantivy

from index.fold import normal

STEMS = "wirewatch_stems"
WORDS = "wirewatch_words"
MAX_TOKEN_BYTES = 120

_POSSESSIVE = re.compile(r"['’](?<=\w.)[sS]\b")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Japanese syllables
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"  # Chinese characters
)


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
    if text.isascii() or not _UNSPACED.search(text):
        return [Token(one.text, one.char_offset_from, one.char_offset_to) for one in found]
    widths = (3 if _UNSPACED.match(char) else 1 for char in text)
    origin = [at for at, width in enumerate(widths) for _ in range(width)]
    return [
        Token(one.text, origin[one.char_offset_from], origin[one.char_offset_to - 1] + 1) for one in found
    ]


def spaced(text: str) -> str:
    """`text` as the tokenizer needs it; of the same length unless it has characters to set apart."""
    if "'" in text or "’" in text:
        text = _POSSESSIVE.sub("  ", text)
    return text if text.isascii() else _UNSPACED.sub(r" \g<0> ", text)


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
