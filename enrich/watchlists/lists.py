"""A watchlist: {name, entries: [{id?, name, type, aliases?, note?}], topics: [see custom_topics.py]}."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from article.errors import BadConfiguration
from article.records import EntityType
from enrich.custom_topics import CustomTopic, parse_topics
from enrich.knowledge.entries import Alias, Entry, slug
from enrich.watchlists.document import read_document

MAX_ENTRIES = 500_000
MAX_ALIASES = 200
MAX_NAME = 200
"""Characters of a name, as of a mention."""

_TYPES: dict[str, EntityType] = {
    "person": "PER",
    "organisation": "ORG",
    "organization": "ORG",
    "group": "NORP",
    "place": "LOC",
    "other": "MISC",
    "PER": "PER",
    "ORG": "ORG",
    "NORP": "NORP",
    "LOC": "LOC",
    "MISC": "MISC",
}
_KEYS = frozenset({"name", "entries", "topics", "note"})
_ENTRY_KEYS = frozenset({"id", "name", "type", "aliases", "note"})
_REMEDY = "see docs/watchlists.md"


@dataclass(frozen=True, kw_only=True)
class Watchlist:
    name: str
    entries: tuple[Entry, ...]
    topics: tuple[CustomTopic, ...] = ()

    @property
    def digest(self) -> str:
        """Eight letters and digits that change with any entry or topic."""
        return blake2b(repr((self.entries, self.topics)).encode(), digest_size=4).hexdigest()


def load_watchlist(path: Path) -> Watchlist:
    """Raises BadConfiguration that names the entry or topic, counted from 1, and what is wrong with it."""
    document = read_document(path)
    unknown = sorted(document.keys() - _KEYS)
    if unknown:
        raise BadConfiguration(str(path), f"has the unknown key {unknown[0]!r}", _REMEDY)
    name = document.get("name") or path.stem
    listed = document.get("entries") or []
    if not isinstance(name, str) or not slug(name):
        raise BadConfiguration(str(path), "needs a name of letters and digits", _REMEDY)
    if not isinstance(listed, list) or len(listed) > MAX_ENTRIES:
        raise BadConfiguration(str(path), f"entries must be a list of {MAX_ENTRIES:,} at most", _REMEDY)
    entries = []
    for number, item in enumerate(listed, 1):
        try:
            entries.append(_entry(item, list_name=slug(name)))
        except ValueError as error:
            raise BadConfiguration(str(path), f"entry {number}: {error}", _REMEDY) from error
    try:
        topics = parse_topics(document.get("topics") or [])
    except ValueError as error:
        raise BadConfiguration(str(path), str(error), _REMEDY) from error
    return Watchlist(name=slug(name), entries=tuple(entries), topics=topics)


def watchlist_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves, and those that end in .yaml or .yml in the folders among `paths`."""
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.iterdir() if each.suffix in (".yaml", ".yml"))
        else:
            yield path


def watched(paths: Iterable[Path]) -> Watchlist:
    """All watchlists as one.

    Raises BadConfiguration as `load_watchlist` does, and where two lists have a topic of one code.
    """
    entries: list[Entry] = []
    topics: dict[str, CustomTopic] = {}
    for path in watchlist_files(paths):
        watchlist = load_watchlist(path)
        entries += watchlist.entries
        for topic in watchlist.topics:
            if topic.code in topics:
                problem = f"has the topic {topic.code} of another watchlist"
                raise BadConfiguration(str(path), problem, "give one of them another code")
            topics[topic.code] = topic
    return Watchlist(name="", entries=tuple(entries), topics=tuple(topics.values()))


def _entry(item: object, *, list_name: str) -> Entry:
    if not isinstance(item, dict):
        raise ValueError("must be keys and values: {name: …, type: person}")
    fields = {str(key): value for key, value in item.items()}
    if unknown := sorted(fields.keys() - _ENTRY_KEYS):
        raise ValueError(f"has the unknown key {unknown[0]!r}")
    name = _name(fields.get("name"))
    kind = fields.get("type", "")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise ValueError(f"type must be one of {', '.join(list(_TYPES)[:6])}, not {kind!r}")
    aliases = fields.get("aliases") or []
    if not isinstance(aliases, list) or len(aliases) > MAX_ALIASES:
        raise ValueError(f"aliases must be a list of {MAX_ALIASES} at most")
    given = fields.get("id")
    if given is not None and not isinstance(given, str | int):
        raise ValueError("id must be a word or a number")
    return Entry(
        id=f"watch:{list_name}/{slug(str(given)) if given is not None else slug(name)}",
        name=name,
        type=_TYPES[kind],
        aliases=tuple(Alias(text=_name(alias)) for alias in aliases),
        source=list_name,
    )


def _name(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"a name must be text, not {value!r}: put it in quotes")
    name = " ".join(value.split())
    if not slug(name) or len(name) > MAX_NAME:
        raise ValueError(f"a name must have letters or digits and at most {MAX_NAME} characters")
    return name
