"""How much nearer somebody came: guidance to do it, and no evidence.

A head that comes nearer changes its perspective, but too little to part it from a print (at a promised attack
acceptance of 1 % more than 60 % of living persons were refused, in simulation): so it is never weighed.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from bonafide.liveness.observation import FrameMeasure

# A phone at 40 cm is moved to 32: plainly on purpose, and the face still fits into the picture.
CLOSER: Final = 1.25


def growth(before: FrameMeasure, after: FrameMeasure) -> float | None:
    """How many times as large a face is as before, relative to the picture's width; None without a face in
    both.

    By the eye distance and by the distance from the eyes to the mouth, the larger of the two: neither turning
    nor nodding then looks like going away.
    """
    sizes = [_size(frame) for frame in (before, after)]
    if sizes[0] is None or sizes[1] is None:
        return None
    across, along = sizes[1][0] / sizes[0][0], sizes[1][1] / sizes[0][1]
    return max(across, along)


def came_closer(before: FrameMeasure, after: FrameMeasure) -> bool:
    """Whether the face grew enough for the step that asks to come closer."""
    grown = growth(before, after)
    return grown is not None and grown >= CLOSER


def _size(frame: FrameMeasure) -> tuple[float, float] | None:
    if frame.face is None or frame.width <= 0:
        return None
    points = np.asarray(frame.face.landmarks, np.float64)
    if points.shape != (5, 2) or not np.isfinite(points).all():
        return None
    across = math.dist(points[0], points[1]) / frame.width
    along = math.dist((points[0] + points[1]) / 2, (points[3] + points[4]) / 2) / frame.width
    return (across, along) if min(across, along) > 0 else None
