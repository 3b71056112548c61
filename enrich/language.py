"""The language of a text.

The model reads English only, so an English text that is taken for another language loses everything that it
tells, while another language taken for English only gives poor findings. Therefore a text is called other
than English only on good evidence, by the number of its letters:

    fewer than 20       what the publisher says, if anything
    fewer than 200      the most probable language at 0.95, English at 0.5; otherwise what the publisher says
                        if that is nearly as probable as the best; otherwise undetermined
    200 and more        the most probable language at 0.5; otherwise the publisher's likewise, or undetermined

Of 6,300 English sentences alone, tables of sports results included, one is called anything else with these
rules: a list of Italian players (CoNLL-2003 test, Worldwide dev, WNUT-17 test, UNER EWT test).
"""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ENGLISH = "en"

# The identifier is written in Python and takes a millisecond for so many characters; more add nothing.
_SAMPLE = 1_000
_TOO_SHORT = 20
_SHORT = 200
_SURE = 0.95
_SURE_OF_ENGLISH = 0.5
_LIKELY = 0.5
# How much less probable than the best the publisher's language may be.
_HINT = 0.1

_CODE = re.compile(r"[A-Za-z]{2}(?![A-Za-z])")


class LanguageDetector:
    """py3langid over the languages that have an ISO 639-1 code. Safe to share between threads."""

    def __init__(self) -> None:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        self._identifier: LanguageIdentifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._identifier.set_languages([code for code in self._identifier.labels if len(code) == 2])
        self.model = f"py3langid@{version('py3langid')}"

    def detect(self, title: str, text: str, declared: str | None = None) -> str | None:
        """ISO 639-1, or None where the text is too short or too mixed to tell."""
        sample = f"{title}\n{text[:_SAMPLE]}"[:_SAMPLE]
        letters = sum(map(str.isalpha, sample))
        hint = declared_code(declared)
        if letters < _TOO_SHORT:
            return hint
        ranked: list[tuple[str, float]] = self._identifier.rank(sample)
        best, probability = ranked[0]
        if letters >= _SHORT:
            return best if probability >= _LIKELY else hint if _supports(ranked, hint) else None
        if probability >= (_SURE_OF_ENGLISH if best == ENGLISH else _SURE):
            return best
        return hint if _supports(ranked, hint) else None


def declared_code(declared: str | None) -> str | None:
    """The ISO 639-1 part of what a publisher declares ("en-GB", "pt_BR"), None for anything else."""
    match = _CODE.match(declared.strip()) if declared else None
    return match.group().lower() if match else None


def _supports(ranked: list[tuple[str, float]], hint: str | None) -> bool:
    return hint is not None and dict(ranked).get(hint, 0.0) >= _HINT * ranked[0][1]
