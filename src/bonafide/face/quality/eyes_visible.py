"""Eyes visible: a hint that dark glasses, hair, a patch or a hand covers an eye.

Raw: edges in the poorer of the two eye windows relative to the whole face; about 1.3 for open eyes, 0.1 for
dark glasses (ISO/IEC 29794-5, eyes visible, in intent: its own measure needs a segmentation network).
"""

from __future__ import annotations

from bonafide.face.quality.mapping import mapping
from bonafide.face.quality.measure import Measure, Unassessed
from bonafide.face.quality.sample import FaceSample
from bonafide.face.quality.structure import Window, relative_structure
from bonafide.outcome import Flaw

NAME = "eyes_visible"
# Around the template's eyes, (38.3, 51.7) and (73.5, 51.5).
_LEFT = Window(top=45, bottom=59, left=27, right=49)
_RIGHT = Window(top=45, bottom=59, left=63, right=85)


def assess(sample: FaceSample) -> Measure:
    """Measure the structure in the windows of both eyes."""
    raw = relative_structure(sample.gradient, _LEFT, _RIGHT)
    if raw is None:
        return Measure.failed(NAME, Unassessed.TOO_FLAT)
    return mapping(NAME).judge(raw, sample.subject, Flaw.COVERED)
