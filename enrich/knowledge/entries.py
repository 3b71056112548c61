"""The knowledge base: somebody or something with an id and the names by which articles call it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from article.records import EntityType
from enrich.names import normalise

_FOLDER = Path(__file__).parent
_ORGANISATIONS = ("international", "armed_groups", "agencies")
_NO_SLUG = re.compile(r"[^\w]+")

KNOWLEDGE_NAME = "wirewatch-names"
KNOWLEDGE_VERSION = "1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Alias:
    """One name of an entry. A `weak` one means it only where the article has other evidence of it."""

    text: str
    weak: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """`countries` (ISO 3166-1 alpha-2) are those that it belongs to or acts in; none for the world's own.

    `source` is "kb", or the name of the watchlist that it stands in.
    """

    id: str
    name: str
    type: EntityType
    aliases: tuple[Alias, ...] = ()
    countries: frozenset[str] = frozenset()
    source: str = "kb"

    @property
    def names(self) -> Iterator[Alias]:
        yield Alias(text=self.name)
        yield from self.aliases


def slug(name: str) -> str:
    """ "Al-Shabaab (Kenya)" is "al-shabaab-kenya"; letters of every script stay."""
    return _NO_SLUG.sub("-", normalise(name)).strip("-_")


@cache
def built_in() -> tuple[Entry, ...]:
    """The organisations and regions that come with Wirewatch."""
    return (
        *(entry for name in _ORGANISATIONS for entry in _organisations(name)),
        *_regions(),
    )


@cache
def demonyms() -> dict[str, str]:
    """Countries (ISO 3166-1 alpha-2) by what belongs to them, normalised: "afghan", "afghans". A word of two
    countries is in neither: "Congolese"."""
    found: dict[str, set[str]] = {}
    for country, words in _rows("demonyms", 2):
        for word in words.split(" | "):
            for form in (word, f"{word}s"):
                found.setdefault(normalise(form), set()).add(country)
    return {word: next(iter(countries)) for word, countries in found.items() if len(countries) == 1}


def _organisations(file: str) -> Iterator[Entry]:
    for name, countries, others in _rows(file, 3):
        yield Entry(
            id=f"kb:{slug(name)}",
            name=name,
            type="ORG",
            aliases=tuple(_aliases(others)),
            countries=frozenset(countries.split()),
        )


def _regions() -> Iterator[Entry]:
    for name, geonames_id, others in _rows("regions", 3):
        yield Entry(
            id=f"geonames:{geonames_id}" if geonames_id else f"kb:{slug(name)}",
            name=name,
            type="LOC",
            aliases=tuple(_aliases(others)),
        )


def _aliases(field: str) -> Iterator[Alias]:
    for text in filter(None, field.split(" | ")):
        yield Alias(text=text.removeprefix("?"), weak=text.startswith("?"))


def _rows(file: str, fields: int) -> Iterator[list[str]]:
    for line in (_FOLDER / f"{file}.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            row = line.split("\t")
            yield [*row, *[""] * (fields - len(row))]
