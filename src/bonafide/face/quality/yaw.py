"""Yaw: is the head turned to one side?

Raw: degrees away from frontal, 0..180, without sign (ISO/IEC 29794-5, head pose, yaw); see `pose` for how
rough it is.
"""

from __future__ import annotations

from bonafide.face.quality.mapping import mapping
from bonafide.face.quality.measure import Measure, Unassessed
from bonafide.face.quality.sample import FaceSample
from bonafide.outcome import Flaw

NAME = "yaw"


def assess(sample: FaceSample) -> Measure:
    """Measure how far the head is turned to either side."""
    pose = sample.pose
    if pose is None:
        return Measure.failed(NAME, Unassessed.LANDMARKS)
    return mapping(NAME).judge(abs(pose.yaw), sample.subject, Flaw.TURNED_AWAY)
