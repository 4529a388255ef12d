"""A small writer of ONNX graphs whose bytes depend on nothing but what is asked of it.

The manifest pins the digest of what a recipe builds, so names are counted, attributes are ordered and the
serialisation is the deterministic one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

# Opset 18 and IR 9 are what every onnxruntime since 1.15 reads.
_OPSET = 18
_IR_VERSION = 9


class GraphWriter:
    """Nodes and constants in the order in which they are added; each method gives its output's name."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[TensorProto] = []

    def constant(self, values: NDArray[np.generic]) -> str:
        """A constant tensor."""
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def node(
        self, kind: str, inputs: Sequence[str], output: str | None = None, **attributes: int | Sequence[int]
    ) -> str:
        """One operator; its output is called `output`, or gets the next number."""
        output = output or f"t{len(self._nodes)}"
        ordered: dict[str, Any] = {key: attributes[key] for key in sorted(attributes)}
        self._nodes.append(helper.make_node(kind, inputs, [output], **ordered))
        return output

    def conv(
        self,
        x: str,
        weight: NDArray[np.floating],
        bias: NDArray[np.floating],
        *,
        stride: int = 1,
        depthwise: bool = False,
        pads: Sequence[int] | None = None,
    ) -> str:
        """A convolution; weight (out, in, k, k), bias (out,), stored as float32.

        `pads` are above, left, below and right; without them it is padded to keep the size.
        """
        kernel = weight.shape[2]
        return self.node(
            "Conv",
            [x, self.constant(weight.astype(np.float32)), self.constant(bias.astype(np.float32))],
            kernel_shape=[kernel, kernel],
            pads=[kernel // 2] * 4 if pads is None else pads,
            strides=[stride, stride],
            group=weight.shape[0] if depthwise else 1,
        )

    def serialise(
        self, name: str, inputs: Mapping[str, Sequence[int]], outputs: Mapping[str, Sequence[int]]
    ) -> bytes:
        """The finished model; inputs and outputs are float32 of the shapes given."""
        graph = helper.make_graph(
            self._nodes,
            name,
            [helper.make_tensor_value_info(key, TensorProto.FLOAT, shape) for key, shape in inputs.items()],
            [helper.make_tensor_value_info(key, TensorProto.FLOAT, shape) for key, shape in outputs.items()],
            self._constants,
        )
        return serialise(
            helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)
        )


def serialise(model: onnx.ModelProto) -> bytes:
    """A checked model's deterministic bytes, without the name and version of the library that wrote them."""
    for field in ("producer_name", "producer_version"):
        model.ClearField(field)
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString(deterministic=True)
    return content
