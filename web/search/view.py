"""What the search page shows, as plain values."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.protocol import Hit

_MARKS = re.compile(r"(</?em>)")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of text; `found` where it is what was looked for."""

    text: str
    found: bool = False


def pieces(fragment: str) -> Iterator[Piece]:
    """A highlight as an index gives it, taken apart again, so that the template escapes what it shows."""
    found = False
    for part in _MARKS.split(fragment):
        if _MARKS.fullmatch(part):
            found = part == "<em>"
        elif part:
            yield Piece(text=html.unescape(part), found=found)


def title_of(hit: Hit) -> tuple[Piece, ...]:
    for highlight in hit.highlights:
        if highlight.field == "title" and highlight.fragments:
            return tuple(pieces(highlight.fragments[0]))
    return (Piece(text=hit.title or "(no title)"),)


def excerpts(hit: Hit) -> tuple[tuple[Piece, ...], ...]:
    """Where the article says what was looked for; its summary where it says so nowhere."""
    found = tuple(
        tuple(pieces(fragment))
        for highlight in hit.highlights
        if highlight.field != "title"
        for fragment in highlight.fragments
    )
    return found or (((Piece(text=hit.summary),),) if hit.summary else ())
