"""Roll: is the head tilted towards a shoulder?

Raw: degrees away from frontal, 0..180, without sign (ISO/IEC 29794-5, head pose, roll); see `pose` for how
rough it is.
"""

from __future__ import annotations

from bonafide.face.quality.mapping import mapping
from bonafide.face.quality.measure import Measure, Unassessed
from bonafide.face.quality.sample import FaceSample
from bonafide.outcome import Flaw

NAME = "roll"


def assess(sample: FaceSample) -> Measure:
    """Measure how far the head is tilted to either side."""
    pose = sample.pose
    if pose is None:
        return Measure.failed(NAME, Unassessed.LANDMARKS)
    return mapping(NAME).judge(abs(pose.roll), sample.subject, Flaw.TURNED_AWAY)
