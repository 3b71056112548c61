"""What changed between two versions of a text, word by word.

Pure. Of a difference, what is the same and what is gone is the old text, what is the same and what is new
is the new one. Work is bounded: texts without much in common are compared by paragraph, and where that
takes too long, too, the one is gone and the other is new.

The comparison is the greedy one of E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["same", "gone", "new"]
Edit = tuple[int, int, int, int]  # a[i:j] was replaced by b[k:l]

_WORDS = re.compile(
    r"\s*\n\s*|\s+"
    r"|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"  # scripts that put no space between words
    r"|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|[^\w\s]"
)
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_STEPS = 400_000  # of all comparisons of one text; what they keep is as much
_LITTLE = 3  # letters that are the same between two changes, which are then shown as one
_PAIRING = 5_000_000  # characters that are read to find which paragraph became which
_ALIKE = 0.25  # of two paragraphs' words are in both, or the one did not become the other
_IN_COMMON = 0.3  # paragraphs with less than this in common are shown one after the other


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    kind: Kind
    text: str


class _TooFar(Exception):
    """The two have too little in common to be compared in the time that there is."""


class _Steps:
    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, number: int) -> None:
        self.left -= number
        if self.left < 0:
            raise _TooFar


def difference(old: str, new: str, *, steps: int = _STEPS) -> tuple[Change, ...]:
    """In the order of the text; neighbours are of different kinds, what is gone before what is new."""
    left = _Steps(steps)
    lines, others = _LINES.findall(old), _LINES.findall(new)
    try:
        found = _edits(lines, others, left)
    except _TooFar:
        found = [(0, len(lines), 0, len(others))]
    changes: list[Change] = []
    at = 0
    for i, j, k, end in found:
        changes.append(Change(kind="same", text="".join(lines[at:i])))
        for before, after in _paired(lines[i:j], others[k:end]):
            changes += _of_words(before, after, left)
        at = j
    changes.append(Change(kind="same", text="".join(lines[at:])))
    return tuple(_tidy(changes))


def _paired(lines: Sequence[str], others: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Paragraphs with those that they became, in order: "" for none. Too many are left in one."""
    old, new = "".join(lines), "".join(others)
    if not old or not new or len(old) * len(others) + len(new) * len(lines) > _PAIRING:
        yield old, new
        return
    words = [frozenset(_WORDS.findall(line)) for line in lines]
    found = [frozenset(_WORDS.findall(line)) for line in others]
    best = [[0.0] * (len(others) + 1) for _ in range(len(lines) + 1)]  # of all from here on
    for i in reversed(range(len(lines))):
        for k in reversed(range(len(others))):
            alike = _alike(words[i], found[k])
            best[i][k] = max(best[i + 1][k], best[i][k + 1], best[i + 1][k + 1] + alike)
    i = k = 0
    while i < len(lines) and k < len(others):
        if best[i][k] == best[i + 1][k]:
            yield lines[i], ""
            i += 1
        elif best[i][k] == best[i][k + 1]:
            yield "", others[k]
            k += 1
        else:
            yield lines[i], others[k]
            i, k = i + 1, k + 1
    yield "".join(lines[i:]), "".join(others[k:])


def _alike(words: frozenset[str], others: frozenset[str]) -> float:
    """Words in common, of all; 0 where these are so few that the one did not become the other."""
    common = len(words & others) / max(1, len(words | others))
    return common if common >= _ALIKE else 0.0


def _of_words(old: str, new: str, left: _Steps) -> Iterator[Change]:
    """Of two paragraphs, or a few."""
    words, others = _WORDS.findall(old), _WORDS.findall(new)
    try:
        found = _edits(words, others, left) if old and new else None
    except _TooFar:
        found = None
    if found is None or _in_common(words, others, found) < _IN_COMMON:
        yield Change(kind="gone", text=old)
        yield Change(kind="new", text=new)
        return
    at = 0
    for i, j, k, end in found:
        yield Change(kind="same", text="".join(words[at:i]))
        yield Change(kind="gone", text="".join(words[i:j]))
        yield Change(kind="new", text="".join(others[k:end]))
        at = j
    yield Change(kind="same", text="".join(words[at:]))


def _in_common(words: Sequence[str], others: Sequence[str], found: Sequence[Edit]) -> float:
    """The part of the shorter one's words that is in the other."""
    kept = _said(words) - sum(_said(words[i:j]) for i, j, _, _ in found)
    return kept / max(1, min(_said(words), _said(others)))


def _said(words: Sequence[str]) -> int:
    return sum(word[0].isalnum() for word in words)


def _tidy(changes: Iterable[Change]) -> Iterator[Change]:
    """Neighbours of one kind joined, and what is the same between two changes left out where it is little."""
    same, gone, new = "", "", ""
    for change in changes:
        if not change.text:
            continue
        if change.kind == "same":
            same += change.text
            continue
        if same and (gone or new) and _is_little(same, beside=gone + new):
            gone, new, same = gone + same, new + same, ""
        elif same:
            yield from _told(gone, new, same)
            gone, new, same = "", "", ""
        if change.kind == "gone":
            gone += change.text
        else:
            new += change.text
    yield from _told(gone, new, same)


def _is_little(same: str, *, beside: str) -> bool:
    """White space and marks, or a short word beside a long change: keeping it would only scatter that."""
    said = sum(map(str.isalnum, same))
    return "\n" not in same and said <= _LITTLE and said * 8 <= len(beside)


def _told(gone: str, new: str, same: str) -> Iterator[Change]:
    for kind, text in (("gone", gone), ("new", new), ("same", same)):
        if text:
            yield Change(kind=kind, text=text)  # type: ignore[arg-type]


def _edits(a: Sequence[str], b: Sequence[str], left: _Steps) -> list[Edit]:
    """The fewest. Raises _TooFar."""
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    a, b = a[start : len(a) - end], b[start : len(b) - end]
    if not a or not b:
        return [(start, start + len(a), start, start + len(b))] if a or b else []
    return _joined(_way(_reached(a, b, left), len(a), len(b)), start)


def _reached(a: Sequence[str], b: Sequence[str], left: _Steps) -> list[dict[int, int]]:
    """For each number of edits, how far along `a` one comes on each diagonal (along a less along b)."""
    reached = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(len(a) + len(b) + 1):
        left.take(edits + 1)
        trace.append(dict(reached))
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (diagonal != edits and reached[diagonal - 1] < reached[diagonal + 1])
            x = reached[diagonal + 1] if down else reached[diagonal - 1] + 1
            y = from_x = x
            y -= diagonal
            while x < len(a) and y < len(b) and a[x] == b[y]:
                x, y = x + 1, y + 1
            left.take(x - from_x)
            reached[diagonal] = x
            if x >= len(a) and y >= len(b):
                return trace
    raise _TooFar


def _way(trace: list[dict[int, int]], x: int, y: int) -> Iterator[tuple[int, int, bool]]:
    """The single edits from the end to the beginning: where, and whether something is new there."""
    for edits in range(len(trace) - 1, 0, -1):
        reached, diagonal = trace[edits], x - y
        new = diagonal == -edits or (diagonal != edits and reached[diagonal - 1] < reached[diagonal + 1])
        before = diagonal + 1 if new else diagonal - 1
        x = reached[before]
        y = x - before
        yield x, y, new


def _joined(way: Iterable[tuple[int, int, bool]], start: int) -> list[Edit]:
    made: list[Edit] = []
    for x, y, new in reversed(list(way)):
        i, k = x + start, y + start
        j, end = (i, k + 1) if new else (i + 1, k)
        if made and made[-1][1] == i and made[-1][3] == k:
            i, k = made.pop()[0::2]
        made.append((i, j, k, end))
    return made
