from __future__ import annotations

import struct

import pytest

from bonafide.capture.exif import read_orientation


def _tiff(order: str, value: int, kind: int = 3, before: int = 0) -> bytes:
    start = b"II*\0" if order == "<" else b"MM\0*"
    fields = [struct.pack(f"{order}HHII", 0x010F, 2, 1, 0)] * before
    fields.append(struct.pack(f"{order}HHIHH", 0x0112, kind, 1, value, 0))
    return start + struct.pack(f"{order}IH", 8, len(fields)) + b"".join(fields) + bytes(4)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_both_byte_orders(order: str, orientation: int) -> None:
    assert read_orientation(_tiff(order, orientation, before=3)) == orientation


@pytest.mark.parametrize(
    "tiff",
    [
        b"",
        b"II",
        b"II*\0\xff\xff\xff\xff",
        b"MM\0*\0\0\0\x08\xff\xff",
        _tiff("<", 0),
        _tiff("<", 9),
        _tiff(">", 6, kind=2),
        _tiff(">", 6, before=600),
        _tiff("<", 6)[:-8],
    ],
)
def test_nonsense_leaves_the_picture_as_it_is(tiff: bytes) -> None:
    assert read_orientation(tiff) == 1
