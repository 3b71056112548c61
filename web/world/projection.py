"""Where a place lies on the map: the Equal Earth projection, which keeps areas true.

Source: Šavrič, Patterson, Jenny: The Equal Earth map projection, IJGIS 33 (2019),
doi:10.1080/13658816.2018.1504949.
"""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

WIDTH, HEIGHT = 1000, 440
"""The map's own units. Its height leaves out the North Pole and the Antarctic, where no news comes from."""

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_HALF = 2.706630  # the projection's x at 180° on the equator
_SCALE = WIDTH / (2 * _HALF)
_TOP = 1.306  # its y at 83.7° north, where Greenland ends


def on_map(lat: float, lon: float) -> tuple[float, float]:
    """Degrees to x from the left and y from the top. What lies south of the map has y > HEIGHT."""
    slant = asin(sqrt(3) / 2 * sin(radians(lat)))
    square = slant * slant
    sixth = square**3
    widths = 9 * _A4 * sixth * square + 7 * _A3 * sixth + 3 * _A2 * square + _A1
    x = 2 * sqrt(3) * radians(lon) * cos(slant) / (3 * widths)
    y = slant * (_A4 * sixth * square + _A3 * sixth + _A2 * square + _A1)
    return round((x + _HALF) * _SCALE, 1), round((_TOP - y) * _SCALE, 1)
