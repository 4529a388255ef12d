"""Whether a head turned, or a surface."""

from __future__ import annotations

from typing import Final

from bonafide.liveness.finding import CannotTell, Cue, CueMeasure, Family, Unmeasured
from bonafide.liveness.observation import Observation

SPEAKS_TO: Final = (Family.SURFACE,)


def measure(observation: Observation) -> CueMeasure:
    return Unmeasured(Cue.DEPTH, CannotTell.NOT_DONE)
