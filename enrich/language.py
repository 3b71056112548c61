"""The language of a text.

The model reads English only, so an English text that is taken for another language loses everything that it
tells, while another language taken for English only gives poor findings. Therefore a text is called other
than English only on good evidence, by the number of its letters:

    fewer than 20       what the publisher says, if anything
    fewer than 200      the most probable language at 0.95, English at 0.5; otherwise what the publisher says
                        if that is nearly as probable as the best; otherwise undetermined
    200 and more        the most probable language at 0.5; otherwise the publisher's likewise, or undetermined

The 0.95 may be shared with languages that are mistaken for it (_ALIKE): Indonesian and Malay together are
surely not English. Nor is a text of which most letters are of another script than the Latin one: four of them
suffice, and the most probable language is told. Where they are fewer, the Latin ones alone are looked at.

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

_TOO_SHORT_OF_ANOTHER_SCRIPT = 4

_ALIKE = tuple(
    frozenset(group.split())
    for group in (
        "es gl an ca pt oc",
        "fr oc wa",
        "it co la",
        "de lb",
        "nl af fy",
        "no nn da sv",
        "cs sk",
        "hr bs sr sl",
        "id ms jv",
        "tr az tk",
        "zu xh",
    )
)
"""Languages that share a short text's probability, in the Latin script."""

# Letters beyond the Latin Extended blocks (Unicode, Blocks.txt): a few would outweigh a page of Latin ones.
_OTHER_SCRIPTS = re.compile(r"[^\W\d_\x00-\u024f\u1e00-\u1eff]+")

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
        latin, others = _by_script(sample)
        hint = declared_code(declared)
        ranked: list[tuple[str, float]]
        if others > latin and others >= _TOO_SHORT_OF_ANOTHER_SCRIPT:
            ranked = [each for each in self._identifier.rank(sample) if each[0] != ENGLISH]
            return hint if _supports(ranked, hint) else ranked[0][0]
        letters = latin + others
        if letters < _TOO_SHORT:
            return hint
        ranked = self._identifier.rank(_OTHER_SCRIPTS.sub(" ", sample) if others else sample)
        best, probability = ranked[0]
        if letters >= _SHORT:
            return best if probability >= _LIKELY else hint if _supports(ranked, hint) else None
        if probability >= _LIKELY and _with_alike(ranked) >= (_SURE_OF_ENGLISH if best == ENGLISH else _SURE):
            return best
        return hint if _supports(ranked, hint) else None


def declared_code(declared: str | None) -> str | None:
    """The ISO 639-1 part of what a publisher declares ("en-GB", "pt_BR"), None for anything else."""
    match = _CODE.match(declared.strip()) if declared else None
    return match.group().lower() if match else None


def _supports(ranked: list[tuple[str, float]], hint: str | None) -> bool:
    return hint is not None and dict(ranked).get(hint, 0.0) >= _HINT * ranked[0][1]


def _by_script(sample: str) -> tuple[int, int]:
    """How many letters are Latin, and how many are not."""
    letters = sum(map(str.isalpha, sample))
    others = 0 if sample.isascii() else sum(map(len, _OTHER_SCRIPTS.findall(sample)))
    return letters - others, others


def _with_alike(ranked: list[tuple[str, float]]) -> float:
    """The probability of the best and of those that are mistaken for it."""
    best, probability = ranked[0]
    alike = {code for group in _ALIKE if best in group for code in group} - {best, ENGLISH}
    return probability + sum(share for code, share in ranked if code in alike)
