"""A text cut into paragraphs and pieces, so that a page can mark the names and the sentences in it.

Pure. Offsets are code points. The pieces and gaps of a text, joined, are the text, whatever the marks are:
spans that lie outside of it or are empty count for nothing, a longer name goes before one that overlaps it,
and sentences that overlap are shown as one.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from article.records import EnrichedArticle, Entity, MentionField, Span, Topic

_GAP = re.compile(r"\s*\n\s*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A stretch of text. `entity` is the number, in the article, of whom it names.

    `first` where the entity is named for the first time, `ends` where the name ends with this piece: a gap
    or the border of a sentence may cut it.
    """

    text: str
    entity: int | None = None
    first: bool = False
    ends: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Pieces of one sentence that is evidence for a topic, or, without `anchor`, of what lies between.

    `begins` at the sentence's first run: what `anchor` leads to.
    """

    pieces: tuple[Piece, ...]
    anchor: str = ""
    begins: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """`gap` is the white space behind it."""

    runs: tuple[Run, ...]
    gap: str = ""

    @property
    def text(self) -> str:
        return "".join(piece.text for run in self.runs for piece in run.pieces)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Name:
    start: int
    end: int
    entity: int
    first: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Field:
    """A text with what is marked in it, each kind in order and none over another of its kind."""

    where: MentionField
    text: str
    names: Sequence[_Name]
    sentences: Sequence[tuple[int, int]]

    def names_in(self, start: int, end: int) -> Sequence[_Name]:
        behind = bisect_right(self.names, start, key=lambda name: name.end)
        return self.names[behind : bisect_left(self.names, end, key=lambda name: name.start)]

    def sentences_in(self, start: int, end: int) -> Sequence[tuple[int, int]]:
        behind = bisect_right(self.sentences, start, key=lambda sentence: sentence[1])
        return self.sentences[behind : bisect_left(self.sentences, end, key=lambda sentence: sentence[0])]


def marked(article: EnrichedArticle) -> tuple[tuple[Paragraph, ...], tuple[Paragraph, ...]]:
    """The title and the text. An entity that the title names is named for the first time there."""
    named: set[int] = set()
    title = _paragraphs(article, "title", article.title, named)
    return title, _paragraphs(article, "text", article.text, named)


def anchor_of(article: EnrichedArticle, span: Span) -> str:
    """Where the sentence stands on the page; "" for a span that is not in the article."""
    sentences = _sentences(article.topics, span.field, len(getattr(article, span.field)))
    found = [start for start, end in sentences if start <= span.start < end]
    return _anchor(span.field, found[0]) if found else ""


def _paragraphs(
    article: EnrichedArticle, where: MentionField, text: str, named: set[int]
) -> tuple[Paragraph, ...]:
    field = _Field(
        where=where,
        text=text,
        names=_names(article.entities, where, text, named),
        sentences=_sentences(article.topics, where, len(text)),
    )
    made, start = [], 0
    for gap in _GAP.finditer(text):
        made.append(_paragraph(field, start, gap.start(), gap[0]))
        start = gap.end()
    if start < len(text):
        made.append(_paragraph(field, start, len(text), ""))
    return tuple(made)


def _names(entities: Sequence[Entity], where: MentionField, text: str, named: set[int]) -> tuple[_Name, ...]:
    """In the order of the text, none over another. `named` learns who is named."""
    every = [
        _Name(start=mention.start, end=mention.end, entity=number)
        for number, entity in enumerate(entities)
        for mention in entity.mentions
        if mention.field == where and 0 <= mention.start < mention.end <= len(text)
        if text[mention.start : mention.end].strip()
    ]
    taken = bytearray(len(text))
    kept = []
    for name in sorted(every, key=lambda name: (name.start - name.end, name.entity, name.start)):
        if not any(taken[name.start : name.end]):
            taken[name.start : name.end] = b"\1" * (name.end - name.start)
            kept.append(name)
    made = []
    for name in sorted(kept, key=lambda name: name.start):
        first = name.entity not in named
        named.add(name.entity)
        made.append(_Name(start=name.start, end=name.end, entity=name.entity, first=first))
    return tuple(made)


def _sentences(topics: Sequence[Topic], where: MentionField, length: int) -> tuple[tuple[int, int], ...]:
    """All that is evidence for any topic, in order, what overlaps made one."""
    spans = sorted(
        (span.start, span.end)
        for topic in topics
        for span in topic.evidence
        if span.field == where and 0 <= span.start < span.end <= length
    )
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _paragraph(field: _Field, start: int, end: int, gap: str) -> Paragraph:
    runs, at = [], start
    for first, last in field.sentences_in(start, end):
        inside, until = max(first, start), min(last, end)
        if at < inside:
            runs.append(Run(pieces=tuple(_pieces(field, at, inside))))
        anchor = _anchor(field.where, first)
        begins = not field.text[first:inside].strip()
        runs.append(Run(pieces=tuple(_pieces(field, inside, until)), anchor=anchor, begins=begins))
        at = until
    if at < end:
        runs.append(Run(pieces=tuple(_pieces(field, at, end))))
    return Paragraph(runs=tuple(runs), gap=gap)


def _pieces(field: _Field, start: int, end: int) -> Iterator[Piece]:
    at = start
    for name in field.names_in(start, end):
        inside, until = max(name.start, start), min(name.end, end)
        if at < inside:
            yield Piece(text=field.text[at:inside])
        yield Piece(
            text=field.text[inside:until],
            entity=name.entity,
            first=name.first and not field.text[name.start : inside].strip(),
            ends=name.end <= end,
        )
        at = until
    if at < end:
        yield Piece(text=field.text[at:end])


def _anchor(where: MentionField, start: int) -> str:
    return f"{where}-{start}"
