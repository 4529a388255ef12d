"""MiniFASNet (minivision, "Silent-Face-Anti-Spoofing", 2020, Apache-2.0) as ONNX, from its checkpoints.

What an operator would do once with PyTorch: layer order and shapes follow the published module. Needed by
tests alone; Bonafide ships neither the weights nor this.
"""

from __future__ import annotations

import io
import itertools
import math
import pickle
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bonafide.models.convert.checkpoint import _Storage, _Tensor, _TensorsOnly
from bonafide.models.convert.graph import GraphWriter

SIZE = 80
_EPSILON = 1e-5
_WIDTHS = {"FloatStorage": ("<f4", 4), "LongStorage": ("<i8", 8)}

Floats = NDArray[np.float64]
Tensors = dict[str, NDArray[Any]]


class _Legacy(_TensorsOnly):
    """Also knows counters (int64); `types` takes up what each storage holds."""

    types: dict[str, str]

    def find_class(self, module: str, name: str) -> object:
        if module == "torch" and name in _WIDTHS:
            return name
        return super().find_class(module, name)

    def persistent_load(self, pid: Any) -> _Storage:  # noqa: ANN401 - whatever a pickle holds
        kind, storage_type, key, _device, count, _view = pid
        if kind != "storage" or storage_type not in _WIDTHS:
            raise pickle.UnpicklingError("holds something that is not a storage")
        self.types[str(key)] = storage_type
        return _Storage(str(key), int(count))


def read_checkpoint(content: bytes) -> Tensors:
    """The tensors of a checkpoint in the form of `torch.save` before 1.6: five pickles, then the storages."""
    file = io.BytesIO(content)
    described: dict[str, _Tensor] = {}
    types: dict[str, str] = {}
    keys: list[str] = []
    for index in range(5):
        reader = _Legacy(file)
        reader.types = types
        loaded: Any = reader.load()
        if index == 3:
            described = loaded
        elif index == 4:
            keys = loaded
    storages = {}
    for key in keys:
        (count,) = struct.unpack("<q", file.read(8))
        kind, width = _WIDTHS[types[key]]
        storages[key] = np.frombuffer(file.read(count * width), kind)
    return {
        name.removeprefix("module."): storages[tensor.storage.key][
            tensor.offset : tensor.offset + math.prod(tensor.size)
        ].reshape(tensor.size)
        for name, tensor in described.items()
    }


def build(checkpoint: bytes) -> bytes:
    """`input` (1, 3, 80, 80) BGR 0..255 to `logits` (1, 3), of which index 1 is a living face."""
    return _Network(read_checkpoint(checkpoint)).build()


class _Network:
    def __init__(self, tensors: Tensors) -> None:
        self.tensors = tensors
        self.graph = GraphWriter()

    def build(self) -> bytes:
        x = self.block("input", "conv1", stride=2)
        x = self.block(x, "conv2_dw", depthwise=True)
        x = self.narrowing(x, "conv_23")
        for stage, after in (("conv_3", "conv_34"), ("conv_4", "conv_45"), ("conv_5", "")):
            for index in itertools.takewhile(self.has(f"{stage}.model"), itertools.count()):
                name = f"{stage}.model.{index}"
                y = self.separable(x, name)
                if f"{name}.se_module.fc1.weight" in self.tensors:
                    y = self.squeezed(y, f"{name}.se_module")
                x = self.graph.node("Add", [x, y])
            x = self.narrowing(x, after) if after else x
        x = self.block(x, "conv_6_sep")
        x = self.normalised(x, "conv_6_dw.conv.weight", "conv_6_dw.bn", depthwise=True, pads=[0] * 4)
        x = self.graph.node("Flatten", [x])
        factor, offset = self.normalisation("bn")
        weight = self.tensors["prob.weight"] @ (self.tensors["linear.weight"] * factor[:, None])
        bias = self.tensors["prob.weight"] @ offset
        constants = [self.graph.constant(part.astype(np.float32)) for part in (weight, bias)]
        self.graph.node("Gemm", [x, *constants], "logits", transB=1)
        return self.graph.serialise("minifasnet", {"input": (1, 3, SIZE, SIZE)}, {"logits": (1, 3)})

    def has(self, stage: str) -> Any:  # noqa: ANN401 - a predicate
        return lambda index: f"{stage}.{index}.conv.conv.weight" in self.tensors

    def block(self, x: str, name: str, *, stride: int = 1, depthwise: bool = False) -> str:
        """Convolution, normalisation and PRelu."""
        y = self.normalised(x, f"{name}.conv.weight", f"{name}.bn", stride=stride, depthwise=depthwise)
        slope = self.graph.constant(self.tensors[f"{name}.prelu.weight"][:, None, None])
        return self.graph.node("PRelu", [y, slope])

    def separable(self, x: str, name: str, stride: int = 1) -> str:
        y = self.block(x, f"{name}.conv")
        y = self.block(y, f"{name}.conv_dw", stride=stride, depthwise=True)
        return self.normalised(y, f"{name}.project.conv.weight", f"{name}.project.bn")

    def narrowing(self, x: str, name: str) -> str:
        return self.separable(x, name, stride=2)

    def squeezed(self, x: str, name: str) -> str:
        """What a squeeze-and-excitation module makes of it."""
        y = self.graph.node("GlobalAveragePool", [x])
        y = self.graph.node("Relu", [self.normalised(y, f"{name}.fc1.weight", f"{name}.bn1")])
        y = self.graph.node("Sigmoid", [self.normalised(y, f"{name}.fc2.weight", f"{name}.bn2")])
        return self.graph.node("Mul", [x, y])

    def normalised(
        self,
        x: str,
        weight: str,
        normalisation: str,
        *,
        stride: int = 1,
        depthwise: bool = False,
        pads: list[int] | None = None,
    ) -> str:
        factor, offset = self.normalisation(normalisation)
        kernel = self.tensors[weight] * factor[:, None, None, None]
        return self.graph.conv(x, kernel, offset, stride=stride, depthwise=depthwise, pads=pads)

    def normalisation(self, name: str) -> tuple[Floats, Floats]:
        weight, bias, mean, variance = (
            self.tensors[f"{name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")
        )
        factor = weight / np.sqrt(variance + _EPSILON)
        return factor, bias - mean * factor
