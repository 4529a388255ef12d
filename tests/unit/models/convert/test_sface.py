"""SFace: the rewritten graph computes what a plain one with PRelu and batch normalisation computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from bonafide.errors import WeightsAltered
from bonafide.models.convert import sface

Floats = NDArray[np.float32]
Arrays = dict[str, NDArray[np.generic]]

LAYERS = ["conv_1", *(f"conv_{index}{kind}" for index in range(2, 15) for kind in ("_dw", ""))]
# The published network halves the picture four times, 112 to 7.
HALVING = {"conv_3_dw", "conv_5_dw", "conv_7_dw", "conv_13_dw"}
CHANNELS = 32
BLOCK = 32


class _Maker:
    """Weights under the published names and in the published form, for far fewer channels."""

    def __init__(self, slopes: tuple[float, float]) -> None:
        self.random = np.random.default_rng(20261124)
        # So that what goes in still shows in what comes out, 27 layers later.
        self.gain = np.float32((2 / (1 + np.mean(np.square(slopes)))) ** 0.5)
        self.stored: Arrays = {"scalar_op2": np.array([1 / 128], np.float32)}
        for layer in LAYERS:
            inputs = 3 if layer == "conv_1" else 1 if layer.endswith("_dw") else CHANNELS
            size = 1 if not layer.endswith("_dw") and layer != "conv_1" else 3
            self.quantised(f"{layer}_conv2d_weight", (CHANNELS, inputs, size, size))
            self.normalisation(f"{layer}_batchnorm", CHANNELS)
            slope = self.random.uniform(*slopes, (CHANNELS, 1, 1))
            self.stored[f"{layer}_relu_gamma"] = slope.astype(np.float32)
        self.normalisation("bn1", CHANNELS)
        self.quantised("pre_fc1_weight", (128, CHANNELS * 49))
        self.quantised("pre_fc1_bias", (128,))
        self.normalisation("fc1", 128)

    def quantised(self, name: str, shape: tuple[int, ...]) -> None:
        """A tensor as unsigned bytes with a scale and a zero point for each block of a row."""
        columns = int(np.prod(shape[1:])) if len(shape) > 1 else shape[0]
        rows = int(np.prod(shape)) // columns
        blocks = -(-columns // BLOCK)
        self.stored[f"{name}_quantized"] = self.random.integers(0, 256, (rows, columns), dtype=np.uint8)
        scales = self.random.uniform(0.5, 1, (rows, blocks)) * self.gain / (55 * columns**0.5)
        self.stored[f"{name}_scales"] = scales.astype(np.float32)
        self.stored[f"{name}_zero_point"] = self.random.integers(120, 136, (rows, blocks), dtype=np.uint8)
        self.stored[f"{name}_shape"] = np.array(shape, np.int64)

    def normalisation(self, name: str, channels: int) -> None:
        for part, low, high in (
            ("gamma", 0.6, 1.2),
            ("beta", -0.3, 0.3),
            ("moving_mean", -0.3, 0.3),
            ("moving_var", 0.5, 1),
        ):
            self.stored[f"{name}_{part}"] = self.random.uniform(low, high, channels).astype(np.float32)


def published(stored: Mapping[str, NDArray[np.generic]]) -> bytes:
    """A file that holds these tensors; the recipe reads nothing else of one."""
    graph = helper.make_graph(
        [helper.make_node("Identity", ["data"], ["fc1"])],
        "published",
        [helper.make_tensor_value_info("data", TensorProto.FLOAT, [1, 3, 112, 112])],
        [helper.make_tensor_value_info("fc1", TensorProto.FLOAT, [1, 128])],
        [numpy_helper.from_array(value, name) for name, value in stored.items()],
    )
    content: bytes = helper.make_model(graph).SerializeToString()
    return content


def plain(stored: Mapping[str, NDArray[np.generic]]) -> bytes:
    """The network operator by operator, with dequantised weights."""
    nodes: list[onnx.NodeProto] = []
    constants: Arrays = {}

    def dequantised(name: str) -> str:
        integers, scales, zeros = (
            stored[f"{name}_{part}"].astype(np.float32) for part in ("quantized", "scales", "zero_point")
        )
        block = np.arange(integers.shape[1]) // BLOCK
        value = (integers - zeros[:, block]) * scales[:, block]
        constants[name] = value.reshape(stored[f"{name}_shape"])
        return name

    def add(kind: str, *inputs: str, **attributes: Any) -> str:  # noqa: ANN401 - onnx's own attributes
        output = f"{kind}{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def normalised(x: str, name: str, epsilon: float) -> str:
        parts = [f"{name}_{part}" for part in ("gamma", "beta", "moving_mean", "moving_var")]
        constants.update({part: stored[part] for part in parts})
        return add("BatchNormalization", x, *parts, epsilon=epsilon)

    constants |= {"mean": np.full(1, 127.5, np.float32), "scale": stored["scalar_op2"]}
    x = add("Mul", add("Sub", "data", "mean"), "scale")
    for layer in LAYERS:
        kernel = dequantised(f"{layer}_conv2d_weight")
        size, depthwise = constants[kernel].shape[2], layer.endswith("_dw")
        step, group = 2 if layer in HALVING else 1, CHANNELS if depthwise else 1
        x = add("Conv", x, kernel, pads=[size // 2] * 4, strides=[step, step], group=group)
        constants[f"{layer}_slope"] = stored[f"{layer}_relu_gamma"]
        x = add("PRelu", normalised(x, f"{layer}_batchnorm", 1e-3), f"{layer}_slope")
    x = add("Flatten", normalised(x, "bn1", 2e-5))
    x = add("Gemm", x, dequantised("pre_fc1_weight"), dequantised("pre_fc1_bias"), transB=1)
    x = normalised(x, "fc1", 2e-5)
    graph = helper.make_graph(
        nodes,
        "plain",
        [helper.make_tensor_value_info("data", TensorProto.FLOAT, [1, 3, 112, 112])],
        [helper.make_tensor_value_info(x, TensorProto.FLOAT, [1, 128])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    content: bytes = model.SerializeToString()
    return content


@pytest.mark.parametrize(
    "slopes",
    [
        pytest.param((0.0, 0.5), id="slopes as usual"),
        pytest.param((-0.5, 0.5), id="slopes below zero"),
        pytest.param((1.1, 2.0), id="slopes above one"),
        pytest.param((-0.5, 2.0), id="slopes of every kind"),
        pytest.param((1.0, 1.0), id="slopes of one"),
    ],
)
def test_it_computes_what_the_plain_network_computes(
    slopes: tuple[float, float], run: Callable[[bytes, Floats], Floats]
) -> None:
    stored = _Maker(slopes).stored
    ours, expected = sface.build(published(stored)), plain(stored)
    noise = np.random.default_rng(7).integers(0, 256, (1, 3, 112, 112)).astype(np.float32)
    pictures = (noise, np.full_like(noise, 255))
    wanted = [run(expected, picture) for picture in pictures]
    size = np.abs(wanted).max()
    assert np.abs(wanted[0] - wanted[1]).max() > 0.02 * size
    for picture, answer in zip(pictures, wanted, strict=True):
        assert np.abs(run(ours, picture) - answer).max() < 1e-4 * size


def test_nothing_in_it_leaves_the_blocked_layout(operators: Callable[[bytes], set[str]]) -> None:
    built = sface.build(published(_Maker((0, 2)).stored))
    assert operators(built) == {"Sub", "Conv", "Relu", "Add", "Flatten", "Gemm"}


def test_the_same_source_gives_the_same_bytes() -> None:
    source = published(_Maker((0, 2)).stored)
    assert sface.build(source) == sface.build(source)


def test_a_dense_layer_that_does_not_fit_is_refused() -> None:
    maker = _Maker((0, 1))
    maker.quantised("pre_fc1_weight", (128, CHANNELS * 49 - 1))
    with pytest.raises(WeightsAltered, match="SFace file does not have the layers"):
        sface.build(published(maker.stored))
