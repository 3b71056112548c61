"""The one spelling of a keyword: names, labels and codes are compared in this form.

Text inside articles is analysed by the index itself, word by word; this is for values taken as a whole.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_KEYWORD = 256  # code points; longer values agree when their beginnings do

_COMBINING = re.compile("[\u0300-\u036f]")  # accents of Latin, Greek and Cyrillic; vowel signs elsewhere stay
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "’": "'", "‘": "'"}
)


@lru_cache(maxsize=16_384)  # a few names, labels and feeds make up most of what is folded
def fold(value: str) -> str:
    """Lower case, without accents, white space collapsed: "Al-Qaïda " and "al-qaida" are one keyword."""
    lower = unicodedata.normalize("NFKD", value).casefold()
    plain = _COMBINING.sub("", unicodedata.normalize("NFKD", lower)).translate(_UNDECOMPOSED)
    return " ".join(unicodedata.normalize("NFKC", plain).split())[:MAX_KEYWORD].rstrip()


def normal(text: str) -> str:
    """Text with each accented letter as one character, so that both ways to write it are one word."""
    return unicodedata.normalize("NFC", text)
