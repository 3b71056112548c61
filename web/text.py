"""Text of feeds and articles: templates escape it, this drops what would act on what is around it."""

from __future__ import annotations

# Controls, and what changes the direction of all that follows: U+202A to U+202E (embeddings, overrides) and
# U+2066 to U+2069 (isolates). `dir` and <bdi> give directions. Marks and joiners of words (LRM, ZWJ) stay.
_ACTING = dict.fromkeys(
    (*range(9), *range(0x0E, 0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)


def shown_text(text: str) -> str:
    return text.translate(_ACTING)
