"""What a facet's values must begin with, as a pattern that both indexes read alike."""

from __future__ import annotations

import re

_SIGNS = re.compile(r"([\\.+*?()|\[\]{}^$#&\-~/@\"])")
_ANGLES = re.compile(r"([<>])")  # with a backslash they are where a word begins and ends
_BEFORE_A_WORD = r"(.*( |\-|'|/|\(|\.))?"


def literal(text: str) -> str:
    """Text as a pattern that stands for itself."""
    return _ANGLES.sub(r"[\1]", _SIGNS.sub(r"\\\1", text))


def word_beginning(text: str) -> str:
    """For keywords of which any word begins so: "qai" is in "al-qaida". `text` is in the form of `fold`."""
    return f"{_BEFORE_A_WORD}{literal(text)}.*"
