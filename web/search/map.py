"""Where the found articles happen: countries shaded by how many name them, and the places in them as dots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log1p, sqrt

from index.protocol import Bucket
from web.search.asked import Asked
from web.world.atlas import countries
from web.world.projection import HEIGHT, WIDTH, on_map

LEVELS = 5
_SMALLEST, _LARGEST = 5.0, 14.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Land:
    """`level` is 1 to LEVELS, by the logarithm of the count. Of a small country `shape` is empty."""

    code: str
    name: str
    count: int
    level: int
    shape: str
    x: float
    y: float
    radius: float
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """A place in a country."""

    name: str
    count: int
    x: float
    y: float
    radius: float
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WorldMap:
    """`spots`: the largest first, so that smaller ones lie above."""

    lands: tuple[Land, ...]
    spots: tuple[Spot, ...]
    width: int = WIDTH
    height: int = HEIGHT


def world_map(asked: Asked, buckets: Sequence[Bucket], places: Sequence[Bucket] = ()) -> WorldMap | None:
    """Of facets by country and by place. None where no article names a country that is known."""
    atlas = countries()
    known = [(bucket, bucket.key.upper()) for bucket in buckets if bucket.key.upper() in atlas]
    if not known:
        return None
    most = max(bucket.count for bucket, _ in known)
    return WorldMap(
        lands=tuple(
            Land(
                code=code,
                name=atlas[code].name,
                count=bucket.count,
                level=level(bucket.count, most),
                shape=atlas[code].shape,
                x=atlas[code].at[0],
                y=atlas[code].at[1],
                radius=radius(bucket.count, most),
                url=asked.with_value("country", bucket.key).url,
            )
            for bucket, code in known
        ),
        spots=tuple(_spots(asked, places)),
    )


def _spots(asked: Asked, places: Sequence[Bucket]) -> Iterator[Spot]:
    most = max((bucket.count for bucket in places), default=0)
    for bucket in places:
        if bucket.place is not None and bucket.place.kind != "country":
            x, y = on_map(bucket.place.lat, bucket.place.lon)
            yield Spot(
                name=bucket.label,
                count=bucket.count,
                x=x,
                y=y,
                radius=radius(bucket.count, most),
                url=asked.with_value("place", bucket.key).url,
            )


def level(count: int, most: int) -> int:
    return max(1, round(LEVELS * log1p(count) / log1p(most)))


def radius(count: int, most: int) -> float:
    """Area by count, but never too small to be hit."""
    return round(max(_SMALLEST, _LARGEST * sqrt(count / most)), 1)
