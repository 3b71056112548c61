"""Which mentions of people are of one person: full names, initials and honorifics, surnames alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from enrich.names import normalise

_HONORIFIC = re.compile(
    r"(?:mr|mrs|ms|miss|dr|sir|dame|lord|lady|prof|professor|president|sen|rep|gov|gen|col|capt|lt|sgt|rev)\.?\s+",
    re.IGNORECASE,
)
_GENERATION = frozenset({"jr", "sr", "ii", "iii", "iv"})


def person_key(name: str) -> str:
    """The name without honorifics, initials in the middle and Jr: "Sen. Joseph R. Biden Jr." is "joseph
    biden"."""
    name = _HONORIFIC.sub("", name, count=1) if _HONORIFIC.match(name) else name
    words = normalise(name.replace(".", ". ")).split()
    while len(words) > 1 and words[-1] in _GENERATION:
        words.pop()
    if len(words) > 2:
        words = [words[0], *(word for word in words[1:-1] if len(word) > 1), words[-1]]
    return " ".join(words)


def full_names_of(keys: Iterable[str]) -> Mapping[str, str]:
    """For each key that is the surname, of one word or more, of exactly one longer key: that longer key.

    Where two people of one article have the surname, it stays a person of its own.
    """
    keys = set(keys)
    owners: dict[str, set[str]] = defaultdict(set)
    for key in keys:
        words = key.split()
        for length in range(1, len(words)):
            surname = " ".join(words[-length:])
            if surname in keys:
                owners[surname].add(key)
    # "Al Muhajir" and "Shahab Al Muhajir" both end in "Muhajir": the longer is the full name of both.
    result = {}
    for surname, longer in owners.items():
        longest = max(longer, key=lambda key: (len(key), key))
        if all(longest == key or longest.endswith(f" {key}") for key in longer):
            result[surname] = longest
    return result
