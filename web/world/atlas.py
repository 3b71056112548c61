"""The countries as the page shows them: their names, and where they lie on the map."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Country:
    """`shape` is an SVG path in the map's units, empty for small countries; `at` the middle of it."""

    name: str
    at: tuple[float, float]
    shape: str


def country_name(code: str) -> str:
    """The name to show of an ISO 3166-1 code, in either case; the code where nothing else is known."""
    found = countries().get(code.upper())
    return found.name if found else code.upper()


@cache
def countries() -> Mapping[str, Country]:
    """By code (ISO 3166-1 alpha-2)."""
    read = json.loads((Path(__file__).parent / "countries.json").read_text("utf-8"))
    return {
        code: Country(name=each["name"], at=tuple(each["at"]), shape=each["shape"])
        for code, each in read.items()
    }
