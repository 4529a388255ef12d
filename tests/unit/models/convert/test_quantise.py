"""Static int8 quantisation: close to the float32 model, the same bytes everywhere, no range guessed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from bonafide.errors import WeightsAltered
from bonafide.models.convert.graph import GraphWriter
from bonafide.models.convert.quantise import measured_tensors, quantise

Floats = NDArray[np.float32]
Ranges = dict[str, tuple[float, float]]

SHAPE = (1, 3, 16, 16)


def build(first_weight: Floats | None = None, first_bias: Floats | None = None) -> bytes:
    """Every kind of operator that quantising knows, with random weights."""
    random = np.random.default_rng(3)

    def weights(*shape: int) -> Floats:
        return random.normal(0, (2 / np.prod(shape[1:])) ** 0.5, shape).astype(np.float32)

    graph = GraphWriter()
    weight, bias = weights(8, 3, 3, 3), weights(8, 8)[0]
    x = graph.conv(
        "input", weight if first_weight is None else first_weight, bias if first_bias is None else first_bias
    )
    x = graph.node("Relu", [x])
    y = graph.node("Add", [graph.node("Relu", [graph.conv(x, weights(8, 8, 3, 3), weights(8, 8)[0])]), x])
    halves = [
        graph.node(kind, [y], kernel_shape=[2, 2], strides=[2, 2]) for kind in ("MaxPool", "AveragePool")
    ]
    flat = graph.node("Flatten", [graph.node("Add", halves)])
    dense = [graph.constant(weights(24, 512)), graph.constant(weights(24, 24)[0])]
    graph.node("Gemm", [flat, *dense], "embedding", transB=1)
    return graph.serialise("small", {"input": SHAPE}, {"embedding": (1, 24)})


def pictures(count: int = 8) -> list[Floats]:
    random = np.random.default_rng(5)
    return [random.random(SHAPE, dtype=np.float32) for _ in range(count)]


def measure(source: bytes) -> Ranges:
    model = onnx.load_model_from_string(source)
    names = measured_tensors(model)
    model.graph.output.extend(
        helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names[1:]
    )
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    seen = [[picture, *session.run(names[1:], {"input": picture})] for picture in pictures()]
    return {
        name: (float(min(value.min() for value in values)), float(max(value.max() for value in values)))
        for name, values in zip(names, zip(*seen, strict=True), strict=True)
    }


@pytest.fixture(scope="module")
def source() -> bytes:
    return build()


@pytest.fixture(scope="module")
def ranges(source: bytes) -> Ranges:
    return measure(source)


def test_the_int8_twin_gives_nearly_the_same_embedding(
    source: bytes, ranges: Ranges, run: Callable[[bytes, Floats], Floats]
) -> None:
    twin = quantise(source, ranges)
    for picture in pictures():
        exact, rounded = run(source, picture).ravel(), run(twin, picture).ravel()
        cosine = float(exact @ rounded / np.linalg.norm(exact) / np.linalg.norm(rounded))
        assert cosine > 0.999
        assert not np.array_equal(exact, rounded)


def test_weights_are_int8_for_each_channel_and_biases_int32(source: bytes, ranges: Ranges) -> None:
    model = onnx.load_model_from_string(quantise(source, ranges))
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    channelwise = [
        node for node in model.graph.node if len(constants.get(node.input[-1], np.zeros(())).shape)
    ]
    kinds = [constants[node.input[0]].dtype for node in channelwise if node.op_type == "DequantizeLinear"]
    assert kinds == [np.int8, np.int32] * 3
    for node in channelwise:
        integers, steps = constants[node.input[0]], constants[node.input[1]]
        assert len(steps) == len(integers)
        if integers.dtype == np.int8:
            np.testing.assert_array_equal(np.abs(integers).reshape(len(integers), -1).max(axis=1), 127)


def test_zero_stays_exactly_zero(source: bytes, ranges: Ranges) -> None:
    # Padding is zero, so a zero that rounds to something else would light up every border.
    shifted = ranges | {"input": (0.3, 1.7)}
    for wanted in (ranges, shifted, ranges | {"input": (-0.77, 0.31)}):
        model = onnx.load_model_from_string(quantise(source, wanted))
        constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        (first,) = [node for node in model.graph.node if node.input[0] == "input"]
        step, zero = (constants[name] for name in first.input[1:])
        low, high = (float((edge - int(zero)) * step) for edge in (0, 255))
        assert low <= step / 2 + min(wanted["input"][0], 0)
        assert wanted["input"][1] - step / 2 <= high
        assert low <= 0 <= high


def test_the_same_model_gives_the_same_bytes(source: bytes, ranges: Ranges) -> None:
    assert quantise(source, ranges) == quantise(source, ranges)


def test_a_missing_range_is_never_guessed(source: bytes, ranges: Ranges) -> None:
    for name in ranges:
        with pytest.raises(WeightsAltered, match="do not belong to this model"):
            quantise(source, {other: limits for other, limits in ranges.items() if other != name})


def test_a_channel_without_weights_keeps_its_bias(run: Callable[[bytes, Floats], Floats]) -> None:
    random = np.random.default_rng(11)
    weight = random.normal(0, 0.3, (8, 3, 3, 3)).astype(np.float32)
    weight[2] = 0
    source = build(weight, np.linspace(0.5, 1.5, 8, dtype=np.float32))
    twin = quantise(source, measure(source))
    exact, rounded = (run(model, pictures(1)[0]).ravel() for model in (source, twin))
    assert np.linalg.norm(exact - rounded) < 0.05 * np.linalg.norm(exact)
