"""Inter-eye distance: does the picture hold enough of the face to tell it from others?

Raw: distance of the eye centres in pixels of the whole picture (ISO/IEC 29794-5, inter-eye distance; without
its division by the cosine of the yaw, which five landmarks tell too roughly).
"""

from __future__ import annotations

import math

from bonafide.face.quality.mapping import mapping
from bonafide.face.quality.measure import Measure, Unassessed
from bonafide.face.quality.sample import FaceSample
from bonafide.outcome import Flaw

NAME = "eye_distance"


def assess(sample: FaceSample) -> Measure:
    """Measure the distance between the eyes."""
    left, right = sample.face.landmarks[:2].tolist()
    distance = math.dist(left, right)
    if not math.isfinite(distance):
        # Fail closed: a face whose size is unknown is not large enough.
        return Measure.failed(NAME, Unassessed.LANDMARKS, Flaw.TOO_SMALL)
    return mapping(NAME).judge(distance, sample.subject, Flaw.TOO_SMALL)
