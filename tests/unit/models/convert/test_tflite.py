"""The reader of TensorFlow Lite files, on files that these tests put together."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import pytest

from bonafide.errors import WeightsAltered
from bonafide.models.convert.tflite import Operator, read_tflite


class Flat:
    """Writes a FlatBuffer backwards of how its library does: children behind their parents."""

    def __init__(self) -> None:
        self.content = bytearray(struct.pack("<I4s", 0, b"TFL3"))

    def table(self, fields: dict[int, tuple[str, float] | int]) -> int:
        """A table of scalars (form, value) and of references (to be set by `refer`); gives its place."""
        count = max(fields, default=-1) + 1
        offsets, size = [0] * count, 4
        for number, field in fields.items():
            offsets[number] = size
            size += struct.calcsize("<I" if isinstance(field, int) else field[0])
        vtable = len(self.content)
        self.content += struct.pack(f"<HH{count}H", 4 + 2 * count, size, *offsets)
        place = len(self.content)
        self.content += struct.pack("<i", place - vtable)
        for field in fields.values():
            self.content += b"\0" * 4 if isinstance(field, int) else struct.pack(*field)
        return place

    def refer(self, table: int, number: int, target: int | None = None) -> None:
        """Let a table's field point to a place, the end if not named."""
        vtable = table - struct.unpack_from("<i", self.content, table)[0]
        at = table + struct.unpack_from("<H", self.content, vtable + 4 + 2 * number)[0]
        self.point(at, len(self.content) if target is None else target)

    def point(self, at: int, target: int) -> None:
        struct.pack_into("<I", self.content, at, target - at)

    def vector(self, form: str, values: Sequence[float]) -> int:
        place = len(self.content)
        self.content += struct.pack(f"<I{len(values)}{form}", len(values), *values)
        return place

    def tables(self, count: int) -> list[int]:
        """A vector of references; gives their places, the vector's own begins four bytes before."""
        place = self.vector("I", [0] * count)
        return [place + 4 + 4 * index for index in range(count)]


REFERENCE = 0


def convolution(
    *, code: int = 3, options: tuple[int, int, int, int] = (0, 2, 2, 0), weights: str = "e"
) -> bytes:
    """A file of one operator on a tensor with weights of half precision and a bias of whole numbers."""
    file = Flat()
    model = file.table({1: REFERENCE, 2: REFERENCE, 4: REFERENCE})
    file.point(0, model)

    file.refer(model, 1)
    (place,) = file.tables(1)
    file.point(place, file.table({3: ("<i", code)}))

    file.refer(model, 4)
    buffers: list[tuple[str, list[float]]] = [("e", []), (weights, [0.5, -1.5]), ("i", [7])]
    for place, (form, values) in zip(file.tables(3), buffers, strict=True):
        buffer = file.table({0: REFERENCE})
        file.point(place, buffer)
        content = struct.pack(f"<{len(values)}{form}", *(int(v) if form == "i" else v for v in values))
        file.refer(buffer, 0, file.vector("B", [*content]))

    file.refer(model, 2)
    (place,) = file.tables(1)
    graph = file.table({0: REFERENCE, 1: REFERENCE, 2: REFERENCE, 3: REFERENCE})
    file.point(place, graph)
    file.refer(graph, 1, file.vector("i", [0]))
    file.refer(graph, 2, file.vector("i", [3]))
    file.refer(graph, 0)
    tensors = ((0, 0, [1, 4]), (1, 1, [1, 2]), (2, 2, [1]), (0, 0, [1, 2]))
    for place, (buffer, kind, shape) in zip(file.tables(4), tensors, strict=True):
        tensor = file.table({0: REFERENCE, 1: ("<b", kind), 2: ("<I", buffer)})
        file.point(place, tensor)
        file.refer(tensor, 0, file.vector("i", shape))
    file.refer(graph, 3)
    (place,) = file.tables(1)
    operator = file.table({1: REFERENCE, 2: REFERENCE, 4: REFERENCE})
    file.point(place, operator)
    file.refer(operator, 1, file.vector("i", [0, 1, 2]))
    file.refer(operator, 2, file.vector("i", [3]))
    padding, across, down, activation = options
    file.refer(
        operator,
        4,
        file.table({0: ("<b", padding), 1: ("<i", across), 2: ("<i", down), 3: ("<b", activation)}),
    )
    return bytes(file.content)


def test_operators_and_weights_are_read() -> None:
    network = read_tflite(convolution())
    assert network.operators == (Operator("CONV_2D", (0, 1, 2), (3,), same=True, stride=2),)
    assert network.outputs == (3,)
    assert list(network.constants) == [1]
    np.testing.assert_array_equal(network.constants[1], np.array([[0.5, -1.5]], np.float32))
    assert network.constants[1].dtype == np.float32
    np.testing.assert_array_equal(network.integers[2], [7])


def test_padding_is_told() -> None:
    assert not read_tflite(convolution(options=(1, 1, 1, 0))).operators[0].same


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"TFL3",
        convolution()[:8],
        convolution()[:-40],
        convolution().replace(b"TFL3", b"TFL2"),
        convolution(code=127),
        convolution(options=(0, 2, 1, 0)),
        convolution(options=(0, 2, 2, 1)),
        convolution(weights="f"),
    ],
    ids=["empty", "short", "head", "cut", "version", "operator", "stride", "activation", "size"],
)
def test_what_is_damaged_or_unknown_is_refused(damaged: bytes) -> None:
    with pytest.raises(WeightsAltered):
        read_tflite(damaged)


def test_no_byte_that_is_changed_does_worse_than_be_refused() -> None:
    whole = convolution()
    for at in range(len(whole)):
        changed = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        try:
            read_tflite(changed)
        except WeightsAltered:
            continue
