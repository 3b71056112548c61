"""Mentions set right by what is known of names: titles cut off, names that the model split joined, names on
the user's watchlists that it missed added."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from article.records import EntityType, MentionField
from enrich.knowledge.index import NameAt, NameIndex
from enrich.mentions import Found

_TITLE = re.compile(
    r"(?:(?:former|ex-?|vice|deputy|prime|foreign|defen[cs]e|interior)\s+)*"
    r"(?:president|minister|secretary|general|gen\.|lt\.\s+gen\.|maj\.\s+gen\.|brig\.\s+gen\.|col\.|colonel|lt\.\s+col\."
    r"|maj\.|capt\.|captain|sgt\.|sergeant|adm\.|admiral|sen\.|senator|rep\.|representative|gov\.|governor|rev\."
    r"|mayor|chancellor|premier|prof\.|professor|dr\.|mr\.?|mrs\.?|ms\.?|sir|judge|justice|ambassador|congressman"
    r"|congresswoman|sheriff|detective|officer|coach|pope|king|queen|prince|princess|sheikh|ayatollah|mullah|maulvi)\s+(?=\S)",
    re.IGNORECASE,
)
# These are parts of a name where nothing but a first name follows: King Charles, Pope Francis, Mullah Omar.
_KEPT_BEFORE_ONE = re.compile(
    r"(?:pope|king|queen|prince|princess|sheikh|ayatollah|mullah|maulvi|sir)\s", re.IGNORECASE
)
_COMMA = re.compile(r"\s?,\s")

WATCHED_SCORE = 0.9
"""Of a mention that only a watchlist knows: the name stands there letter by letter."""


def without_titles(found: Sequence[Found]) -> list[Found]:
    """`found` without "President" and "Gen." at the beginning of people."""
    return [_without_title(mention) if mention.type == "PER" else mention for mention in found]


def _without_title(mention: Found) -> Found:
    match = _TITLE.match(mention.text)
    if match is None:
        return mention
    rest = mention.text[match.end() :]
    if _KEPT_BEFORE_ONE.match(match.group()) and " " not in rest.strip():
        return mention
    return replace(mention, start=mention.start + match.end(), text=rest)


def without_lists(found: Sequence[Found], is_place: Callable[[str], bool]) -> list[Found]:
    """`found` with what the model took for one place cut where it is two: "Perth, Australia"."""
    result = []
    for mention in found:
        parts = _COMMA.split(mention.text, 1)
        if (
            mention.type == "LOC"
            and len(parts) == 2
            and all(map(is_place, parts))
            and not is_place(mention.text)
        ):
            place, outer = parts
            result.append(replace(mention, end=mention.start + len(place), text=place))
            result.append(replace(mention, start=mention.end - len(outer), text=outer))
        else:
            result.append(mention)
    return result


def with_known_names(
    sources: Mapping[str, str], found: Sequence[Found], knowledge: NameIndex, watchlists: NameIndex
) -> list[Found]:
    """`found` with mentions that are parts of one known name made that name, and with watched names added."""
    result: list[Found] = []
    for field, source in sources.items():
        mentions = sorted(
            (mention for mention in found if mention.field == field), key=lambda mention: mention.start
        )
        mentions = _joined(source, mentions, knowledge.find(source))
        if len(watchlists):
            mentions = _watched(cast(MentionField, field), source, mentions, watchlists.find(source))
        result.extend(mentions)
    return result


def _joined(source: str, mentions: list[Found], names: Iterable[NameAt]) -> list[Found]:
    starts = [mention.start for mention in mentions]
    spans: list[Found] = []
    done = 0
    for name in names:
        first, last = _overlapping(mentions, starts, name)
        if name.words < 2 or first == last or first < done:
            continue
        parts = mentions[first:last]
        whole = parts[0].start == name.start and parts[-1].end == name.end and len(parts) == 1
        if whole or parts[0].start < name.start or parts[-1].end > name.end or not _is_one(parts, name):
            continue
        if not _is_written_as_name(source[name.start : name.end], name.meanings[0].alias):
            continue
        spans.extend(mentions[done:first])
        best = max(parts, key=lambda part: part.score)
        kind = best.type if best.type == "ORG" else name.meanings[0].entry.type
        spans.append(
            replace(best, start=name.start, end=name.end, text=source[name.start : name.end], type=kind)
        )
        done = last
    return [*spans, *mentions[done:]]


def _is_one(parts: Sequence[Found], name: NameAt) -> bool:
    """Whether mentions inside a known name are only its parts: none is a person, and the name needs no
    evidence."""
    return all(part.type != "PER" for part in parts) and any(not meaning.weak for meaning in name.meanings)


def _is_written_as_name(text: str, alias: str) -> bool:
    """Whether words have the capitals that the name has: not so in "the new England captain"."""
    small = {*alias.split(), "al", "the"}
    return all(word in small or not word[0].islower() for word in text.split())


def _watched(field: MentionField, source: str, mentions: list[Found], names: Iterable[NameAt]) -> list[Found]:
    """Watched names where no mention is; one that holds parts of a watched name becomes the name."""
    starts = [mention.start for mention in mentions]
    result: list[Found] = []
    done = 0
    for name in names:
        first, last = _overlapping(mentions, starts, name)
        kinds = {meaning.entry.type for meaning in name.meanings}
        parts = mentions[first:last]
        inside = all(name.start <= part.start and part.end <= name.end for part in parts)
        if first < done or not inside or len(kinds) > 1:
            continue
        if any(part.start == name.start and part.end == name.end for part in parts):
            continue
        if parts and name.words < 2:
            continue
        result.extend(mentions[done:first])
        result.append(
            Found(
                field=field,
                start=name.start,
                end=name.end,
                text=source[name.start : name.end],
                type=_kind(kinds),
                score=max((part.score for part in parts), default=WATCHED_SCORE),
            )
        )
        done = last
    return [*result, *mentions[done:]]


def _kind(kinds: set[EntityType]) -> EntityType:
    (kind,) = kinds
    return kind


def _overlapping(mentions: Sequence[Found], starts: Sequence[int], name: NameAt) -> tuple[int, int]:
    """Where in `mentions` those that overlap the name begin and end."""
    first = bisect_left(starts, name.start)
    if first and mentions[first - 1].end > name.start:
        first -= 1
    return first, max(first, bisect_left(starts, name.end))
