"""What the operator's passive liveness model says of a session, if they have one.

It speaks of surfaces before a camera alone: a picture that was fed in without one passes such models (ten of
ten did on MiniFASNet, and a deepfake).
"""

from __future__ import annotations

import math
from statistics import median
from typing import Final

from bonafide.liveness.finding import CannotTell, Cue, CueMeasure, Family, Measured, Unmeasured
from bonafide.liveness.observation import Observation

SPEAKS_TO: Final = (Family.SURFACE,)

# Models saturate in float32: beyond one in a million a probability says no more.
_SUREST: Final = 1e-6


def measure(observation: Observation) -> CueMeasure:
    """The log-odds (natural) of the median probability of a living face, over the frames that were shown to
    the model.
    """
    probabilities = [frame.passive for frame in observation.frames if frame.passive is not None]
    if not probabilities:
        return Unmeasured(Cue.MODEL, CannotTell.NO_MODEL)
    # What is no number is no living face.
    known = (value if math.isfinite(value) else 0.0 for value in probabilities)
    live = min(max(median(known), _SUREST), 1 - _SUREST)
    return Measured(Cue.MODEL, math.log(live / (1 - live)))
