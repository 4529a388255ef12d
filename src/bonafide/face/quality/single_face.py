"""Single face: is it clear whose face is meant?

Raw: size of the largest other face over that of this face, 0 if there is none and at most 1; size is the
square root of the box's area (ISO/IEC 29794-5, single face present: its face unicity, and its mapping).
"""

from __future__ import annotations

import math

from bonafide.face.face import Face
from bonafide.face.quality.mapping import mapping
from bonafide.face.quality.measure import Measure, Unassessed
from bonafide.face.quality.sample import FaceSample
from bonafide.outcome import Flaw

NAME = "single_face"


def assess(sample: FaceSample) -> Measure:
    """Measure how large the largest other face is."""
    size = _size(sample.face)
    if not (math.isfinite(size) and size > 0):
        return Measure.failed(NAME, Unassessed.LANDMARKS)
    largest = max(
        (_size(other) for other in sample.faces if not _same_place(other, sample.face)), default=0.0
    )
    # A size that is not finite cannot be ruled out as another face.
    raw = min(largest / size, 1.0) if math.isfinite(largest) else 1.0
    return mapping(NAME).judge(raw, sample.subject, Flaw.SEVERAL_FACES)


def _size(face: Face) -> float:
    _, _, width, height = face.box
    return math.sqrt(width * height) if width > 0 and height > 0 else 0.0


def _same_place(one: Face, other: Face) -> bool:
    """Whether two detections are of one face: a closer look moves a face's landmarks a little."""
    if one is other:
        return True
    (x, y, width, height), (u, v, w, h) = one.box, other.box
    return abs(x + width / 2 - u - w / 2) < w / 4 and abs(y + height / 2 - v - h / 2) < h / 4
