"""How the server makes terms of text: cut at whatever is no letter or digit, folded, stemmed.

The same words as the embedded index finds: each character of a script that is written without spaces is a
term of its own, so that a Chinese or Thai word is found as a phrase of its characters; an English possessive
is no term. All of it exists in a plain Elasticsearch, without plugins.
"""

from __future__ import annotations

import unicodedata

STEMS = "wirewatch_stems"
WORDS = "wirewatch_words"
FOLDED = "wirewatch_folded"
MAX_TERM = 120  # characters; longer ones are no words, and Lucene refuses those of 32 kB

Json = dict[str, object]

_LETTERS = r"\p{IsAlphabetic}\p{N}"
_UNSPACED = (
    r"\u0e00-\u0eff"  # Thai, Lao
    r"\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    r"\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Japanese syllables
    r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\x{20000}-\x{323af}"  # Chinese characters
)
_WORD = r"\p{L}\p{N}_"  # what Python's \w matches, by which the embedded index finds possessives
_POSSESSIVE = rf"(?<=[{_WORD}]['’])[sS](?![{_WORD}])"
_TERM = rf"[{_LETTERS}&&[{_UNSPACED}]]|(?!{_POSSESSIVE})[{_LETTERS}&&[^{_UNSPACED}]]+"

_ACCENTS = range(0x300, 0x370)
_COMPOSED_SCRIPTS = range(0x370, 0x530)  # Greek and Cyrillic, where й is a letter and no и with an accent


def analysis() -> Json:
    """The `analysis` part of an index's settings."""
    fold = ["lowercase", "asciifolding"]
    return {
        "char_filter": {"wirewatch_accents": {"type": "mapping", "mappings": _mappings()}},
        "tokenizer": {"wirewatch_terms": {"type": "pattern", "pattern": _TERM, "group": 0}},
        "filter": {
            "wirewatch_length": {"type": "length", "max": MAX_TERM},
            "wirewatch_english": {"type": "stemmer", "language": "porter2"},
        },
        "analyzer": {
            STEMS: _analyzer(["wirewatch_length", *fold, "wirewatch_english"]),
            WORDS: _analyzer(["wirewatch_length", *fold]),
        },
        "normalizer": {FOLDED: {"type": "custom", "filter": fold}},
    }


def _analyzer(filters: list[str]) -> Json:
    return {
        "type": "custom",
        "char_filter": ["wirewatch_accents"],
        "tokenizer": "wirewatch_terms",
        "filter": filters,
    }


def _mappings() -> list[str]:
    """Both ways to write an accented letter become one: by composing it, or else by dropping the accent."""
    composed = [
        f"{_escaped(parts)}=>{_escaped(chr(code))}"
        for code in _COMPOSED_SCRIPTS
        if len(parts := unicodedata.normalize("NFD", chr(code))) == 2
    ]
    return [*composed, *(f"{_escaped(chr(code))}=>" for code in _ACCENTS)]


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)
