"""Names of months in many languages (ingest/formats/months.txt) to their numbers."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

_ACCENTS = re.compile("[\u0300-\u036f\u0653-\u0655]")


def month_named(name: str, lang: str | None) -> int | None:
    """1 to 12. None for no month, and where languages use the name for different ones and `lang` is neither.

    Case and accents do not count. Of a name of two words, they are joined by "_".
    """
    name = plain(name)
    found = _table().get(name) or _table().get(name.removeprefix("ב"))  # "in March", in Hebrew
    if not found:
        return None
    if len(set(found.values())) == 1:
        return next(iter(found.values()))
    return found.get((lang or "").partition("-")[0].lower())


def plain(word: str) -> str:
    """`word` without case and accents."""
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", word.casefold()))


@cache
def _table() -> dict[str, dict[str, int]]:
    """For each name the month of each language that has it."""
    table: dict[str, dict[str, int]] = {}
    for line in Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        lang, _, months = line.partition(": ")
        for number, names in enumerate(months.split(" "), start=1):
            for name in names.split("|"):
                table.setdefault(plain(name), {})[lang] = number
    return table
