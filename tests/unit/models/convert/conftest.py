"""Checkpoints and graphs made for these tests; no weights of anybody's."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Callable, Mapping
from itertools import accumulate
from operator import mul

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def _said(value: object) -> bytes:
    """The opcodes that put a plain value on the stack, without a pickle's head and end."""
    return pickle.dumps(value, protocol=2)[2:-1]


def _named(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def _described(key: str, tensor: Floats, changes: Mapping[str, object]) -> bytes:
    """One tensor as `torch.save` describes it: a call of the function that rebuilds it."""
    strides = tuple(accumulate(tensor.shape[:0:-1], mul, initial=1))[::-1] if tensor.ndim else ()
    told = {"key": key, "count": tensor.size, "offset": 0, "size": tensor.shape, "stride": strides, **changes}
    storage = b"(" + _said("storage") + _named("torch", str(told.get("kind", "FloatStorage")))
    storage += _said(told["key"]) + _said("cpu") + _said(told["count"]) + b"tQ"
    hooks = _named("collections", "OrderedDict") + b")R"
    place = b"".join(_said(told[part]) for part in ("offset", "size", "stride"))
    return _named("torch._utils", "_rebuild_tensor_v2") + b"(" + storage + place + b"\x89" + hooks + b"tR"


@pytest.fixture(scope="session")
def zipped() -> Callable[..., bytes]:
    """A checkpoint's archive from its pickle and its storages."""

    def write(pickled: bytes, storages: Mapping[str, bytes] | None = None) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("archive/data.pkl", pickled)
            for key, content in (storages or {}).items():
                archive.writestr(f"archive/data/{key}", content)
        return file.getvalue()

    return write


@pytest.fixture(scope="session")
def pickled() -> Callable[..., bytes]:
    """A checkpoint's pickle; keywords change what it says of every tensor: `key`, `kind`, `count`, `offset`,
    `size`, `stride`.
    """

    def write(tensors: Mapping[str, Floats], **changes: object) -> bytes:
        state = b"".join(
            _said(name) + _described(str(key), tensor, changes) + b"s"
            for key, (name, tensor) in enumerate(tensors.items())
        )
        return b"\x80\x02}" + _said("state_dict") + b"}" + state + b"s."

    return write


@pytest.fixture(scope="session")
def checkpoint(pickled: Callable[..., bytes], zipped: Callable[..., bytes]) -> Callable[..., bytes]:
    """A whole checkpoint, as `torch.save` writes it; keywords as in `pickled`."""

    def write(tensors: Mapping[str, Floats], **changes: object) -> bytes:
        storages = {str(key): tensor.tobytes() for key, tensor in enumerate(tensors.values())}
        return zipped(pickled(tensors, **changes), storages)

    return write


@pytest.fixture(scope="session")
def run() -> Callable[[bytes, Floats], Floats]:
    """The first output of a model for an input."""

    def first_output(model: bytes, given: Floats) -> Floats:
        # As the graph says: fused integer kernels saturate on x86 without VNNI.
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        return np.asarray(session.run(None, {session.get_inputs()[0].name: given})[0], np.float32)

    return first_output


@pytest.fixture(scope="session")
def operators() -> Callable[[bytes], set[str]]:
    """The kinds of operators in a model."""
    return lambda model: {node.op_type for node in onnx.load_model_from_string(model).graph.node}
