"""What a match is worth by where it is, the same for every index."""

from __future__ import annotations

# Beside 1 in the text. A match in several fields counts the best and TIE of the others, as a word in the
# title is mostly in the text too.
BOOSTS = {"title": 2.5, "names": 1.5, "summary": 1.2, "text": 1.0}
TIE = 0.3
