"""Whether it is one and the same face from first to last.

By its templates, on those frames that have one, and by its place and size, which cannot change from one frame
to the next by more than a head moves in that time. And whether the document's portrait and the selfie are the
same picture, which two pictures of a living person never are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bonafide.capture.challenge import StepKind
from bonafide.liveness.finding import CannotTell, Cue, CueMeasure, Family, Measured, Unmeasured
from bonafide.liveness.observation import FrameMeasure, Observation

SPEAKS_TO: Final = (Family.MONTAGE,)

# What a head does in no time at all (a frame is late, landmarks are off) and in a second: in widths of the
# face, and in the logarithm of its size. Fast deliberate head movement reaches about 2.5 widths a second.
_JUMP: Final = (0.35, 4.0)
_GROWTH: Final = (0.15, 2.0)
# Two pictures of one scene, compressed and scaled anew, agree better than this; see `same_picture`.
_SAME: Final = (0.97, 0.995)
_THUMB: Final = 16


def measure(observation: Observation) -> CueMeasure:
    """The lowest of: the cosine (-1..1) of the template that is least like those of the frontal look, what
    jumps leave of 1, and what the portrait's sameness leaves of 1.
    """
    likeness = _likeness(observation)
    if likeness is None:
        return Unmeasured(Cue.CONTINUITY, CannotTell.TOO_FEW_FRAMES)
    return Measured(Cue.CONTINUITY, min(likeness, _steadiness(observation), _otherness(observation)))


def same_picture(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """How much two thumbs, uint8 (16, 16), show the same picture: their highest correlation, -1..1, the other
    moved by up to one cell each way. 0 for what is no thumb, or is even.
    """
    if one.shape != (_THUMB, _THUMB) or other.shape != one.shape:
        return 0.0
    inner = slice(1, _THUMB - 1)
    kept = _standard(one[inner, inner])
    moved = (
        _standard(other[1 + down : _THUMB - 1 + down, 1 + across : _THUMB - 1 + across])
        for down in (-1, 0, 1)
        for across in (-1, 0, 1)
    )
    return float(max((kept * each).sum() for each in moved))


def _standard(values: NDArray[np.uint8]) -> NDArray[np.float64]:
    centred = values.astype(np.float64) - values.mean()
    return np.asarray(centred / max(float(np.linalg.norm(centred)), 1.0), np.float64)


def _likeness(observation: Observation) -> float | None:
    """The lowest cosine of any template with the mean of those of the frontal look, which are the steadiest;
    None where they do not stand for the whole session.
    """
    having = [(frame.step, frame.template) for frame in observation.frames if frame.template is not None]
    frontal = [
        frame.template for frame in observation.frames_of(StepKind.FRONTAL) if frame.template is not None
    ]
    if len({step for step, _ in having}) < 2 or not frontal:
        return None
    every = [template for _, template in having]
    if len({(template.contract, template.vector.shape) for template in every}) > 1:
        return -1.0
    vectors = np.array([template.vector for template in every], np.float64)
    usual = np.mean([template.vector for template in frontal], axis=0, dtype=np.float64)
    length = float(np.linalg.norm(usual))
    # A mean that is none, of templates that are none or contrary, is nobody's.
    if not 1e-6 < length < math.inf:
        return -1.0
    least = float((vectors @ (usual / length)).min())
    return min(least, 1.0) if math.isfinite(least) else -1.0


def _steadiness(observation: Observation) -> float:
    """1 where no face moved faster than heads do, towards 0 as the worst jump passes that."""
    worst = max((_jump(one, other) for one, other in pairwise(_seen(observation))), default=0.0)
    return min(1.0, 1 / max(worst, 1e-9))


def _seen(observation: Observation) -> Iterator[FrameMeasure]:
    for frame in observation.frames:
        if frame.face is not None and math.isfinite(frame.captured) and frame.width > 0 and frame.height > 0:
            yield frame


def _jump(one: FrameMeasure, other: FrameMeasure) -> float:
    """How much faster than a head a face moved or grew between two frames: up to 1 it did not."""
    if one.face is None or other.face is None:
        return 0.0
    before, after = _place(one), _place(other)
    if before is None or after is None:
        return math.inf
    (x, y, size), (next_x, next_y, next_size) = before, after
    seconds = max(0.0, other.captured - one.captured)
    moved = math.hypot(next_x - x, next_y - y) / min(size, next_size)
    grown = abs(math.log(next_size / size))
    return max(moved / (_JUMP[0] + _JUMP[1] * seconds), grown / (_GROWTH[0] + _GROWTH[1] * seconds))


def _place(frame: FrameMeasure) -> tuple[float, float, float] | None:
    """The middle and the size of a face, in widths of the picture; None for numbers that are none."""
    if frame.face is None:
        return None
    x, y, across, down = (float(each) / frame.width for each in frame.face.box)
    size = (across + down) / 2
    middle = (x + across / 2, y + down / 2, size)
    return middle if all(map(math.isfinite, middle)) and size > 1e-6 else None


def _otherness(observation: Observation) -> float:
    """1 where no frame is the document's picture over again, down to -1 where one surely is."""
    portrait = observation.portrait
    if portrait is None:
        return 1.0
    alike = max(
        (same_picture(portrait, frame.thumb) for frame in observation.frames if frame.thumb is not None),
        default=0.0,
    )
    low, high = _SAME
    return 1.0 - 2.0 * min(1.0, max(0.0, (alike - low) / (high - low)))
