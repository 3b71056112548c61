"""What the readers of the several formats hand over: a feed document in feedparser's terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.entry import Hints

RawEntry = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Document:
    """A feed before its entries are understood.

    `entries` have feedparser's keys; dates in them are as they were written. `total` counts those, too, that
    were not read. `source(i)` is the entry with the index i as it stands in the document.
    """

    format: str
    title: str = ""
    lang: str | None = None
    hub: str | None = None
    self_url: str | None = None
    hints: Hints = field(default_factory=Hints)
    entries: Sequence[RawEntry] = ()
    total: int = 0
    source: Callable[[int], bytes]
    notes: tuple[str, ...] = ()


def strings(raw: Mapping[str, object], *names: str) -> str:
    """The first of these that is a text with something in it."""
    # dict.get, as feedparser's own lookup answers with another field's value, warns, and is slow.
    for name in names:
        value = dict.get(raw, name) if isinstance(raw, dict) else raw.get(name)
        if isinstance(value, str) and value and not value.isspace():
            return value
    return ""


def records(raw: Mapping[str, object], name: str, most: int = 50) -> list[Mapping[str, object]]:
    """The mappings in a list, as far as it is one."""
    value = dict.get(raw, name) if isinstance(raw, dict) else raw.get(name)
    return [each for each in value[:most] if isinstance(each, Mapping)] if isinstance(value, list) else []
