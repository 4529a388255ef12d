"""Contrast: how much of the scale of greys does the face use?

Raw: levels, 0..255, between the darkest and the brightest twentieth of the face's luma. ISO/IEC 29794-5
(dynamic range) takes the histogram's entropy, which noise raises and which says less to a person.
"""

from __future__ import annotations

from bonafide.face.quality.mapping import mapping
from bonafide.face.quality.measure import Measure
from bonafide.face.quality.region import level_at
from bonafide.face.quality.sample import FaceSample
from bonafide.outcome import Flaw

NAME = "contrast"
_DARKEST, _BRIGHTEST = 0.05, 0.95


def assess(sample: FaceSample) -> Measure:
    """Measure the range of greys on the face."""
    raw = float(level_at(sample.levels, _BRIGHTEST) - level_at(sample.levels, _DARKEST))
    return mapping(NAME).judge(raw, sample.subject, Flaw.LOW_CONTRAST)
