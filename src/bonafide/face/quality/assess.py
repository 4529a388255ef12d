"""All quality measures of one face."""

from __future__ import annotations

from dataclasses import dataclass

from bonafide.face.quality import (
    border,
    contrast,
    eye_distance,
    eyes_visible,
    mouth_visible,
    over_exposure,
    pitch,
    roll,
    sharpness,
    single_face,
    under_exposure,
    yaw,
)
from bonafide.face.quality.measure import Measure
from bonafide.face.quality.sample import FaceSample
from bonafide.outcome import Flaw

# In the order in which a customer should hear of them: first who and where, then how it was taken.
_MEASURES = (
    single_face.assess,
    border.assess,
    eye_distance.assess,
    yaw.assess,
    pitch.assess,
    roll.assess,
    eyes_visible.assess,
    mouth_visible.assess,
    under_exposure.assess,
    over_exposure.assess,
    contrast.assess,
    sharpness.assess,
)


@dataclass(frozen=True, slots=True)
class Quality:
    """What was measured of one face, in a fixed order."""

    measures: tuple[Measure, ...]

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What is wrong with the face, each flaw once, in the order of the measures."""
        return tuple(dict.fromkeys(measure.flaw for measure in self.measures if measure.flaw is not None))

    @property
    def unassessed(self) -> tuple[Measure, ...]:
        """The measures that could not be taken."""
        return tuple(measure for measure in self.measures if not measure.assessed)


def assess_quality(sample: FaceSample) -> Quality:
    """Take every measure of a face. Never raises: what cannot be measured says so."""
    return Quality(tuple(assess(sample) for assess in _MEASURES))
