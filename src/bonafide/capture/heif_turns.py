"""The crops, turns and mirrorings a HEIF asks for (ISO/IEC 23008-12 sections 6.5.9, 6.5.10 and 6.5.12).

They are done here and not by libheif, which in 1.23 refuses to decode a cropped picture.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_ROTATIONS: Final = {
    1: cv2.ROTATE_90_COUNTERCLOCKWISE,
    2: cv2.ROTATE_180,
    3: cv2.ROTATE_90_CLOCKWISE,
}
_UPSIDE_DOWN, _LEFT_TO_RIGHT = 0, 1


@dataclass(frozen=True, slots=True)
class Crop:
    """What is kept, in pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """Quarter turns counter-clockwise."""

    quarters: int


@dataclass(frozen=True, slots=True)
class Mirroring:
    """OpenCV's name for it: 0 upside down, 1 left to right."""

    axis: int


@dataclass(frozen=True, slots=True)
class Turns:
    """The steps in order, and the size in pixels they lead to."""

    steps: tuple[Crop | Rotation | Mirroring, ...]
    width: int
    height: int

    def apply(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The upright picture, HxWxC; without steps `pixels` itself, after a crop alone a part of it."""
        for step in self.steps:
            match step:
                case Crop(left, top, width, height):
                    pixels = pixels[top : top + height, left : left + width]
                case Rotation(quarters):
                    pixels = np.asarray(cv2.rotate(pixels, _ROTATIONS[quarters]), np.uint8)
                case Mirroring(axis):
                    pixels = np.asarray(cv2.flip(pixels, axis), np.uint8)
        return pixels


def read_turns(properties: Iterable[tuple[bytes, bytes]], width: int, height: int) -> Turns:
    """The turns among an item's properties, for a picture of `width` times `height` pixels.

    Raises `ValueError` when a crop reaches beyond the picture or a property is cut short.
    """
    steps: list[Crop | Rotation | Mirroring] = []
    for kind, content in properties:
        if kind == b"clap":
            crop = _read_crop(content, width, height)
            steps.append(crop)
            width, height = crop.width, crop.height
        elif kind == b"irot" and (quarters := _last_bits(content, 3)):
            steps.append(Rotation(quarters))
            if quarters % 2:
                width, height = height, width
        elif kind == b"imir":
            steps.append(Mirroring(_LEFT_TO_RIGHT if _last_bits(content, 1) else _UPSIDE_DOWN))
    return Turns(tuple(steps), width, height)


def _last_bits(content: bytes, mask: int) -> int:
    if len(content) != 1:
        raise ValueError("a turn is cut short")
    return content[0] & mask


def _read_crop(clap: bytes, width: int, height: int) -> Crop:
    """A clean aperture: size, and offset of its centre, in fractions (ISO/IEC 14496-12 section 12.1.4)."""
    if len(clap) != 32:
        raise ValueError("a crop is cut short")
    values = [int.from_bytes(clap[at : at + 4], signed=True) for at in range(0, 32, 4)]
    if any(denominator <= 0 for denominator in values[1::2]):
        raise ValueError("a crop is not a size")
    kept_width, kept_height = values[0] // values[1], values[2] // values[3]
    left = ((width - kept_width) * values[5] + 2 * values[4]) // (2 * values[5])
    top = ((height - kept_height) * values[7] + 2 * values[6]) // (2 * values[7])
    if kept_width <= 0 or kept_height <= 0 or left < 0 or top < 0:
        raise ValueError("a crop is empty or begins outside the picture")
    if left + kept_width > width or top + kept_height > height:
        raise ValueError("a crop ends outside the picture")
    return Crop(left, top, kept_width, kept_height)
