"""What all cues say together.

A living person must be likelier than each family of attack: a print, a recording and a montage are ruled out
by different cues, and a strong word against one says nothing of the others. So the ratios of the cues that
speak to a family are added up, and the families' likelihoods are averaged. A family that nobody speaks to
keeps its place in the mean, which no threshold of a sound calibration lets pass: light never makes up for a
movement that is missing, nor the other way round.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bonafide.capture.challenge import Mode
from bonafide.liveness import continuity, depth, model, picture, reflection, timing
from bonafide.liveness.calibration import PresenceCalibration
from bonafide.liveness.finding import CannotTell, Cue, CueMeasure, Family, Measured, Presence, Unmeasured
from bonafide.liveness.observation import Observation

# In the order in which a finding lists them.
CUES: Final[Mapping[Cue, Callable[[Observation], CueMeasure]]] = {
    Cue.DEPTH: depth.measure,
    Cue.REFLECTION: reflection.measure,
    Cue.TIMING: timing.measure,
    Cue.CONTINUITY: continuity.measure,
    Cue.PICTURE: picture.measure,
    Cue.MODEL: model.measure,
}

SPEAKS_TO: Final[Mapping[Cue, tuple[Family, ...]]] = {
    Cue.DEPTH: depth.SPEAKS_TO,
    Cue.REFLECTION: reflection.SPEAKS_TO,
    Cue.TIMING: timing.SPEAKS_TO,
    Cue.CONTINUITY: continuity.SPEAKS_TO,
    Cue.PICTURE: picture.SPEAKS_TO,
    Cue.MODEL: model.SPEAKS_TO,
}
"""Which families of attack a cue speaks to; a calibration has a map for each of these at most."""

# A session of which one of these could not be measured is never LIVE, whatever the others say: another try is
# asked for, then a person.
REQUIRED: Final[Mapping[Mode, frozenset[Cue]]] = {
    Mode.LIGHT: frozenset({Cue.DEPTH, Cue.REFLECTION, Cue.TIMING, Cue.CONTINUITY}),
    Mode.MOVEMENT: frozenset({Cue.DEPTH, Cue.TIMING, Cue.CONTINUITY}),
}


@dataclass(frozen=True, slots=True)
class CueFinding:
    """What one cue measured, and the natural log-likelihood ratio of that for each family it speaks to."""

    measure: CueMeasure
    ratios: tuple[tuple[Family, float], ...]


@dataclass(frozen=True, slots=True)
class PresenceFinding:
    """Whether a living person was there, and what says so. Stays inside the service: scores let an attacker
    climb.

    `log_likelihood_ratio` is natural, overall, positive for a living person. `calibration` is the digest of
    the file that weighed the cues.
    """

    presence: Presence
    cues: tuple[CueFinding, ...]
    log_likelihood_ratio: float
    calibration: str
    mode: Mode


def measure_all(observation: Observation) -> tuple[CueMeasure, ...]:
    """What every cue measures in a session."""
    return tuple(measure(observation) for measure in CUES.values())


def assess(
    observation: Observation, calibration: PresenceCalibration, apcer_target: float
) -> PresenceFinding:
    """Whether a living person was there, at a policy's attack acceptance target.

    Raises `NotCalibrated` if the calibration has no such target in the session's mode, and nothing else: an
    observation, however odd, is never more than inconclusive.
    """
    return fuse(measure_all(observation), observation.challenge.mode, calibration, apcer_target)


def fuse(
    measures: Iterable[CueMeasure], mode: Mode, calibration: PresenceCalibration, apcer_target: float
) -> PresenceFinding:
    """What these measures, one of each cue at most, say together. Raises `NotCalibrated` as `assess`."""
    point = calibration.operating_point(mode, apcer_target)
    cues = tuple(_weighed(measure, mode, calibration) for measure in measures)
    overall = overall_ratio(cue.ratios for cue in cues)
    if overall <= point.not_live:
        presence = Presence.NOT_LIVE
    elif overall >= point.live and is_complete((cue.measure for cue in cues), mode):
        presence = Presence.LIVE
    else:
        presence = Presence.INCONCLUSIVE
    return PresenceFinding(presence, cues, overall, calibration.digest, mode)


def is_complete(measures: Iterable[CueMeasure], mode: Mode) -> bool:
    """Whether everything was measured without which no session of this mode is LIVE."""
    return {each.cue for each in measures if isinstance(each, Measured)} >= REQUIRED[mode]


def overall_ratio(ratios: Iterable[Iterable[tuple[Family, float]]]) -> float:
    """The natural log-likelihood ratio of a living person against any attack, all families equally likely.

    Minus the logarithm of the mean, over all families, of exp(-sum of the ratios that speak to it).
    """
    sums = dict.fromkeys(Family, 0.0)
    for each in ratios:
        for family, ratio in each:
            sums[family] += ratio
    # The largest term is taken out, so that no exponential overflows.
    worst = min(sums.values())
    return worst - math.log(sum(math.exp(worst - value) for value in sums.values()) / len(sums))


def _weighed(measure: CueMeasure, mode: Mode, calibration: PresenceCalibration) -> CueFinding:
    if isinstance(measure, Measured) and not math.isfinite(measure.value):
        measure = Unmeasured(measure.cue, CannotTell.TOO_FEW_FRAMES)
    if isinstance(measure, Unmeasured):
        return CueFinding(measure, ())
    return CueFinding(measure, calibration.ratios(measure.cue, measure.value, mode))
