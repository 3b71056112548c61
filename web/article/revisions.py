"""Two revisions of an article side by side: what changed in its words, and what else changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from article.errors import BadInput
from article.records import EnrichedArticle
from web.article.difference import Change, difference

FOLDED = 30  # words of an unchanged stretch inside a paragraph that are shown at each end of it


@dataclass(frozen=True, kw_only=True)
class ChangedParagraph:
    """`changes` of a paragraph in which something changed."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True)
class Unchanged:
    """Paragraphs in which nothing changed, one after the other."""

    paragraphs: tuple[str, ...]

    @property
    def words(self) -> int:
        return sum(len(paragraph.split()) for paragraph in self.paragraphs)


Block = ChangedParagraph | Unchanged


@dataclass(frozen=True, kw_only=True)
class Other:
    """Something beside title and text that changed. "" where there was, or is, none."""

    what: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Compared:
    """`others` are the changed fields beside the words; `came` and `left` are names found in one alone."""

    old: EnrichedArticle
    new: EnrichedArticle
    title: tuple[Change, ...]
    summary: tuple[Change, ...]
    text: tuple[Change, ...]
    others: tuple[Other, ...]
    came: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def words_gone(self) -> int:
        return _words(self.text, "gone")

    @property
    def words_new(self) -> int:
        return _words(self.text, "new")


def choose(
    revisions: Sequence[EnrichedArticle], *, old: int | None, new: int | None
) -> tuple[EnrichedArticle, EnrichedArticle] | None:
    """The two to compare: those that are asked for, otherwise the latest with the one before it.

    None where fewer than two are kept. Raises BadInput for one that is not.
    """
    by_number = {revision.revision: revision for revision in revisions}
    for asked in (old, new):
        if asked is not None and asked not in by_number:
            kept = ", ".join(map(str, by_number)) or "none"
            raise BadInput(f"revision {asked}", "is not kept", f"the stream has: {kept}")
    if len(revisions) < 2:
        return None
    newer = by_number[new] if new is not None else revisions[-1]
    before = [each for each in revisions if each.revision < newer.revision]
    older = by_number[old] if old is not None else before[-1] if before else revisions[0]
    return (older, newer) if older.revision <= newer.revision else (newer, older)


def compare(old: EnrichedArticle, new: EnrichedArticle) -> Compared:
    names, others = _names(old), _names(new)
    return Compared(
        old=old,
        new=new,
        title=difference(old.title, new.title),
        summary=difference(old.summary, new.summary),
        text=difference(old.text, new.text),
        others=tuple(_others(old, new)),
        came=tuple(name for name in others if name not in names),
        left=tuple(name for name in names if name not in others),
    )


def blocks(changes: Iterable[Change]) -> tuple[Block, ...]:
    """The changes by paragraph, those without any change folded together."""
    made: list[Block] = []
    for paragraph in _paragraphs(changes):
        if any(change.kind != "same" for change in paragraph):
            made.append(ChangedParagraph(changes=tuple(paragraph)))
            continue
        text = "".join(change.text for change in paragraph).strip()
        if text and made and isinstance(made[-1], Unchanged):
            made[-1] = Unchanged(paragraphs=(*made[-1].paragraphs, text))
        elif text:
            made.append(Unchanged(paragraphs=(text,)))
    return tuple(made)


def shortened(change: Change) -> tuple[str, int, str]:
    """The beginning of a stretch, how many words of it to leave out, and its end; of a short one all."""
    words = change.text.split(" ")
    if change.kind != "same" or len(words) <= 3 * FOLDED:
        return change.text, 0, ""
    return " ".join(words[:FOLDED]), len(words) - 2 * FOLDED, " ".join(words[-FOLDED:])


def is_changed(changes: Sequence[Change]) -> bool:
    return any(change.kind != "same" for change in changes)


def _paragraphs(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Cut where a line ends that is in both, or, between paragraphs that are in one alone, in that."""
    paragraph: list[Change] = []
    for change in changes:
        *whole, rest = change.text.split("\n")
        for line in whole:
            yield [*paragraph, Change(kind=change.kind, text=line)] if line else paragraph
            paragraph = []
        if rest:
            paragraph.append(Change(kind=change.kind, text=rest))
    if paragraph:
        yield paragraph


def _others(old: EnrichedArticle, new: EnrichedArticle) -> Iterator[Other]:
    for what, before, after in (
        ("Published", _time(old.published), _time(new.published)),
        ("Address", old.url or "", new.url or ""),
        ("Authors", ", ".join(old.authors), ", ".join(new.authors)),
        ("Language", old.lang or "", new.lang or ""),
        ("Feed", old.feed.title or old.feed.url, new.feed.title or new.feed.url),
        ("Text from", old.text_source, new.text_source),
    ):
        if before != after:
            yield Other(what=what, old=before, new=after)


def _names(article: EnrichedArticle) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entity.name for entity in article.entities))


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""


def _words(changes: Iterable[Change], kind: str) -> int:
    return sum(len(change.text.split()) for change in changes if change.kind == kind)
