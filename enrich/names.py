"""When two spellings are one name."""

from __future__ import annotations

import re
import unicodedata

_DROPPED = re.compile(r"[.'’‘`ʻʼʿʾ]")
_SPACES = re.compile(r"[\s\-‐‑–_]+")
# Letters whose plain form Unicode does not give as a decomposition.
_PLAIN = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ı": "i", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)


def normalise(name: str) -> str:
    """Lower case without accents, apostrophes and full stops; hyphens as spaces,
    no leading article: "Jalāl-Ābād" is "jalal abad"."""
    if not name.isascii():
        decomposed = unicodedata.normalize("NFKD", name)
        name = "".join(character for character in decomposed if not unicodedata.combining(character))
    name = name.casefold().translate(_PLAIN)
    return _SPACES.sub(" ", _DROPPED.sub("", name)).strip().removeprefix("the ")
