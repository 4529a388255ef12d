"""Under-exposure: did enough light reach the face?

Raw: the luma, 0..255, that 95 % of the face's pixels do not exceed. ISO/IEC 29794-5 (under-exposure
prevention) counts the share of pixels up to level 25 instead; that share reaches 1 while recognition still
works and cannot tell dim from lost. Looking at the brightest parts of the face also keeps a dark skin from
being taken for a lack of light.
"""

from __future__ import annotations

from bonafide.face.quality.mapping import mapping
from bonafide.face.quality.measure import Measure
from bonafide.face.quality.region import level_at
from bonafide.face.quality.sample import FaceSample
from bonafide.outcome import Flaw

NAME = "under_exposure"
_BRIGHTEST = 0.95


def assess(sample: FaceSample) -> Measure:
    """Measure how bright the bright parts of the face are."""
    raw = float(level_at(sample.levels, _BRIGHTEST))
    return mapping(NAME).judge(raw, sample.subject, Flaw.TOO_DARK)
