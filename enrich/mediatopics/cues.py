"""Words that speak for a topic of the top level."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

CUES = Path(__file__).parent / "cues.txt"

_WORD = re.compile(r"[a-z]{3,30}")


def words(text: str) -> Iterator[str]:
    """Its words in lower case, without the "s" of a plural; names are not among them."""
    for match in re.finditer(r"\w+", text):
        if _WORD.fullmatch(match.group()):
            word = match.group()
            yield word[:-1] if word.endswith("s") and not word.endswith("ss") else word


@cache
def load_cues() -> Mapping[str, frozenset[str]]:
    """The words by the topic's code."""
    lines = CUES.read_text("utf-8").splitlines()
    return {line.split()[0]: frozenset(line.split()[1:]) for line in lines if not line.startswith("#")}
