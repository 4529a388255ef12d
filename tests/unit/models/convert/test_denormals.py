"""Weights too small to count become zero, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from bonafide.models.convert import denormals

Floats = NDArray[np.float32]

# 1e-40 is denormal in float32, 1e-25 is not, and neither is seen beside a weight of 1e-3.
WEIGHTS = np.array([[0.5, 1e-40, -1e-25], [1e-19, -0.25, 0.0], [-1e-20, 9.9e-21, 2]], np.float32)
WITHOUT = np.array([[0.5, 0, 0], [1e-19, -0.25, 0.0], [-1e-20, 0, 2]], np.float32)


def model(*tensors: onnx.TensorProto) -> bytes:
    nodes = [helper.make_node("MatMul", ["input", "weight"], ["product"])]
    nodes.append(helper.make_node("Add", ["product", "bias"], ["output"]))
    graph = helper.make_graph(
        nodes,
        "lines",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [None, 3])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [None, 3])],
        list(tensors),
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    content: bytes = made.SerializeToString()
    return content


@pytest.fixture(scope="module")
def published() -> bytes:
    bias = helper.make_tensor("bias", TensorProto.FLOAT, [3], [1e-42, 0.125, -1])  # not as raw bytes
    return model(numpy_helper.from_array(WEIGHTS, "weight"), bias)


def weights_of(content: bytes) -> dict[str, Floats]:
    graph = onnx.load_model_from_string(content).graph
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}


def test_only_weights_that_cannot_count_become_zero(published: bytes) -> None:
    found = weights_of(denormals.build(published))
    # The limit itself, 1e-20, stays.
    np.testing.assert_array_equal(found["weight"], WITHOUT)
    np.testing.assert_array_equal(found["bias"], np.array([0, 0.125, -1], np.float32))


def test_every_output_stays_the_same_to_the_last_bit(
    published: bytes, run: Callable[[bytes, Floats], Floats]
) -> None:
    given = np.random.default_rng(3).normal(size=(50, 3)).astype(np.float32)
    np.testing.assert_array_equal(run(denormals.build(published), given), run(published, given))


def test_the_graph_and_all_else_are_untouched(published: bytes) -> None:
    before, after = (onnx.load_model_from_string(it) for it in (published, denormals.build(published)))
    for each in (before, after):
        del each.graph.initializer[:]
    assert before == after


def test_the_same_bytes_every_time_and_again_of_itself(published: bytes) -> None:
    once = denormals.build(published)
    assert denormals.build(published) == once
    assert denormals.build(once) == once


def test_what_is_no_float_is_left_alone() -> None:
    whole = numpy_helper.from_array(np.array([0, 1, -1], np.int64), "places")
    double = numpy_helper.from_array(np.array([1e-40, 1.0]), "doubles")
    found = weights_of(denormals.build(model(whole, double)))
    np.testing.assert_array_equal(found["places"], [0, 1, -1])
    np.testing.assert_array_equal(found["doubles"], [1e-40, 1.0])
