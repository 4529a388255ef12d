"""What an HEVC still picture will cost to decode, read from its parameter sets (ITU-T H.265).

Whatever is not as H.265 says is a `ValueError`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

# Table 7-1: types of NAL units. A still picture is an instantaneous decoding refresh: it needs no other.
_IDR: Final = (19, 20)
_SEQUENCE_PARAMETERS: Final = 33
_PARAMETER_SETS: Final = (32, 33, 34)
# The fields up to the bit depth fit into a third of this, whatever their values.
_MOST_SPS_BYTES: Final = 512
_YUV420: Final = 1
_YUV444: Final = 3


@dataclass(frozen=True, slots=True)
class CodedPicture:
    """Size in pixels as coded, padding included; `chroma` is chroma_format_idc; depths in bits a sample."""

    width: int
    height: int
    chroma: int
    luma_depth: int
    chroma_depth: int

    @property
    def is_costly(self) -> bool:
        """More than 8 bits a sample without 4:2:0 colour, which no phone does."""
        return max(self.luma_depth, self.chroma_depth) > 8 and self.chroma > _YUV420


@dataclass(frozen=True, slots=True)
class DecoderConfiguration:
    """What an `hvcC` property says of the units that follow (ISO/IEC 14496-15 section 8.3.3.1)."""

    length_size: int
    picture: CodedPicture


def read_configuration(hvcc: bytes) -> DecoderConfiguration:
    """What an `hvcC` property describes: one kind of picture, by one parameter set of each type.

    Several sets, or a header that says otherwise than they do, have made decoders write past their memory
    (CVE-2026-33165; pi-heif 1.4 with a false bit depth).

    Raises `ValueError` otherwise.
    """
    if len(hvcc) < 23:
        raise ValueError("the configuration is cut short")
    sets = list(_parameter_sets(hvcc))
    if sorted(map(_unit_type, sets)) != list(_PARAMETER_SETS):
        raise ValueError("the parameters are not those of one picture")
    (parameters,) = (unit for unit in sets if _unit_type(unit) == _SEQUENCE_PARAMETERS)
    picture = _read_sequence_parameters(parameters[2 : 2 + _MOST_SPS_BYTES])
    stated = hvcc[16] & 3, 8 + (hvcc[17] & 7), 8 + (hvcc[18] & 7)
    if stated != (picture.chroma, picture.luma_depth, picture.chroma_depth):
        raise ValueError("the configuration contradicts itself")
    return DecoderConfiguration(1 + (hvcc[21] & 3), picture)


def _parameter_sets(hvcc: bytes) -> Iterator[bytes]:
    position = 23
    for _ in range(hvcc[22]):
        kind, count = hvcc[position : position + 1], int.from_bytes(hvcc[position + 1 : position + 3])
        position += 3
        for _ in range(count):
            size = int.from_bytes(hvcc[position : position + 2])
            unit = hvcc[position + 2 : position + 2 + size]
            position += 2 + size
            if position > len(hvcc) or size < 2:
                raise ValueError("the configuration is cut short")
            # Messages to the player may come along; they are harmless and say nothing of the picture.
            if kind[0] & 63 in _PARAMETER_SETS or _unit_type(unit) in _PARAMETER_SETS:
                yield unit


def first_picture(data: bytes, length_size: int) -> bytes:
    """The slices of the first picture in an item's NAL units, and nothing else.

    Parameter sets among them could make the picture any size, and every further picture costs as much memory
    again.

    Raises `ValueError` when there is none, or its units are cut short.
    """
    kept: list[bytes] = []
    for unit in _units(data, length_size):
        if _unit_type(unit) in _IDR:
            # Section 7.3.6.1: the first bit after the unit's header is first_slice_segment_in_pic_flag.
            starts_picture = bool(unit[2] & 0x80) if len(unit) > 2 else False
            if starts_picture and kept:
                break
            kept.append(len(unit).to_bytes(length_size) + unit)
    if not kept:
        raise ValueError("there is no picture")
    return b"".join(kept)


def _units(data: bytes, length_size: int) -> Iterator[bytes]:
    position = 0
    while position < len(data):
        start = position + length_size
        position = start + int.from_bytes(data[position:start])
        if position > len(data) or position < start + 2:
            raise ValueError("a unit is cut short")
        yield data[start:position]


def _unit_type(unit: bytes) -> int:
    return unit[0] >> 1 & 63


class _Bits:
    """Bits and Exp-Golomb numbers (section 9.2), emulation prevention undone (section 7.3.1.1)."""

    def __init__(self, data: bytes) -> None:
        data = data.replace(b"\0\0\3", b"\0\0")
        self._bits = int.from_bytes(data)
        self._left = 8 * len(data)

    def read(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise ValueError("the parameters are cut short")
        return self._bits >> self._left & (1 << count) - 1

    def golomb(self) -> int:
        zeros = 0
        while not self.read(1):
            zeros += 1
        return (1 << zeros) - 1 + self.read(zeros)


def _read_sequence_parameters(unit: bytes) -> CodedPicture:
    """The beginning of a sequence parameter set (section 7.3.2.2.1)."""
    bits = _Bits(unit)
    bits.read(4)
    sub_layers = bits.read(3)
    bits.read(1)
    _skip_profile(bits, sub_layers)
    bits.golomb()
    chroma = bits.golomb()
    if chroma == _YUV444:
        bits.read(1)
    width, height = bits.golomb(), bits.golomb()
    if bits.read(1):
        for _ in range(4):
            bits.golomb()
    return CodedPicture(width, height, chroma, luma_depth=8 + bits.golomb(), chroma_depth=8 + bits.golomb())


def _skip_profile(bits: _Bits, sub_layers: int) -> None:
    """Pass over profile_tier_level (section 7.3.3)."""
    bits.read(96)
    present = [(bits.read(1), bits.read(1)) for _ in range(sub_layers)]
    if sub_layers:
        bits.read(2 * (8 - sub_layers))
    for profile, level in present:
        bits.read(88 * profile + 8 * level)
