"""Builds the map from Natural Earth's outlines, as two packages carry them and the countries' codes.

    python -m web.world.build COUNTRIES_110M COUNTRIES_50M ISO3166_1 PLACES

COUNTRIES_… are files of the npm package world-atlas (TopoJSON of Natural Earth), ISO3166_1 is
`pycountry/databases/iso3166-1.json` of the package pycountry, PLACES our own gazetteer, which has the names
that news uses. None of them is needed at run time.

    web/world/countries.json   {code: {"name", "at": [x, y], "shape": SVG path or ""}}, in the map's units
    web/static/world.svg       all land, with gaps for borders: a mask that the page fills with its colour

Small countries have a point and no shape. TopoJSON: github.com/topojson/topojson-specification.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import hypot
from pathlib import Path
from typing import TypedDict, cast

from web.world.projection import HEIGHT, WIDTH, on_map

HERE = Path(__file__).parent
_SMALLEST = 2.0  # square units of the map; below that an island is dust
_TOLERANCE = 0.5  # units; the map is about 400 pixels wide where it is looked at
_KOSOVO = "XK"  # has no number of its own; the code is the one in general use
_UNNUMBERED = {"Kosovo": _KOSOVO, "N. Cyprus": "196", "Somaliland": "706"}  # the last two as the UN has them

Point = tuple[float, float]
Ring = list[Point]


class _Geometry(TypedDict, total=False):
    type: str
    id: str
    properties: dict[str, str]
    arcs: list[list[int]] | list[list[list[int]]]


class _Transform(TypedDict):
    scale: tuple[float, float]
    translate: tuple[float, float]


class _Topology(TypedDict):
    arcs: list[list[list[int]]]
    transform: _Transform
    objects: dict[str, dict[str, list[_Geometry]]]


def main(coarse: str, fine: str, codes: str, places: str) -> None:
    numbers: dict[str, str] = {
        each["alpha_2"]: each["numeric"] for each in json.loads(Path(codes).read_text("utf-8"))["3166-1"]
    }
    names = _names(places)
    shapes, points = _outlines(coarse), _outlines(fine)
    countries: dict[str, object] = {}
    for code, number in sorted({**numbers, _KOSOVO: _KOSOVO}.items()):
        rings = shapes.get(number, [])
        whole = points.get(number) or rings
        if whole and code in names:
            countries[code] = {"name": names[code], "at": _middle(whole), "shape": _path(rings)}
    lines = ",\n".join(
        f"{json.dumps(code)}:{json.dumps(each, ensure_ascii=False, separators=(',', ':'))}"
        for code, each in countries.items()
    )
    (HERE / "countries.json").write_text(f"{{\n{lines}\n}}\n", "utf-8")
    land = "".join(_path(rings) for number, rings in shapes.items() if number != "010")
    (HERE.parent / "static" / "world.svg").write_text(_svg(land), "utf-8")


def _names(places: str) -> dict[str, str]:
    """A country's own name by its code."""
    with gzip.open(places, "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    return {row[3]: row[9] for row in rows if row[1] == "C" and row[2] == "1"}


def _svg(land: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<mask id="m"><path d="{land}" fill="#fff" stroke="#000" stroke-width=".9"/></mask>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" mask="url(#m)"/></svg>\n'
    )


def _outlines(file: str) -> dict[str, list[Ring]]:
    """The outer rings of each country by its number, in the map's units.

    Arcs are thinned before they are put together, so that neighbours keep one border.
    """
    topology: _Topology = json.loads(Path(file).read_text("utf-8"))
    arcs = [_thinned(_degrees(arc, topology["transform"])) for arc in topology["arcs"]]
    found: dict[str, list[Ring]] = {}
    for index, geometry in enumerate(topology["objects"]["countries"]["geometries"]):
        rings = [
            [on_map(lat, lon) for lon, lat in part]
            for numbers in _outer_rings(geometry)
            for part in _within(_ring(numbers, arcs))
        ]
        number = geometry.get("id") or _UNNUMBERED.get(geometry["properties"]["name"], f"#{index}")
        found.setdefault(number, []).extend(rings)
    return found


def _outer_rings(geometry: _Geometry) -> Iterable[list[int]]:
    """Without holes: these are other countries, drawn themselves."""
    if geometry["type"] == "Polygon":
        yield cast("list[list[int]]", geometry["arcs"])[0]
    else:
        yield from (polygon[0] for polygon in cast("list[list[list[int]]]", geometry["arcs"]))


def _degrees(arc: Sequence[Sequence[int]], transform: _Transform) -> Ring:
    """Steps of whole numbers to longitudes and latitudes."""
    (across, up), (left, bottom) = transform["scale"], transform["translate"]
    x = y = 0
    points: Ring = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append((x * across + left, y * up + bottom))
    return points


def _thinned(arc: Ring) -> Ring:
    """Without points that lie within _TOLERANCE of the line between those that stay (Douglas and Peucker)."""
    if len(arc) < 3:
        return arc
    points = [on_map(lat, lon) for lon, lat in arc]
    (ax, ay), (bx, by) = points[0], points[-1]
    length = hypot(bx - ax, by - ay)
    off = [
        abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length if length else hypot(x - ax, y - ay)
        for x, y in points[1:-1]
    ]
    furthest = max(range(len(off)), key=off.__getitem__) + 1
    if off[furthest - 1] <= _TOLERANCE:
        return [arc[0], arc[-1]]
    return _thinned(arc[: furthest + 1])[:-1] + _thinned(arc[furthest:])


def _ring(numbers: Iterable[int], arcs: Sequence[Ring]) -> Ring:
    """Arcs put together; the complement of a number is that arc from its other end."""
    ring: Ring = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += arc[1:] if ring else arc
    return ring[:-1]


def _within(ring: Ring) -> Iterator[Ring]:
    """A ring that crosses the 180th meridian as its two sides, each ending there; any other as it is."""
    lons = [ring[0][0]]
    for (before, _), (lon, _) in pairwise(ring):
        lons.append(lons[-1] + (lon - before + 540) % 360 - 180)
    for turn in (-360, 0, 360):
        turned = [lon + turn for lon in lons]
        if min(turned) < 180 and max(turned) > -180:
            yield [(min(180.0, max(-180.0, lon)), lat) for lon, (_, lat) in zip(turned, ring, strict=True)]


def _path(rings: Iterable[Ring]) -> str:
    """Whole units, each point as the step from the one before."""
    made = []
    for ring in rings:
        corners = [(round(x), round(y)) for x, y in ring]
        if abs(_area(ring)) < _SMALLEST or len(set(corners)) < 3:
            continue
        steps = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(corners)]
        numbers = " ".join(f"{x} {y}" for x, y in steps if (x, y) != (0, 0)).replace(" -", "-")
        made.append(f"M{corners[0][0]} {corners[0][1]}l{numbers}z")
    return "".join(made)


def _area(ring: Ring) -> float:
    """With a sign that says which way round it goes (the shoelace formula)."""
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise([*ring, ring[0]])) / 2


def _middle(rings: Sequence[Ring]) -> Point:
    """The centre of gravity of the largest part."""
    largest = max(rings, key=lambda ring: abs(_area(ring)))
    if not (area := _area(largest)):
        return largest[0]
    steps = [(ax + bx, ay + by, ax * by - bx * ay) for (ax, ay), (bx, by) in pairwise([*largest, largest[0]])]
    return (
        round(sum(x * cross for x, _, cross in steps) / (6 * area), 1),
        round(sum(y * cross for _, y, cross in steps) / (6 * area), 1),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
