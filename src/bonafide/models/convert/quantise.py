"""Static int8 quantisation of a float32 graph: weights per output channel, activations by ranges measured
once.

The ranges ship as data, so set-up needs no pictures and every installation builds the same bytes. The form is
QDQ (QuantizeLinear, DequantizeLinear pairs around float operators), which onnxruntime fuses into integer
kernels. Weights are symmetric int8, activations asymmetric uint8, biases int32 in the product of both scales.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from bonafide.errors import WeightsAltered
from bonafide.models.convert.graph import GraphWriter

_WEIGHTED = ("Conv", "Gemm")
# These move values about without making new ones, so their output keeps their input's scale.
_VALUE_KEEPING = ("MaxPool", "Flatten")


def measured_tensors(model: onnx.ModelProto) -> list[str]:
    """The tensors whose (minimum, maximum) `quantise` needs, in graph order."""
    left_alone = _rectified(model) | {model.graph.output[0].name}
    return [
        model.graph.input[0].name,
        *(
            node.output[0]
            for node in model.graph.node
            if node.op_type not in _VALUE_KEEPING and node.output[0] not in left_alone
        ),
    ]


def quantise(source: bytes, ranges: Mapping[str, tuple[float, float]]) -> bytes:
    """The int8 twin of a float32 model made of Conv, Relu, Add, pooling, Flatten and Gemm, with one input and
    output.

    `ranges` gives (minimum, maximum) for each of `measured_tensors`. Raises `WeightsAltered` if one is
    missing.
    """
    model = onnx.load_model_from_string(source)
    missing = set(measured_tensors(model)) - set(ranges)
    if missing:
        raise WeightsAltered("The activation ranges do not belong to this model", "Reinstall Bonafide")
    return _Quantiser(model, ranges).run()


class _Quantiser:
    def __init__(self, model: onnx.ModelProto, ranges: Mapping[str, tuple[float, float]]) -> None:
        self._model = model
        self._ranges = ranges
        self._constants = {item.name: numpy_helper.to_array(item) for item in model.graph.initializer}
        self._out = GraphWriter()
        # Old tensor name to the dequantised name that takes its place, and to its scale and zero point.
        self._names: dict[str, str] = {}
        self._scales: dict[str, tuple[np.float32, np.uint8]] = {}

    def run(self) -> bytes:
        (source,), (result,) = self._model.graph.input, self._model.graph.output
        rectified = _rectified(self._model)
        self._activation(source.name, source.name)
        for node in self._model.graph.node:
            attributes = {item.name: onnx.helper.get_attribute_value(item) for item in node.attribute}
            inputs = (
                self._weighted(node) if node.op_type in _WEIGHTED else [self._names[n] for n in node.input]
            )
            name = node.output[0]
            # The embedding itself stays float: rounding it would gain nothing.
            made = self._out.node(node.op_type, inputs, name if name == result.name else None, **attributes)
            if name == result.name or name in rectified:
                self._names[name] = made
            elif node.op_type in _VALUE_KEEPING:
                self._activation(name, made, self._scales[node.input[0]])
            else:
                self._activation(name, made)
        return self._out.serialise(
            f"{self._model.graph.name}-int8", {source.name: _shape(source)}, {result.name: _shape(result)}
        )

    def _activation(self, name: str, made: str, scale: tuple[np.float32, np.uint8] | None = None) -> None:
        """Round a tensor through uint8."""
        step, zero = scale or _affine(*self._ranges[name])
        self._scales[name] = (step, zero)
        pair = [self._out.constant(np.asarray(step)), self._out.constant(np.asarray(zero))]
        integer = self._out.node("QuantizeLinear", [made, *pair])
        self._names[name] = self._out.node("DequantizeLinear", [integer, *pair])

    def _weighted(self, node: onnx.NodeProto) -> list[str]:
        x, weight, bias = node.input
        values, offsets = self._constants[weight], self._constants[bias].astype(np.float64)
        largest = np.abs(values).reshape(len(values), -1).max(axis=1)
        # A channel of next to no weight has a step in which its bias must still fit into 32 bits.
        least = (np.abs(offsets) / (2**30 * self._scales[x][0])).astype(np.float32)
        steps = np.maximum(np.maximum(largest, np.float32(1e-8)) / np.float32(127), least).astype(np.float32)
        integers = np.rint(values / steps.reshape(-1, *[1] * (values.ndim - 1))).astype(np.int8)
        bias_steps = steps * self._scales[x][0]
        bias_integers = np.rint(offsets / bias_steps).astype(np.int32)
        return [
            self._names[x],
            self._channelwise(integers, steps),
            self._channelwise(bias_integers, bias_steps),
        ]

    def _channelwise(self, integers: NDArray[np.signedinteger], steps: NDArray[np.float32]) -> str:
        zeros = np.zeros(len(steps), integers.dtype)
        parts = [self._out.constant(part) for part in (integers, steps, zeros)]
        return self._out.node("DequantizeLinear", parts, axis=0)


def _rectified(model: onnx.ModelProto) -> set[str]:
    """Outputs that only a Relu reads: quantising after the Relu lets the kernel do both in one."""
    return {node.input[0] for node in model.graph.node if node.op_type == "Relu"}


def _affine(low: float, high: float) -> tuple[np.float32, np.uint8]:
    """Scale and zero point that hold the range and represent zero exactly (padding is zero)."""
    low, high = min(low, 0.0), max(high, 0.0)
    step = np.float32((high - low) / 255) or np.float32(1)
    return step, np.uint8(np.clip(np.rint(-low / float(step)), 0, 255))


def _shape(value: onnx.ValueInfoProto) -> list[int]:
    return [dimension.dim_value for dimension in value.type.tensor_type.shape.dim]
