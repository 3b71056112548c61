"""Where the found articles happen: countries shaded by how many name them, and a dot where one is small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p, sqrt

from index.protocol import Bucket
from web.search.asked import Asked
from web.world.atlas import countries
from web.world.projection import HEIGHT, WIDTH

LEVELS = 5
_SMALLEST, _LARGEST = 4.0, 14.0


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
class WorldMap:
    lands: tuple[Land, ...]
    width: int = WIDTH
    height: int = HEIGHT


def world_map(asked: Asked, buckets: Sequence[Bucket]) -> WorldMap | None:
    """None where no article names a country that is known."""
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
        )
    )


def level(count: int, most: int) -> int:
    return max(1, round(LEVELS * log1p(count) / log1p(most)))


def radius(count: int, most: int) -> float:
    """Area by count, but never too small to be hit."""
    return round(max(_SMALLEST, _LARGEST * sqrt(count / most)), 1)
