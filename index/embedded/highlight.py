"""What was looked for, marked in the text of a hit: by stem, so that "attacks" marks "attacked".

The text is escaped piece by piece and the marks are put between the pieces, so no markup of an article
ever comes through. Work and output are bounded: the first MAX_TEXT characters are looked at, and at most
MAX_FRAGMENTS fragments of about FRAGMENT characters come back.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from article.records import EnrichedArticle
from index.embedded.analysis import Tokens, stems, words
from index.expression import Expression, Keyword, Phrase, Prefix, TextField, Word, leaves
from index.fold import normal
from index.protocol import Highlight
from index.query import FIELD_OF_TYPE

MAX_TEXT = 20_000
MAX_FRAGMENTS = 3
FRAGMENT = 200

_NAME_FIELDS = frozenset(("entity", "place", *FIELD_OF_TYPE.values()))


@dataclass(frozen=True, slots=True)
class Sought:
    """Stems in a row (one for a word) or, with `prefix`, the beginning of one word; None is any field."""

    terms: tuple[str, ...]
    field: TextField | None
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters `start` to `end` are what the search's part number `which` looked for."""

    start: int
    end: int
    which: int


def sought_in(expression: Expression) -> tuple[Sought, ...]:
    """What to mark: words, phrases, prefixes and names that were asked for, not those that were excluded."""
    found: dict[Sought, None] = {}
    for leaf, _, wanted in leaves(expression):
        if not wanted:
            continue
        if isinstance(leaf, Word | Phrase):
            found[Sought(tuple(stems(leaf.text)), leaf.field)] = None
        elif isinstance(leaf, Prefix):
            *whole, beginning = words(leaf.text) or [""]
            found[Sought((beginning,), leaf.field, prefix=True)] = None
            found.update((Sought((stem,), leaf.field), None) for word in whole for stem in stems(word))
        elif isinstance(leaf, Keyword) and leaf.field in _NAME_FIELDS and not leaf.prefix:
            found[Sought(tuple(stems(leaf.value)), None)] = None
    return tuple(sought for sought in found if any(sought.terms))


def highlights(article: EnrichedArticle, sought: Sequence[Sought]) -> tuple[Highlight, ...]:
    """Of each field that holds something sought: the whole title, the best pieces of the others."""
    found: list[Highlight] = []
    for name in ("title", "summary", "text"):
        text = normal(getattr(article, name)[:MAX_TEXT])
        field: TextField = "title" if name == "title" else "text"
        marks = _marks(text, [one for one in sought if one.field in (None, field)])
        if marks:
            spans = [(0, min(len(text), 2 * FRAGMENT))] if name == "title" else _best_spans(text, marks)
            found.append(Highlight(field=name, fragments=tuple(_html(text, span, marks) for span in spans)))
    return tuple(found)


def _marks(text: str, sought: Sequence[Sought]) -> list[Mark]:
    """In the order of the text, not overlapping: of two that begin at one place the longer one."""
    if not sought or not text:
        return []
    stemmed = Tokens(text, stemmed=True)
    found = [
        Mark(*stemmed.span(at, at + len(one.terms) - 1), which)
        for which, one in enumerate(sought)
        if not one.prefix
        for at in _places(stemmed.terms, one.terms)
    ]
    beginnings = [(which, one.terms[0]) for which, one in enumerate(sought) if one.prefix]
    if beginnings:
        written = Tokens(text, stemmed=False)
        found += [
            Mark(*written.span(at, at), which)
            for at, term in enumerate(written.terms)
            for which, start in beginnings
            if term.startswith(start)
        ]
    return _without_overlap(found)


def _places(terms: Sequence[str], wanted: tuple[str, ...]) -> list[int]:
    """Where `wanted` begins in `terms`."""
    width = len(wanted)
    return [
        at
        for at, term in enumerate(terms)
        if term == wanted[0] and (width == 1 or tuple(terms[at : at + width]) == wanted)
    ]


def _without_overlap(marks: Sequence[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def _best_spans(text: str, marks: Sequence[Mark]) -> list[tuple[int, int]]:
    """Windows that hold most different things sought, then most marks, then come first; in text order."""
    windows: list[tuple[int, int, int]] = []  # (different things, marks, place of the first mark)
    for at, mark in enumerate(marks):
        inside = []
        for other in marks[at:]:
            if other.end > mark.start + FRAGMENT * 3 // 4:
                break
            inside.append(other.which)
        windows.append((len(set(inside)), len(inside), mark.start))
    chosen: list[tuple[int, int]] = []
    for _, _, place in sorted(windows, key=lambda window: (-window[0], -window[1], window[2])):
        span = _span_around(text, place)
        if all(span[1] <= start or span[0] >= end for start, end in chosen):
            chosen.append(span)
        if len(chosen) == MAX_FRAGMENTS:
            break
    return sorted(chosen)


def _span_around(text: str, place: int) -> tuple[int, int]:
    """About FRAGMENT characters, a quarter of them before the place, cut at spaces where there are any."""
    start = max(0, place - FRAGMENT // 4)
    end = min(len(text), start + FRAGMENT)
    if start > 0:
        space = text.find(" ", start, place)
        start = space + 1 if space >= 0 else start
    if end < len(text):
        space = text.rfind(" ", place, end)
        end = space if space > place else end
    return start, end


def _html(text: str, span: tuple[int, int], marks: Sequence[Mark]) -> str:
    start, end = span
    pieces = ["…"] if start > 0 else []
    at = start
    for mark in marks:
        if mark.start < start or mark.end > end:
            continue
        pieces += [
            html.escape(text[at : mark.start]),
            "<em>",
            html.escape(text[mark.start : mark.end]),
            "</em>",
        ]
        at = mark.end
    pieces.append(html.escape(text[at:end]))
    if end < len(text):
        pieces.append("…")
    return "".join(pieces)
