"""Tensors out of a PyTorch checkpoint, without PyTorch and without running what a pickle asks for.

A checkpoint (`torch.save`, zip form) is a pickle that describes tensors, beside one raw little-endian file
per storage. A pickle may name any callable; this reader resolves three names to functions of its own and
refuses every other, so the worst a hostile checkpoint can do is to be refused.
"""

from __future__ import annotations

import collections
import io
import math
import pickle
import pickletools
import struct
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bonafide.errors import WeightsAltered

_MAX_STORAGE_BYTES = 1 << 30
# A description of fifty tensors takes 10 kB.
_MAX_PICKLE_BYTES = 1 << 20

# What zipfile, pickle and numpy raise at damaged or hostile files.
_DAMAGE = (
    pickle.UnpicklingError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    StopIteration,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    OSError,
    EOFError,
)


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    count: int


class _FloatStorage:
    """Stands for the class `torch.FloatStorage`, which a checkpoint names but never calls."""


def _rebuild_tensor(
    storage: _Storage, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_rest: object
) -> _Tensor:
    return _Tensor(storage, offset, tuple(size), tuple(stride))


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]


_ALLOWED = {
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch", "FloatStorage"): _FloatStorage,
    ("collections", "OrderedDict"): collections.OrderedDict,
}


class _TensorsOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        try:
            return _ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError("names something that is not a tensor") from None

    def persistent_load(self, pid: Any) -> _Storage:  # noqa: ANN401 - whatever a pickle holds
        kind, storage_type, key, _device, count = pid
        if kind != "storage" or storage_type is not _FloatStorage or not str(key).isdecimal():
            raise pickle.UnpicklingError("holds something that is not a float32 storage")
        if not 0 <= int(count) * 4 <= _MAX_STORAGE_BYTES:
            raise pickle.UnpicklingError("declares a storage beyond reason")
        return _Storage(str(key), int(count))


def read_tensors(checkpoint: bytes) -> dict[str, NDArray[np.float32]]:
    """The float32 tensors of the checkpoint's `state_dict`, by name without a leading `module.`.

    Raises `WeightsAltered` if it holds anything else or is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(checkpoint)) as archive, warnings.catch_warnings():
            # Python 3.12 and later warn of odd escapes in damaged text; it is judged below like any other.
            warnings.simplefilter("ignore", DeprecationWarning)
            pickled = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
            folder = pickled.removesuffix("data.pkl")
            # Only the three names above can be resolved: see the module's first lines.
            content = _TensorsOnly(io.BytesIO(_description(archive, pickled))).load()
            return {
                name.removeprefix("module."): _materialise(tensor, archive, folder)
                for name, tensor in content["state_dict"].items()
            }
    except _DAMAGE as error:
        raise WeightsAltered(
            "A model checkpoint is damaged or holds more than tensors", "Run `bonafide models pull` again"
        ) from error


def _description(archive: zipfile.ZipFile, name: str) -> bytes:
    """The pickle, once it is known that reading it takes no more memory than it should."""
    if archive.getinfo(name).file_size > _MAX_PICKLE_BYTES:
        raise ValueError("a description beyond reason")
    pickled = archive.read(name)
    for opcode, argument, _ in pickletools.genops(pickled):
        # Unpickling makes room for as many memo entries as such a number says.
        if opcode.name in ("PUT", "BINPUT", "LONG_BINPUT") and int(argument or 0) > len(pickled):
            raise ValueError("a memo beyond reason")
    return pickled


def _materialise(tensor: _Tensor, archive: zipfile.ZipFile, folder: str) -> NDArray[np.float32]:
    contiguous = tuple(math.prod(tensor.size[axis + 1 :]) for axis in range(len(tensor.size)))
    if tensor.stride != contiguous:
        raise ValueError("a tensor is not contiguous")
    stored = archive.getinfo(f"{folder}data/{tensor.storage.key}")
    if stored.file_size != tensor.storage.count * 4:
        raise ValueError("a storage does not have the size that it should")
    end = tensor.offset + math.prod(tensor.size)
    if not 0 <= tensor.offset <= end <= tensor.storage.count:
        raise ValueError("a tensor reaches beyond its storage")
    values = np.frombuffer(archive.read(stored), dtype="<f4")
    return values[tensor.offset : end].reshape(tensor.size).astype(np.float32)
