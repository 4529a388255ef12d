"""What data groups 1 and 2 hold: the machine-readable zone and the encoded portrait."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from bonafide.document.chip.tlv import INTEGER, Element, Malformed, parse

_DG1: Final = 0x61
_ZONE: Final = 0x5F1F
_DG2: Final = 0x75
_BIOMETRIC_GROUP: Final = 0x7F61
_BIOMETRIC: Final = 0x7F60
_BIOMETRIC_DATA: Final = (0x5F2E, 0x7F2E)
# ICAO 9303-5, -6 and -4: characters in all, and in a line.
_LINES: Final = {90: 30, 72: 36, 88: 44}
_ALPHABET: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")

# ISO/IEC 19794-5:2005 clause 5: sizes in bytes.
_FACE_RECORD: Final = b"FAC\x00010\x00"
_RECORD_HEADER: Final = 14
_FACE_INFORMATION: Final = 20
_FEATURE_POINT: Final = 8
_IMAGE_INFORMATION: Final = 12
# ISO/IEC 39794-5 annex A, as ICAO's application profile wraps it: biometric data [1], FaceImageDataBlock,
# representationBlocks, the first of them, imageRepresentation, base, imageRepresentation2DBlock,
# representationData2D.
_FACE_BLOCK: Final = (0xA1, 0x65, 0xA1, 0x30, 0xA1, 0xA0, 0xA0, 0x80)


class PortraitFormat(StrEnum):
    """How a portrait is encoded (ICAO 9303-10 section 4.7.2)."""

    JPEG = "jpeg"
    JPEG2000 = "jpeg2000"


def read_zone(data: bytes) -> tuple[str, ...]:
    """The machine-readable zone in DG1 (ICAO 9303-10 section 4.7.1): 3 lines of 30, 2 of 36 or 2 of 44.

    Raises `Malformed`.
    """
    zone = parse(data, _DG1).only(_ZONE).content
    width = _LINES.get(len(zone))
    if width is None or not _ALPHABET.issuperset(zone):
        raise Malformed("the zone has another size or other characters")
    text = zone.decode("ascii")
    return tuple(text[start : start + width] for start in range(0, len(text), width))


def read_portrait(data: bytes) -> bytes:
    """The first encoded picture in DG2 (ICAO 9303-10 section 4.7.2), whatever its format.

    From a face record of ISO/IEC 19794-5:2005 or a face image data block of ISO/IEC 39794-5.

    Raises `Malformed`.
    """
    group = parse(data, _DG2).only(_BIOMETRIC_GROUP)
    if group.first(INTEGER).integer() < 1:
        raise Malformed("there is no portrait")
    for child in group.first(_BIOMETRIC).children():
        if child.tag in _BIOMETRIC_DATA:
            return _read_record(child.content)
    raise Malformed("there is no portrait")


def portrait_format(picture: bytes) -> PortraitFormat | None:
    """What the first bytes say; what the record says beside them is not needed. None for anything else."""
    if picture.startswith(b"\xff\xd8\xff"):
        return PortraitFormat.JPEG
    if picture.startswith((b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")):
        return PortraitFormat.JPEG2000
    return None


def _read_record(record: bytes) -> bytes:
    if record.startswith(_FACE_RECORD):
        return _read_face_record(record)
    # Where the tag says primitive, there are elements inside all the same: framed as constructed here.
    return _descend(Element(0x7F2E, record, record), _FACE_BLOCK)


def _descend(element: Element, path: Iterable[int]) -> bytes:
    for tag in path:
        element = element.first(tag)
    return element.content


def _read_face_record(record: bytes) -> bytes:
    """The first face's picture (ISO/IEC 19794-5:2005 clauses 5.4 to 5.8)."""
    block = record[_RECORD_HEADER:]
    if int.from_bytes(record[8:12]) > len(record) or len(block) < _FACE_INFORMATION:
        raise Malformed("a face record is cut short")
    size = int.from_bytes(block[:4])
    start = _FACE_INFORMATION + int.from_bytes(block[4:6]) * _FEATURE_POINT + _IMAGE_INFORMATION
    if not start < size <= len(block):
        raise Malformed("a face record is cut short")
    return block[start:size]
