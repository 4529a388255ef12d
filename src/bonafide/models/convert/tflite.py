"""A TensorFlow Lite file as a list of operators and tensors, without TensorFlow.

The file is a FlatBuffer (https://flatbuffers.dev/internals): tables whose fields are found through a list of
offsets. Which field stands where is in TensorFlow's `schema.fbs` (version 3), and only what is asked for here
is read. Nothing in it is run.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bonafide.errors import WeightsAltered

# BuiltinOperator of schema.fbs: those that the models we convert are made of.
_KINDS = {
    0: "ADD",
    3: "CONV_2D",
    4: "DEPTHWISE_CONV_2D",
    6: "DEQUANTIZE",
    14: "LOGISTIC",
    17: "MAX_POOL_2D",
    22: "RESHAPE",
    34: "PAD",
    54: "PRELU",
}
# TensorType of schema.fbs.
_TYPES = {0: "<f4", 1: "<f2", 2: "<i4"}
# Where padding, stride along the width and along the height stand in the options of these; all begin alike.
_STRIDED = ("CONV_2D", "DEPTHWISE_CONV_2D", "MAX_POOL_2D")


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator. `inputs` and `outputs` are numbers of tensors; `same` says whether it pads with zeros to
    keep the size (else not at all), `stride` is the same in both directions; both are those of convolutions
    and pooling.
    """

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    same: bool = False
    stride: int = 1


@dataclass(frozen=True, slots=True)
class TfLite:
    """The first graph of a file, operators in the order in which they run, tensors in NHWC.

    `constants` are the tensors that the file holds, by number, float16 as float32; `integers` those of whole
    numbers; `outputs` are the graph's results.
    """

    operators: tuple[Operator, ...]
    constants: dict[int, NDArray[np.float32]]
    integers: dict[int, NDArray[np.int32]]
    outputs: tuple[int, ...]


def read_tflite(content: bytes) -> TfLite:
    """Raises `WeightsAltered` if the file is damaged or holds an operator or a type that is not known
    here.
    """
    try:
        if content[4:8] != b"TFL3":
            raise ValueError("not a TensorFlow Lite file")
        return _read(_Table(content, _u32(content, 0)))
    except (struct.error, ValueError, LookupError) as error:
        raise WeightsAltered(
            "A TensorFlow Lite file is damaged or not of the kind that is known",
            "Run `bonafide models pull` again",
        ) from error


def _read(model: _Table) -> TfLite:
    codes = model.tables(1)
    graph = model.tables(2)[0]
    buffers = model.tables(4)
    constants: dict[int, NDArray[np.float32]] = {}
    integers: dict[int, NDArray[np.int32]] = {}
    for number, tensor in enumerate(graph.tables(0)):
        stored = buffers[tensor.number(2, "<I")].bytes(0)
        if stored:
            values = np.frombuffer(stored, _TYPES[tensor.number(1, "<b")])
            shape = tensor.integers(0)
            if values.dtype.kind == "i":
                integers[number] = values.astype(np.int32).reshape(shape)
            else:
                constants[number] = values.astype(np.float32).reshape(shape)
    operators = tuple(_operator(item, codes) for item in graph.tables(3))
    return TfLite(operators, constants, integers, graph.integers(2))


def _operator(table: _Table, codes: list[_Table]) -> Operator:
    code = codes[table.number(0, "<I")]
    # The number outgrew its byte; writers fill the old field, the new one or both.
    kind = _KINDS[max(code.number(0, "<b"), code.number(3, "<i"))]
    inputs, outputs = table.integers(1), table.integers(2)
    if kind not in _STRIDED:
        return Operator(kind, inputs, outputs)
    options = table.table(4)
    stride = options.number(1, "<i")
    if options.number(2, "<i") != stride or _activation(options, kind):
        raise ValueError("an option that is not known")
    return Operator(kind, inputs, outputs, same=options.number(0, "<b") == 0, stride=stride)


def _activation(options: _Table, kind: str) -> int:
    return options.number({"CONV_2D": 3, "DEPTHWISE_CONV_2D": 4, "MAX_POOL_2D": 5}[kind], "<b")


def _u32(content: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", content, at)[0])


class _Table:
    """A FlatBuffer's table: fields by their number in the schema; one that is left out is nought."""

    def __init__(self, content: bytes, at: int) -> None:
        self._content = content
        self._at = at
        self._fields = at - struct.unpack_from("<i", content, at)[0]

    def _field(self, number: int) -> int | None:
        length = struct.unpack_from("<H", self._content, self._fields)[0]
        if 4 + 2 * number >= length:
            return None
        offset = struct.unpack_from("<H", self._content, self._fields + 4 + 2 * number)[0]
        return self._at + offset if offset else None

    def number(self, number: int, form: str) -> int:
        at = self._field(number)
        return 0 if at is None else int(struct.unpack_from(form, self._content, at)[0])

    def table(self, number: int) -> _Table:
        at = self._field(number)
        if at is None:
            raise ValueError("a table is missing")
        return _Table(self._content, at + _u32(self._content, at))

    def _vector(self, number: int) -> tuple[int, int]:
        at = self._field(number)
        if at is None:
            return 0, 0
        at += _u32(self._content, at)
        return at + 4, _u32(self._content, at)

    def bytes(self, number: int) -> bytes:
        start, count = self._vector(number)
        return self._content[start : start + count]

    def integers(self, number: int) -> tuple[int, ...]:
        start, count = self._vector(number)
        return struct.unpack_from(f"<{count}i", self._content, start)

    def tables(self, number: int) -> list[_Table]:
        start, count = self._vector(number)
        places = range(start, start + 4 * count, 4)
        return [_Table(self._content, at + _u32(self._content, at)) for at in places]
