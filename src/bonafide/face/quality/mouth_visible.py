"""Mouth visible: a hint that a mask, a scarf or a hand covers the mouth.

Raw: edges in the mouth's window relative to the whole face; about 1.4 for a bare mouth, 0.1 for a mask
(ISO/IEC 29794-5, mouth occlusion prevention, in intent: its own measure needs a segmentation network).
"""

from __future__ import annotations

from bonafide.face.quality.mapping import mapping
from bonafide.face.quality.measure import Measure, Unassessed
from bonafide.face.quality.sample import FaceSample
from bonafide.face.quality.structure import Window, relative_structure
from bonafide.outcome import Flaw

NAME = "mouth_visible"
# Around the middle of the template's mouth corners, (56.1, 92.3).
_MOUTH = Window(top=84, bottom=100, left=42, right=70)


def assess(sample: FaceSample) -> Measure:
    """Measure the structure in the window of the mouth."""
    raw = relative_structure(sample.gradient, _MOUTH)
    if raw is None:
        return Measure.failed(NAME, Unassessed.TOO_FLAT)
    return mapping(NAME).judge(raw, sample.subject, Flaw.COVERED)
