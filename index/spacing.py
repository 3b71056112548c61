"""Text in which words stand apart, for analysers that know words between spaces only.

An English possessive becomes space, and each character of a script that is written without spaces stands
alone, so that a Chinese or Thai word is found as a phrase of its characters.
"""

from __future__ import annotations

import re

UNSPACED = re.compile(
    "[\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Japanese syllables
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"  # Chinese characters
)
_POSSESSIVE = re.compile(r"['’](?<=\w.)[sS]\b")


def spaced(text: str) -> str:
    """`text` with its words apart; of the same length unless it has characters to set apart."""
    if "'" in text or "’" in text:
        text = _POSSESSIVE.sub("  ", text)
    return text if text.isascii() else UNSPACED.sub(r" \g<0> ", text)
