"""Whether frames show another medium: a screen, a print, a recording compressed before.

What the signs are, `signs.py` says. They are of what stands before a camera, and of recordings fed in pixel
by pixel; a recording that was scaled before shows none of them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bonafide.liveness.finding import CannotTell, Cue, CueMeasure, Family, Measured, Unmeasured
from bonafide.liveness.observation import FrameMeasure, Observation, PictureSigns

SPEAKS_TO: Final = (Family.SURFACE, Family.RECORDING)

# Pixels across: in a smaller face there are too few periods of anything.
_NARROWEST: Final = 64
# The median of each sign, and how far above it the 95th percentile lies, in 120 frames of no other medium:
# portraits of 190 to 260 pixels as they are or before drawn furniture, with a camera's blur, noise and
# compression (simulated, November 2026). Only the relation between the four signs rests on these; what it is
# worth, the calibration says.
#
# With them, 95 of 100 such frames are above -1.3, and 99 of 100 published photographs above -1.5 (150
# measured). Of simulated screens and dots 97 of 100 are below -4, of recordings that were moved by a few
# pixels half are, and a rim alone leaves half at -1: it separates poorly.
_USUAL: Final = PictureSigns(moire=1.8, halftone=1.2, border=0.0, blocking=0.9)
_SPREAD: Final = PictureSigns(moire=0.5, halftone=0.5, border=0.7, blocking=1.1)


def measure(observation: Observation) -> CueMeasure:
    """Minus the strongest sign, by how far the median over all frames that have signs lies above the usual,
    in units of the usual spread: about -1 to 0 for a plain picture, below -2 for another medium.
    """
    seen = [frame for frame in observation.frames if frame.signs is not None]
    if not seen:
        return Unmeasured(Cue.PICTURE, CannotTell.TOO_FEW_FRAMES)
    large = [frame.signs for frame in seen if frame.signs is not None and _is_large(frame)]
    if not large:
        return Unmeasured(Cue.PICTURE, CannotTell.TOO_SMALL)
    median = np.median([_values(signs) for signs in large], axis=0)
    excess = (median - _values(_USUAL)) / _values(_SPREAD)
    return Measured(Cue.PICTURE, -float(excess.max()))


def _is_large(frame: FrameMeasure) -> bool:
    return frame.face is not None and frame.face.box[2] >= _NARROWEST


def _values(signs: PictureSigns) -> NDArray[np.float64]:
    return np.array([signs.moire, signs.halftone, signs.border, signs.blocking])
