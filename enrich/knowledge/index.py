"""Names to entries: for one name, and for all names in a text at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from enrich.knowledge.entries import Entry
from enrich.names import normalise

MAX_NAME_WORDS = 12
"""Words of a name that is looked for in texts: bounds the work at each word."""

_MAX_WORD = 60
_WORD = re.compile(r"[^\W_]+(?:['’‘`ʻʼʿʾ.][^\W_]+)*")
# What may stand between the words of one name, so that none goes over the end of a sentence or line.
_GAP = re.compile(r"[ \u00a0\-‐‑–&,.'’]{1,3}|\s?[(/]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """An entry that a name may mean, by which of its names."""

    entry: Entry
    alias: str
    weak: bool

    @property
    def reason(self) -> str:
        kind = "name" if self.alias == self.entry.name else "alias"
        where = "" if self.entry.source == "kb" else f" in watchlist {self.entry.source}"
        return f'{kind} "{self.alias}"{where}'


@dataclass(frozen=True, kw_only=True, slots=True)
class NameAt:
    """A name in a text: code points, end exclusive, and the number of its words."""

    start: int
    end: int
    words: int
    meanings: tuple[Meaning, ...]


class NameIndex:
    """All names of some entries. Safe to share between threads.

    A text is read word by word: what has been read so far is either the beginning of a name or not. That
    takes time in proportion to the text, however many names there are.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        meanings: dict[str, list[Meaning]] = defaultdict(list)
        beginnings: set[str] = set()
        for entry in entries:
            known = set()
            for alias in entry.names:
                words = _words(alias.text)
                key = " ".join(words)
                if not words or len(words) > MAX_NAME_WORDS or (key, alias.text.isupper()) in known:
                    continue
                known.add((key, alias.text.isupper()))
                meanings[key].append(Meaning(entry=entry, alias=alias.text, weak=alias.weak))
                for count in range(1, len(words)):
                    beginnings.add(" ".join(words[:count]))
        self._meanings = {key: tuple(found) for key, found in meanings.items()}
        self._beginnings = frozenset(beginnings)

    def __len__(self) -> int:
        return len(self._meanings)

    def meanings(self, name: str) -> tuple[Meaning, ...]:
        """What the whole of `name` may mean."""
        return self._written_so(name, " ".join(_words(name)))

    def find(self, text: str) -> Iterator[NameAt]:
        """The names in `text`, in order, the longest where several begin; none overlaps another."""
        words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
        keys = [_key(text[start:end]) if end - start <= _MAX_WORD else "" for start, end in words]
        at = 0
        while at < len(words):
            found = self._longest(text, words, keys, at)
            if found is not None:
                yield found
                at += found.words
            else:
                at += 1

    def _longest(
        self, text: str, words: Sequence[tuple[int, int]], keys: Sequence[str], first: int
    ) -> NameAt | None:
        best = None
        key = keys[first]
        start = words[first][0]
        for last in range(first, min(first + MAX_NAME_WORDS, len(words))):
            if last > first:
                gap = _GAP.fullmatch(text, words[last - 1][1], words[last][0])
                # A full stop ends a sentence, but not behind "St." and "Gen."
                ends = gap is not None and "." in gap.group() and len(keys[last - 1]) > 4
                if gap is None or ends or not keys[last]:
                    break
                key = f"{key} {keys[last]}"
            end = words[last][1]
            if key in self._meanings and (meanings := self._written_so(text[start:end], key)):
                best = NameAt(start=start, end=end, words=last - first + 1, meanings=meanings)
            if key not in self._beginnings:
                break
        return best

    def _written_so(self, written: str, key: str) -> tuple[Meaning, ...]:
        """One meaning for each entry: the first of its names that is written so."""
        found: dict[str, Meaning] = {}
        for meaning in self._meanings.get(key, ()):
            if _same_case(written, meaning.alias):
                found.setdefault(meaning.entry.id, meaning)
        return tuple(found.values())


_key = lru_cache(maxsize=50_000)(normalise)


def _words(name: str) -> list[str]:
    return [key for match in _WORD.finditer(name) if (key := normalise(match.group()))]


def _same_case(written: str, alias: str) -> bool:
    """Whether `written` may be `alias` by its capitals.

    An alias in capitals is an acronym: WHO is not "who" nor "Who". Another may stand in capitals
    throughout, as in headlines, but not begin with a small letter where the alias has a capital, but for
    names in "al-".
    """
    if alias.isupper():
        return written.isupper()
    if alias.islower() or written.isupper():
        return True
    small = written[:1].islower() and not alias[:1].islower()
    return not small or ((" " in alias or "-" in alias) and any(map(str.isupper, written)))
