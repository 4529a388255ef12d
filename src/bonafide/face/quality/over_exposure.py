"""Over-exposure: is part of the face burnt out?

Raw: share, 0..1, of the face's pixels with luma 247 or more (the range of ISO/IEC 29794-5, over-exposure
prevention).
"""

from __future__ import annotations

from bonafide.face.quality.mapping import mapping
from bonafide.face.quality.measure import Measure
from bonafide.face.quality.sample import FaceSample
from bonafide.outcome import Flaw

NAME = "over_exposure"
_BURNT_OUT = 247


def assess(sample: FaceSample) -> Measure:
    """Measure how much of the face is burnt out."""
    raw = 1.0 - float(sample.levels[_BURNT_OUT - 1])
    return mapping(NAME).judge(raw, sample.subject, Flaw.TOO_BRIGHT)
