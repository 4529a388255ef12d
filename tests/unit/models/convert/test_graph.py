"""The writer of graphs: the same bytes for the same calls, whoever runs it."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest

from bonafide.models.convert.graph import GraphWriter


def build(**attributes: Any) -> bytes:  # noqa: ANN401 - onnx's own attributes
    graph = GraphWriter()
    flat = graph.node("Flatten", ["x"], **attributes)
    graph.node("Add", [flat, graph.constant(np.ones(1, np.float32))], "y")
    return graph.serialise("small", {"x": (1, 2)}, {"y": (1, 2)})


def test_it_does_not_say_which_library_wrote_it() -> None:
    model = onnx.load_model_from_string(build())
    assert (model.producer_name, model.producer_version, model.ir_version) == ("", "", 9)
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 18)]


def test_the_order_of_attributes_is_not_the_callers() -> None:
    bytes_of = []
    for attributes in (
        {"kernel_shape": [2, 2], "strides": [2, 2]},
        {"strides": [2, 2], "kernel_shape": [2, 2]},
    ):
        graph = GraphWriter()
        graph.node("MaxPool", ["x"], "y", **attributes)
        bytes_of.append(graph.serialise("pool", {"x": (1, 1, 4, 4)}, {"y": (1, 1, 2, 2)}))
    assert bytes_of[0] == bytes_of[1]


def test_a_graph_that_does_not_hold_together_is_not_written() -> None:
    with pytest.raises(onnx.checker.ValidationError):
        build(no_such_attribute=1)
