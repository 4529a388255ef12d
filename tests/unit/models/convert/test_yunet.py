"""YuNet: freed of the one size that the published file declares."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from bonafide.models.convert import yunet

Floats = NDArray[np.float32]


@pytest.fixture(scope="module")
def published() -> bytes:
    """One output of a detector that declares 640 pixels, inferred shapes included."""
    weight = np.random.default_rng(1).normal(size=(2, 3, 32, 32)).astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["input", "weight"], ["map"], strides=[32, 32]),
        helper.make_node("Transpose", ["map"], ["last"], perm=[0, 2, 3, 1]),
        helper.make_node("Reshape", ["last", "shape"], ["cls_32"]),
    ]
    graph = helper.make_graph(
        nodes,
        "detector",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, 640, 640])],
        [helper.make_tensor_value_info("cls_32", TensorProto.FLOAT, [1, 400, 2])],
        [numpy_helper.from_array(weight, "weight"), numpy_helper.from_array(np.array([1, -1, 2]), "shape")],
        value_info=[helper.make_tensor_value_info("map", TensorProto.FLOAT, [1, 2, 20, 20])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    content: bytes = model.SerializeToString()
    return content


@pytest.mark.parametrize(("height", "width"), [(32, 32), (64, 160), (640, 640), (320, 96)])
def test_every_multiple_of_32_is_a_size(
    published: bytes, run: Callable[[bytes, Floats], Floats], height: int, width: int
) -> None:
    found = run(yunet.build(published), np.ones((1, 3, height, width), np.float32))
    assert found.shape == (1, height // 32 * (width // 32), 2)


def test_arithmetic_and_weights_are_untouched(
    published: bytes, run: Callable[[bytes, Floats], Floats]
) -> None:
    picture = np.random.default_rng(2).random((1, 3, 640, 640), dtype=np.float32)
    np.testing.assert_array_equal(run(yunet.build(published), picture), run(published, picture))


def test_no_shape_for_640_pixels_is_left(published: bytes) -> None:
    model = onnx.load_model_from_string(yunet.build(published))
    assert not model.graph.value_info
    shapes = [value.type.tensor_type.shape for value in (*model.graph.input, *model.graph.output)]
    assert [[item.dim_param or item.dim_value for item in shape.dim] for shape in shapes] == [
        [1, 3, "height", "width"],
        [1, "cells_32", 2],
    ]
