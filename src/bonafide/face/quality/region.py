"""The part of the aligned crop that is face, and its luminance."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.face.align import CROP_SIZE

# In the crop's pixels: brows to chin and between the cheeks, clear of hair, collar and background on a
# frontal face. It follows from the template, whose eyes lie at y = 51.6 and mouth corners at y = 92.3.
_CENTRE = (56.0, 70.0)
_HALF_AXES = (32.0, 42.0)


@cache
def face_mask(size: int = CROP_SIZE) -> NDArray[np.uint8]:
    """The oval of the face, uint8 (size, size), 255 inside and 0 outside, in a crop scaled to `size`;
    read-only.
    """
    centres = (np.arange(size) + 0.5) * CROP_SIZE / size - 0.5
    x, y = (centres - _CENTRE[0]) / _HALF_AXES[0], (centres - _CENTRE[1]) / _HALF_AXES[1]
    mask = np.where(x[None, :] ** 2 + y[:, None] ** 2 <= 1, 255, 0).astype(np.uint8)
    mask.flags.writeable = False
    return mask


def luma(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """ITU-R BT.601 luma, uint8 (height, width), of a uint8 RGB crop."""
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), np.uint8)


def face_levels(crop: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The share, 0..1, of the face's pixels with luma at or below each level 0..255: float64 (256,)."""
    counts = cv2.calcHist([luma(crop)], [0], face_mask(), [256], [0, 256]).ravel()
    return np.cumsum(counts, dtype=np.float64) / float(counts.sum())


def level_at(levels: NDArray[np.float64], share: float) -> int:
    """The lowest luma, 0..255, that at least this share of the face's pixels does not exceed."""
    return int(np.searchsorted(levels, share))
