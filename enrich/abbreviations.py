"""Names that an article defines as short for others: "Isis-Khorasan (ISKP)", "ISKP (Isis-Khorasan)"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from enrich.mentions import Found
from enrich.names import normalise

_OPENS = re.compile(r"""\s{0,2}[(\[]\s?["'“‘]?""")
_CLOSES = re.compile(r"""["'”’]?\s?[)\],;]""")
_SHORT_NAME = re.compile(r"[A-Z][\w&.\-]{1,9}")
_BOTH_IN_ONE = re.compile(r"(?P<outer>.*?\S)\s{0,2}[(\[]\s?(?P<inner>[^()\[\]]+?)\s?[)\]]?")

_SMALL_WORDS = frozenset({"of", "the", "and", "for", "in", "on", "de", "la", "du", "des", "&"})

# An acronym that the model did not see for itself is a little less sure than the name beside it.
_UNSEEN = 0.9


def is_acronym(name: str) -> bool:
    """Two to ten characters, mostly capitals, one word: "ISKP", "U.N.", "MoD", "AT&T"."""
    letters = [character for character in name if character.isalpha()]
    capitals = sum(map(str.isupper, letters))
    return 2 <= len(name) <= 10 and " " not in name and capitals >= 2 and capitals * 2 > len(letters)


def abbreviates(short: str, full: str) -> bool:
    """Whether `short` is an acronym that may stand for `full`.

    The first letters agree, and three in four letters of the acronym are found in the name in their order:
    not all, because the acronym is often that of another form of the name ("ISKP", Isis-Khorasan).
    """
    if not is_acronym(short) or len(full) <= len(short):
        return False
    letters = [character for character in short.casefold() if character.isalnum()]
    rest = full.casefold()
    if not rest.startswith(letters[0]) and not rest.removeprefix("the ").startswith(letters[0]):
        return False
    matched, position = 0, 0
    for letter in letters:
        at = rest.find(letter, position)
        if at >= 0:
            matched, position = matched + 1, at + 1
    return matched * 4 >= len(letters) * 3


def initials(full: str) -> str:
    """The acronym that a name of several words has by its initials, "" for one word: "us", "un", "aba"."""
    words = [word for word in normalise(full).split() if word not in _SMALL_WORDS]
    return "".join(word[0] for word in words) if len(words) > 1 else ""


def split_definitions(found: Sequence[Found]) -> list[Found]:
    """`found` with a mention that holds name and acronym both, "Isis-Khorasan (ISKP)", cut into the two.

    What is in parentheses and abbreviates nothing stays a part of the name: "Mladost (L)".
    """
    result = []
    for mention in found:
        match = _BOTH_IN_ONE.fullmatch(mention.text) if "(" in mention.text or "[" in mention.text else None
        if match is None or not _either_abbreviates(match["outer"], match["inner"]):
            result.append(mention)
            continue
        for part in ("outer", "inner"):
            start, end = match.span(part)
            result.append(
                replace(
                    mention,
                    start=mention.start + start,
                    end=mention.start + end,
                    text=match.group(part),
                )
            )
    return result


def definitions(sources: dict[str, str], found: Sequence[Found]) -> Iterator[tuple[Found, Found]]:
    """Pairs of neighbouring mentions of which one defines the other, in the order of the article.

    `sources` maps a field to its text. The types must agree unless neither is a person: the model often
    takes an acronym for another type than the name.
    """
    for first, second in pairwise(found):
        if first.field != second.field or second.start < first.end or second.start - first.end > 5:
            continue
        source = sources[first.field]
        opened = _OPENS.fullmatch(source, first.end, second.start)
        if opened and _CLOSES.match(source, second.end) and _may_be_one(first, second):
            yield first, second


def unseen_acronyms(sources: dict[str, str], found: Sequence[Found]) -> Iterator[tuple[Found, Found]]:
    """Names with the acronym in parentheses behind them that the model did not take for a name.

    Each name comes with the mention that it lacks, of the name's type.
    """
    for index, mention in enumerate(found):
        if mention.type == "PER":
            continue
        source = sources[mention.field]
        opened = _OPENS.match(source, mention.end)
        short = _SHORT_NAME.match(source, opened.end()) if opened else None
        if short is None or not _CLOSES.match(source, short.end()):
            continue
        following = found[index + 1] if index + 1 < len(found) else None
        seen = following is not None and following.field == mention.field and following.start < short.end()
        if not seen and abbreviates(short.group(), mention.text):
            yield (
                mention,
                replace(
                    mention,
                    start=short.start(),
                    end=short.end(),
                    text=short.group(),
                    score=round(mention.score * _UNSEEN, 4),
                ),
            )


def _either_abbreviates(first: str, second: str) -> bool:
    return abbreviates(first, second) or abbreviates(second, first)


def _may_be_one(first: Found, second: Found) -> bool:
    if not _either_abbreviates(first.text, second.text):
        return False
    return first.type == second.type or "PER" not in (first.type, second.type)
