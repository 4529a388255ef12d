"""What is done to decoded pixels, whatever the format."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

# Rows at a time, so that working in 16 bits costs little memory.
_STRIP = 256


def turn_upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Undo what EXIF `orientation` (1..8, CIPA DC-008 section 4.6.5) says was done to uint8 HxWxC `pixels`.

    OpenCV's rotations take a twelfth of the time of numpy's.
    """
    match orientation:
        case 2:
            turned = cv2.flip(pixels, 1)
        case 3:
            turned = cv2.rotate(pixels, cv2.ROTATE_180)
        case 4:
            turned = cv2.flip(pixels, 0)
        case 5:
            turned = cv2.transpose(pixels)
        case 6:
            turned = cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE)
        case 7:
            turned = cv2.flip(cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE), 0)
        case 8:
            turned = cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE)
        case _:
            return pixels
    return np.asarray(turned, np.uint8)


def reduce(pixels: NDArray[np.uint8], reduction: int) -> NDArray[np.uint8]:
    """Uint8 HxWx3 `pixels` at 1 / `reduction` by area averaging, sides rounded up as in JPEG's decoding."""
    if reduction == 1:
        return pixels
    height, width = pixels.shape[:2]
    size = (-(-width // reduction), -(-height // reduction))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def over_white(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Uint8 RGBA HxWx4 laid on white, as RGB HxWx3.

    White is what viewers and paper show behind a picture. What transparency hides must not be compared: a
    person who checks the decision would not see it.
    """
    height, width = pixels.shape[:2]
    laid = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, _STRIP):
        strip = pixels[top : top + _STRIP]
        alpha = strip[..., 3:].astype(np.uint16)
        laid[top : top + _STRIP] = (strip[..., :3] * alpha + (255 - alpha) * np.uint16(255) + 127) // 255
    return laid
