"""What the calibration in force promises at the policy's operating point."""

from __future__ import annotations

from dataclasses import dataclass

from bonafide.compare import Rate
from bonafide.decide import SIM_SIGNUP
from bonafide.errors import ContractMismatch, NotCalibrated, UnreadableData
from bonafide.models import ModelStore
from bonafide.service.calibrations import calibration_for
from bonafide.settings import Settings


@dataclass(frozen=True, slots=True)
class Promised:
    """`false_match_rate` is promised in the worst group measured. Nobody promises a false non-match rate; it
    is what was measured at the same threshold in the group where it is highest, named by `group`.
    """

    model: str
    calibration: str
    measured_on: str
    false_match_rate: float
    group: str
    false_non_match: Rate

    @property
    def false_non_match_rate(self) -> float:
        """The upper end of its interval: what was measured has an uncertainty of its own."""
        return self.false_non_match.interval[1]


def promised_rates(settings: Settings) -> Promised | None:
    """What is promised of the model that serves here; None where nothing can be, for want of a calibration
    that fits: then nothing is compared either, which the service says elsewhere.
    """
    recogniser = ModelStore(settings.data_dir).recogniser(settings.profile)
    try:
        calibration = calibration_for(recogniser, settings)
    except (NotCalibrated, ContractMismatch, UnreadableData):
        return None
    point = calibration.operating_point(SIM_SIGNUP.match.false_match_rate)
    group, rate = max(point.fnmr.items(), key=lambda item: (item[1].value, item[0]))
    return Promised(
        calibration.model, calibration.digest, calibration.measured_on, point.fmr_target, group, rate
    )
