"""The weights inside an int8 ONNX graph, read as numbers and written back.

A matrix W of the graph is stored as `W_quantized` (int8), `W_scale` and `W_zero_point`, one scale for each
column; vectors are stored as they are. So training needs no exporter: it reads a graph's weights, trains, and
writes them into a copy of the same graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from training.quantization import Floats, dequantize, quantize

Weights = dict[str, Floats]

_QUANTIZED = "_quantized"


def read_weights(path: Path) -> Weights:
    """Every number of the graph by its name; matrices as they were before they were made int8, or nearly."""
    arrays = {each.name: numpy_helper.to_array(each) for each in onnx.load(str(path)).graph.initializer}
    weights = {}
    for name, array in arrays.items():
        if name.endswith(_QUANTIZED):
            base = name.removesuffix(_QUANTIZED)
            weights[base] = dequantize(array, arrays[f"{base}_scale"], arrays[f"{base}_zero_point"])
        elif array.dtype == np.float32 and not name.endswith("_scale"):
            weights[name] = array
    return weights


def write_weights(skeleton: Path, weights: Mapping[str, Floats], path: Path) -> None:
    """A copy of the graph `skeleton` with the given weights in the place of its own."""
    model = onnx.load(str(skeleton))
    by_name = {each.name: each for each in model.graph.initializer}
    for name, values in weights.items():
        if f"{name}{_QUANTIZED}" in by_name:
            quantized, scale = quantize(values)
            by_name[f"{name}{_QUANTIZED}"].CopyFrom(numpy_helper.from_array(quantized, f"{name}{_QUANTIZED}"))
            by_name[f"{name}_scale"].CopyFrom(numpy_helper.from_array(scale, f"{name}_scale"))
        else:
            by_name[name].CopyFrom(numpy_helper.from_array(values.astype(np.float32), name))
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))
