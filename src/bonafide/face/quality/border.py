"""Border: is the whole face inside the picture?

Raw: share, 0..1, of the face's oval, forehead to chin and cheek to cheek, that lies inside the picture. The
oval follows from the landmarks and not from the detector's box, which shrinks to what is left of a face.
(ISO/IEC 29794-5, crop of the face image, asks for margins around the head, which a passport needs and a
comparison does not.)
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from bonafide.face.align import similarity_to_template
from bonafide.face.quality.mapping import mapping
from bonafide.face.quality.measure import Measure, Unassessed
from bonafide.face.quality.sample import FaceSample
from bonafide.outcome import Flaw

NAME = "border"
# In the crop's pixels, hairline to chin and ear to ear on a frontal face.
_CENTRE = (56.0, 68.0)
_HALF_AXES = (42.0, 54.0)
_STEP = 6


def assess(sample: FaceSample) -> Measure:
    """Measure how much of the face lies inside the picture."""
    landmarks = sample.face.landmarks
    if not np.isfinite(landmarks).all():
        return Measure.failed(NAME, Unassessed.LANDMARKS)
    to_crop = similarity_to_template(landmarks)
    turn, shift = complex(to_crop[0, 0], to_crop[1, 0]), complex(to_crop[0, 2], to_crop[1, 2])
    if turn == 0:
        return Measure.failed(NAME, Unassessed.LANDMARKS)
    # A similarity is one complex factor and a shift, so its inverse is a division.
    points = (_oval() - shift) / turn
    inside = (
        (points.real >= 0)
        & (points.real <= sample.picture_width)
        & (points.imag >= 0)
        & (points.imag <= sample.picture_height)
    )
    return mapping(NAME).judge(float(inside.mean()), sample.subject, Flaw.CUT_OFF)


@cache
def _oval() -> NDArray[np.complex128]:
    """A grid of points in the face's oval, x + iy in the crop's pixels: complex (n,), read-only."""
    x = np.arange(-_HALF_AXES[0], _HALF_AXES[0] + 1, _STEP)
    y = np.arange(-_HALF_AXES[1], _HALF_AXES[1] + 1, _STEP)
    grid_x, grid_y = np.meshgrid(x, y)
    within = (grid_x / _HALF_AXES[0]) ** 2 + (grid_y / _HALF_AXES[1]) ** 2 <= 1
    points = np.asarray((grid_x + _CENTRE[0] + 1j * (grid_y + _CENTRE[1]))[within], np.complex128)
    points.flags.writeable = False
    return points
