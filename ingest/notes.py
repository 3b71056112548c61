"""Notes for people: few and short, whatever a server sends."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.formats.text import MAX_TITLE, tidy

_MOST = 12
_LONGEST = 300


def bounded(notes: Iterable[str]) -> tuple[str, ...]:
    """The first twelve different notes, each on one line of at most 300 characters."""
    lines = (" ".join(tidy(note[:MAX_TITLE]).split("\n")) for note in notes)
    different = dict.fromkeys(line for line in lines if line)
    return tuple(line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…" for line in different)[:_MOST]
