"""From the model's logits to mentions: where a name stands in the title or the text, and of what type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from article.records import EntityType, MentionField
from enrich.decode import Floats, decode_tags
from enrich.pieces import Pieces

# What the tokenizer takes for a part of a name and a reader does not.
_LEADING = " \t\r\n\"'“”‘’«»„‚`.,;:!?…()[]{}<>|*•·–—-/\\_#@&+="
_TRAILING = " \t\r\n\"'“”‘’«»„‚`,;:!?…([{<>|*•·–—-/\\_#&="
_POSSESSIVE = re.compile(r"['’]s?$", re.IGNORECASE)
_INITIALS = re.compile(
    r"(?:^|[\s.])\w\.$|\b\w\s\.\s\w\s\.$|\b(?:Jr|Sr|Inc|Co|Corp|Ltd|St|Bros)\.$", re.IGNORECASE
)
_ARTICLE = re.compile(r"the\s+(?=\S)", re.IGNORECASE)
_SENTENCE_START = re.compile(r"""(?:^|[.!?:…\n]|["'“‘(])\s{0,5}$""")
_INITIALS_CUT = re.compile(r"\b(?:\w\.)+\w$")
_LINE_END = re.compile(r"\n+")

# Words that the model sometimes takes for names where they have a capital.
_NO_NAMES = frozenset(
    {"a", "an", "and", "he", "i", "in", "it", "she", "that", "the", "they", "this", "us", "we", "you"}
)

LIKELY = 0.5
"""How likely each word of a name must be part of a name of that type: the best tags may still make a doubtful
name. It is worth 0.1 of exact-span F1 on CoNLL-2003's development set, 0.6 on Worldwide's, 0.9 on UNER's; at
0.45 and 0.55 nearly as much."""

_GROUPS: frozenset[EntityType] = frozenset({"NORP", "MISC"})

_MAX_NAME = 200
"""Characters of a mention. A longer one is no name but a broken text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A mention with the type that the model gave it. Code points in the field, end exclusive."""

    field: MentionField
    start: int
    end: int
    text: str
    type: EntityType
    score: float


class Tagged(Protocol):
    """The pieces of a text and a row of tag logits for each, from whatever model."""

    @property
    def pieces(self) -> Pieces: ...

    @property
    def tags(self) -> Floats: ...


def find_mentions(
    title: str, text: str, joined: str, tagged: Tagged, types: tuple[EntityType, ...]
) -> list[Found]:
    """The mentions in the order of the article. `joined` is `join(title, text)`, which was tagged.

    The title and the text are decoded apart, so that no mention spans both.
    """
    pieces = tagged.pieces
    first_pieces = np.flatnonzero(np.diff(pieces.words, prepend=-1))
    starts = pieces.starts[first_pieces]
    # A word ends where its last piece does.
    ends = pieces.ends[np.append(first_pieces[1:], len(pieces)) - 1] if len(first_pieces) else starts
    logits = tagged.tags[first_pieces]
    text_start = len(joined) - len(text)
    found: list[Found] = []
    fields: tuple[tuple[MentionField, int, int], ...] = (
        ("title", 0, len(title)),
        ("text", text_start, len(joined)),
    )
    for field, begin, stop in fields:
        inside = slice(int(np.searchsorted(starts, begin)), int(np.searchsorted(ends, stop, side="right")))
        source = title if field == "title" else text
        words = _Words(source=source, starts=starts[inside] - begin, ends=ends[inside] - begin)
        found.extend(_mentions_in(field, words, logits[inside], types))
    return found


def join(title: str, text: str) -> str:
    """What the model reads: it was trained on title, full stop, text."""
    return f"{title}. {text}" if title else text


@dataclass(frozen=True, kw_only=True)
class _Words:
    source: str
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def _mentions_in(
    field: MentionField, words: _Words, logits: Floats, types: tuple[EntityType, ...]
) -> Iterator[Found]:
    tags = decode_tags(logits)
    probabilities = None
    for first, last, kind in _runs(tags):
        if probabilities is None:
            probabilities = _softmax(logits)
        # B- and I- of the type: which of the two it is says nothing of whether it is a name.
        by_type = probabilities[first:last, 1::2] + probabilities[first:last, 2::2]
        if by_type[:, _of_one_kind(kind, types)].sum(axis=1).min() < LIKELY:
            continue
        score = float(by_type[:, kind].mean())
        begin, stop = int(words.starts[first]), int(words.ends[last - 1])
        for start, end in _line_parts(words.source, begin, stop):
            span = trim(words.source, start, end)
            if span is not None:
                yield Found(
                    field=field,
                    start=span[0],
                    end=span[1],
                    text=words.source[span[0] : span[1]],
                    type=types[kind],
                    score=round(min(score, 1.0), 4),
                )


def _of_one_kind(kind: int, types: tuple[EntityType, ...]) -> list[int]:
    """The numbers of the types that are no contradiction to this one: a group may be NORP or MISC."""
    group = _GROUPS if types[kind] in _GROUPS else {types[kind]}
    return [number for number, each in enumerate(types) if each in group]


def _runs(tags: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    """First word, word behind the last, type number of each entity in valid tags."""
    begins = np.flatnonzero(tags % 2 == 1)
    not_inside = np.append(np.flatnonzero((tags % 2 == 1) | (tags == 0)), len(tags))
    for begin in begins:
        end = not_inside[np.searchsorted(not_inside, begin, side="right")]
        yield int(begin), int(end), int(tags[begin]) // 2


def _line_parts(source: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span cut at line ends, which the model does not see: headings and list items have no full stop."""
    for match in _LINE_END.finditer(source, start, end):
        yield start, match.start()
        start = match.end()
    yield start, end


def trim(source: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without quotes, possessive, punctuation and "the" around it; None where nothing is left."""
    if end - start > 2 * _MAX_NAME:
        return None
    while start < end and source[start] in _LEADING:
        start += 1
    if (article := _ARTICLE.match(source, start, end)) and _is_plain_article(source, start):
        start = article.end()
    while start < end:
        before = end
        while start < end and source[end - 1] in _TRAILING:
            end -= 1
        name = source[start:end]
        closes_nothing = name.endswith((")", "]")) and not ("(" in name or "[" in name)
        if closes_nothing or (name.endswith(".") and not _keeps_stop(name)):
            end -= 1
        elif possessive := _POSSESSIVE.search(name):
            end -= len(possessive.group())
        if end == before:
            break
    if source.startswith(".", end) and _INITIALS_CUT.search(source[start:end]):
        end += 1
    name = source[start:end]
    if len(name) > _MAX_NAME or (name.casefold() in _NO_NAMES and not name.isupper()):
        return None
    if not any(character.isalnum() for character in name):
        return None
    return start, end


def _is_plain_article(source: str, start: int) -> bool:
    """Whether "the" is no part of the name: in mid-sentence a capital says that it is, as in "The Hague"."""
    return source[start] == "t" or _SENTENCE_START.search(source[max(0, start - 8) : start]) is not None


def _keeps_stop(name: str) -> bool:
    """Whether the full stop at the end belongs to the name: "U.S.", "Jr.", not "Kabul."."""
    return _INITIALS.search(name) is not None


def _softmax(logits: Floats) -> Floats:
    exponentials: Floats = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: Floats = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probabilities
