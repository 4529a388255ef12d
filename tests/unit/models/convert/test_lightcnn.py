"""LightCNN-V4: the graph that is written differently computes the same as the one that is published."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from bonafide.models.convert import lightcnn
from bonafide.models.convert.quantise import measured_tensors

Floats = NDArray[np.float32]

# Channels after each of the five convolutions; the published ones are 48, 96, 192, 128, 128.
WIDTHS = (4, 6, 8, 5, 5)


@pytest.fixture(scope="module")
def tensors() -> Mapping[str, Floats]:
    """Weights of the published names, for a network of far fewer channels."""
    random = np.random.default_rng(20261124)
    made: dict[str, Floats] = {}

    def convolution(name: str, channels: int, out: int) -> None:
        spread = 0.5 / (9 * channels) ** 0.5
        made[f"{name}.filter.weight"] = random.normal(0, spread, (2 * out, channels, 3, 3)).astype(np.float32)
        made[f"{name}.filter.bias"] = random.normal(0, 0.1, 2 * out).astype(np.float32)

    for stage, (before, after) in enumerate(zip((3, *WIDTHS), WIDTHS, strict=False), start=1):
        convolution(f"conv{stage}", before, after)
    for stage, width in enumerate(WIDTHS[:4], start=1):
        for block in range(stage):
            convolution(f"block{stage}.{block}.conv1", width, width)
            convolution(f"block{stage}.{block}.conv2", width, width)
    made["fc.weight"] = random.normal(0, 0.05, (256, 64 * WIDTHS[-1])).astype(np.float32)
    made["fc.bias"] = random.normal(0, 0.1, 256).astype(np.float32)
    return made


class _Published:
    """The network as it was published, operator by operator: Split and Max for the max-feature-map."""

    def __init__(self, tensors: Mapping[str, Floats]) -> None:
        self._constants = [numpy_helper.from_array(value, name) for name, value in tensors.items()]
        self._nodes: list[onnx.NodeProto] = []

    def _add(self, kind: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401 - onnx's own
        output = f"{kind}{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def mfm(self, name: str, x: str) -> str:
        y = self._add("Conv", x, f"{name}.filter.weight", f"{name}.filter.bias", pads=[1, 1, 1, 1])
        halves = [f"{y}.first", f"{y}.second"]
        self._nodes.append(helper.make_node("Split", [y], halves, axis=1, num_outputs=2))
        return self._add("Max", *halves)

    def block(self, name: str, x: str) -> str:
        return self._add("Add", self.mfm(f"{name}.conv2", self.mfm(f"{name}.conv1", x)), x)

    def pool(self, x: str) -> str:
        size = {"kernel_shape": [2, 2], "strides": [2, 2]}
        return self._add("Add", self._add("MaxPool", x, **size), self._add("AveragePool", x, **size))

    def build(self) -> bytes:
        x = self.pool(self.mfm("conv1", "input"))
        x = self.block("block1.0", x)
        x = self.pool(self.mfm("conv2", x))
        x = self.block("block2.1", self.block("block2.0", x))
        x = self.pool(self.mfm("conv3", x))
        x = self.block("block3.2", self.block("block3.1", self.block("block3.0", x)))
        x = self.mfm("conv4", x)
        for index in range(4):
            x = self.block(f"block4.{index}", x)
        x = self.pool(self.mfm("conv5", x))
        x = self._add("Gemm", self._add("Flatten", x), "fc.weight", "fc.bias", transB=1)
        graph = helper.make_graph(
            self._nodes,
            "published",
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 128, 128])],
            [helper.make_tensor_value_info(x, TensorProto.FLOAT, [1, 256])],
            self._constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        content: bytes = model.SerializeToString()
        return content


@pytest.fixture(scope="module")
def source(tensors: Mapping[str, Floats], checkpoint: Callable[..., bytes]) -> bytes:
    return checkpoint({f"module.{name}": tensor for name, tensor in tensors.items()})


def test_it_computes_what_the_published_network_computes(
    source: bytes, tensors: Mapping[str, Floats], run: Callable[[bytes, Floats], Floats]
) -> None:
    ours, published = lightcnn.build(source), _Published(tensors).build()
    random = np.random.default_rng(7)
    for picture in (
        random.random((1, 3, 128, 128), dtype=np.float32),
        np.zeros((1, 3, 128, 128), np.float32),
        np.ones((1, 3, 128, 128), np.float32),
    ):
        expected = run(published, picture)
        assert np.abs(expected).max() > 0.5
        np.testing.assert_allclose(run(ours, picture), expected, rtol=0, atol=1e-5)


def test_nothing_in_it_leaves_the_blocked_layout(
    source: bytes, operators: Callable[[bytes], set[str]]
) -> None:
    kinds = {"Conv", "Relu", "Add", "MaxPool", "AveragePool", "Flatten", "Gemm"}
    assert operators(lightcnn.build(source)) == kinds


def test_the_same_source_gives_the_same_bytes(source: bytes) -> None:
    assert lightcnn.build(source) == lightcnn.build(source)


def test_the_ranges_that_ship_are_those_of_its_activations(source: bytes) -> None:
    file = resources.files("bonafide.models.convert") / "lightcnn_v4_ranges.json"
    ranges = json.loads(file.read_text("utf-8"))["ranges"]
    assert list(ranges) == measured_tensors(onnx.load_model_from_string(lightcnn.build(source)))
    assert all(low < high for low, high in ranges.values())
