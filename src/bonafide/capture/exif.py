"""The one thing read from EXIF: which way up the picture is (CIPA DC-008 section 4.6.5, tag 0x0112)."""

from __future__ import annotations

from typing import Final, Literal

_ORIENTATION: Final = 0x0112
_SHORT: Final = 3
# Cameras write a dozen fields into the first directory; a list without end is not worth following.
_MOST_FIELDS: Final = 512


def read_orientation(tiff: bytes) -> int:
    """The orientation, 1..8, in a TIFF structure; 1 where it has none or none that makes sense.

    EXIF is too often mangled by editors and messengers for that to make a picture unreadable.
    """
    order: Literal["little", "big"]
    if tiff[:4] == b"II*\0":
        order = "little"
    elif tiff[:4] == b"MM\0*":
        order = "big"
    else:
        return 1
    directory = int.from_bytes(tiff[4:8], order)
    fields = min(int.from_bytes(tiff[directory : directory + 2], order), _MOST_FIELDS)
    for index in range(fields):
        field = tiff[directory + 2 + 12 * index : directory + 14 + 12 * index]
        if int.from_bytes(field[:2], order) == _ORIENTATION and len(field) == 12:
            kind, value = int.from_bytes(field[2:4], order), int.from_bytes(field[8:10], order)
            return value if kind == _SHORT and 1 <= value <= 8 else 1
    return 1
