"""Weights too small to matter, set to zero.

Training with weight decay leaves whole channels at 1e-40. Such numbers are denormal: a processor takes a
hundred cycles to multiply one. Two convolutions of PP-OCRv6's text detector took 220 of its 290 ms for
nothing (measured; every output stays the same to the last bit). Telling onnxruntime to take denormals as zero
would do as well, but that is a setting of the whole process, which is not ours to change.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import numpy_helper

# Far above the smallest normal float32 (1.2e-38), so that products with activations stay normal too, and far
# below what adding to any sum of float32 could show.
_NOTHING = 1e-20


def build(source: bytes) -> bytes:
    """The model with float32 weights of magnitude below 1e-20 set to zero; nothing else is changed."""
    model = onnx.load_model_from_string(source)
    for tensor in model.graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT:
            continue
        weights = numpy_helper.to_array(tensor).copy()
        small = (np.abs(weights) < _NOTHING) & (weights != 0)
        if small.any():
            weights[small] = 0
            tensor.raw_data = weights.astype("<f4").tobytes()
            tensor.ClearField("float_data")
    written: bytes = model.SerializeToString(deterministic=True)
    return written
