from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from training.quantization import Floats, dequantize, quantize


@given(arrays(np.float32, (5, 3), elements=st.floats(-100, 100, width=32)))
def test_a_matrix_comes_back_within_half_a_step(matrix: Floats) -> None:
    quantized, scale = quantize(matrix)
    back = dequantize(quantized, scale, np.zeros(3, np.int8))
    assert (np.abs(back - matrix) <= scale * 0.501 + 1e-6).all()


@given(arrays(np.float32, (5, 3), elements=st.floats(-100, 100, width=32)))
def test_a_matrix_that_was_quantized_stays_as_it_is(matrix: Floats) -> None:
    quantized, scale = quantize(matrix)
    again, _ = quantize(dequantize(quantized, scale, np.zeros(3, np.int8)))
    assert (again == quantized).all()
