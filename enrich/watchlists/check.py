"""What somebody should know of a watchlist: names twice, names of several entries, names that will never
match."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from enrich.knowledge.entries import Entry
from enrich.knowledge.index import MAX_NAME_WORDS
from enrich.names import normalise


def problems(entries: Sequence[Entry]) -> Iterator[str]:
    """One line for each, in the order of the entries."""
    ids = Counter(entry.id for entry in entries)
    for each, times in ids.items():
        if times > 1:
            yield f"{each} stands there {times} times: give the entries ids of their own, or make them one"
    owners: dict[str, dict[str, str]] = defaultdict(dict)
    for entry in entries:
        seen: set[str] = set()
        for alias in entry.names:
            key = normalise(alias.text)
            if key in seen:
                yield f'{entry.id}: "{alias.text}" stands there twice'
            seen.add(key)
            owners[key].setdefault(entry.id, alias.text)
            if len(key.split()) > MAX_NAME_WORDS:
                yield f'{entry.id}: "{alias.text}" has more than {MAX_NAME_WORDS} words and is not looked for'
    for ids_of in owners.values():
        if len(ids_of) > 1:
            name = next(iter(ids_of.values()))
            yield f'"{name}" is a name of {" and of ".join(ids_of)}: it is found and left without an id'
