"""Sharpness: is fine structure left in the face, in every direction?

Raw: mean absolute second difference of the luma over the face, relative to its contrast, in each of four
directions, divided by the median of ordinary photos in that direction; then the smallest of the four, because
motion blurs one direction only. 1 is an ordinary photo, 0 no structure.

Taken at half the crop's size, so where the eyes are 17.6 pixels apart: there it follows what blur does to
recognition and is nearly blind to the size of the original, to noise and to JPEG blocks. (ISO/IEC 29794-5's
sharpness is a random forest on Laplacian, Sobel and mean-shift differences; this is its plain relative.)
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.face.quality.mapping import mapping
from bonafide.face.quality.measure import Measure, Unassessed
from bonafide.face.quality.region import face_mask, luma
from bonafide.face.quality.sample import FaceSample
from bonafide.outcome import Flaw

NAME = "sharpness"
_SIZE = 56
# Median over 2,670 photos of LFW of each direction's difference over the contrast: across, down, two
# diagonals.
_ORDINARY = (0.277, 0.393, 0.540, 0.544)
# Standard deviation of the luma, in levels, below which rounding to 8 bits makes up the differences.
_LEAST_CONTRAST = 2.0


def assess(sample: FaceSample) -> Measure:
    """Measure sharpness in its worst direction."""
    small = cv2.resize(luma(sample.crop), (_SIZE, _SIZE), interpolation=cv2.INTER_AREA)
    levels = small.astype(np.float32)
    mask = face_mask(_SIZE)
    contrast = float(cv2.meanStdDev(levels, mask=mask)[1][0, 0])
    if contrast < _LEAST_CONTRAST:
        return Measure.failed(NAME, Unassessed.TOO_FLAT)
    inner = mask[1:-1, 1:-1]
    raw = min(
        float(cv2.mean(difference, mask=inner)[0]) / (contrast * ordinary)
        for difference, ordinary in zip(_second_differences(levels), _ORDINARY, strict=True)
    )
    return mapping(NAME).judge(raw, sample.subject, Flaw.BLURRED)


def _second_differences(levels: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
    """|a - 2b + c| of each pixel and its neighbours across, down and along both diagonals, without the
    margin.
    """
    twice = 2 * levels[1:-1, 1:-1]
    pairs = (
        (levels[1:-1, :-2], levels[1:-1, 2:]),
        (levels[:-2, 1:-1], levels[2:, 1:-1]),
        (levels[:-2, 2:], levels[2:, :-2]),
        (levels[:-2, :-2], levels[2:, 2:]),
    )
    return tuple(np.abs(one + other - twice) for one, other in pairs)
