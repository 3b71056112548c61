"""Matrices as int8 in steps of a scale for each column, as the graphs hold them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# The largest number of an int8 that has a negative of the same size.
_STEPS = 127
# A column without a greater number counts as zero: its scale would not be a normal number.
_NOTHING = 1e-30


def quantize(matrix: Floats) -> tuple[NDArray[np.int8], Floats]:
    """The matrix in steps of its columns' scales, symmetric about zero, and the scales."""
    largest = np.abs(matrix).max(axis=0)
    scale = (np.where(largest > _NOTHING, largest, 1.0) / _STEPS).astype(np.float32)
    return np.round(matrix / scale).clip(-_STEPS, _STEPS).astype(np.int8), scale


def dequantize(quantized: NDArray[np.integer], scale: Floats, zero: NDArray[np.integer]) -> Floats:
    """What the steps stand for."""
    numbers: Floats = (quantized.astype(np.float32) - zero.astype(np.float32)) * scale
    return numbers
