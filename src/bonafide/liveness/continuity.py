"""Whether it is one and the same face from first to last.

By its templates, on those frames that have one and on the selfie that is compared with the document, and by
its place and size, which cannot change from one frame to the next by more than a head moves in that time. And
whether the document's portrait and the selfie are the same picture, which two pictures of a living person
never are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.capture.challenge import TURNS, StepKind
from bonafide.face.head_pose import HeadPose
from bonafide.liveness.finding import CannotTell, Cue, CueMeasure, Family, Measured, Unmeasured
from bonafide.liveness.observation import FrameMeasure, Observation
from bonafide.liveness.posture import posture, usual_pose

SPEAKS_TO: Final = (Family.MONTAGE,)

# What a head does in no time at all (a frame is late, landmarks are off) and in a second: in widths of the
# face, and in the logarithm of its size. Fast deliberate head movement reaches about 2.5 widths a second.
_JUMP: Final = (0.35, 4.0)
_GROWTH: Final = (0.15, 2.0)
# Between these correlations a frame passes from another picture to the portrait's own. Of 1,038 pairs of
# photos of one person none agrees by more than 0.957; half of 470 copies that were scaled, brightened,
# photographed anew or compressed do by more than 0.965, and a session has many frames (Labeled Faces in the
# Wild).
_SAME: Final = (0.955, 0.98)
# A detector cuts out two copies of a face up to so many cells of the thumb and so much of its size apart.
_SHIFTS: Final = (-1.0, -0.5, 0.0, 0.5, 1.0)
_SCALES: Final = (0.92, 1.0, 1.09)
_THUMB: Final = 16
# What a cosine loses by a degree between two looks of one person, and up to how many. In simulated sessions
# its median is 0.97, 0.87, 0.71, 0.69 and 0.61 in the first five tens of degrees (519 templates); somebody
# else's is below 0.28 at any angle, 98 times in 100 (8,492; SFace).
_LOST: Final = 0.009
_FURTHEST: Final = 50.0


def measure(observation: Observation) -> CueMeasure:
    """The lowest of: the cosine of the template that is least like those of the frontal look, as a share of
    what is usual at its angle (-1..1), what jumps leave of 1, and what the portrait's sameness leaves of 1.
    """
    likeness = _likeness(observation)
    if likeness is None:
        return Unmeasured(Cue.CONTINUITY, CannotTell.TOO_FEW_FRAMES)
    return Measured(Cue.CONTINUITY, min(likeness, _steadiness(observation), _otherness(observation)))


def same_picture(portrait: NDArray[np.uint8], thumbs: Sequence[NDArray[np.uint8]]) -> float:
    """How much any of these thumbs shows the same picture as the portrait's, all uint8 (16, 16): the highest
    correlation, -1..1, the portrait's moved and scaled a little. 0 for what is no thumb, or is even.
    """
    proper = [thumb for thumb in thumbs if thumb.shape == (_THUMB, _THUMB)]
    if portrait.shape != (_THUMB, _THUMB) or not proper:
        return 0.0
    moved = [_moved(portrait, scale, x, y) for scale in _SCALES for x in _SHIFTS for y in _SHIFTS]
    return float((_standard(moved) @ _standard(proper).T).max())


def _moved(thumb: NDArray[np.uint8], scale: float, x: float, y: float) -> NDArray[np.float32]:
    middle = (_THUMB - 1) / 2 * (1 - scale)
    matrix = np.array([[scale, 0, middle + x], [0, scale, middle + y]])
    found = cv2.warpAffine(
        thumb.astype(np.float32),
        matrix,
        (_THUMB, _THUMB),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(found, np.float32)


def _standard(
    thumbs: Sequence[NDArray[np.uint8]] | Sequence[NDArray[np.float32]],
) -> NDArray[np.float64]:
    """Thumbs without their edge, which moving invents: float64 (n, 196), mean 0, length 1, or 0 if even."""
    inner = np.array(thumbs, np.float64)[:, 1:-1, 1:-1].reshape(len(thumbs), -1)
    inner -= inner.mean(axis=1, keepdims=True)
    return np.asarray(inner / np.maximum(np.linalg.norm(inner, axis=1, keepdims=True), 1.0), np.float64)


def _likeness(observation: Observation) -> float | None:
    """The lowest cosine of any template with the mean of those of the frontal look, as a share of what is
    usual at the angle between them, and of any of these with the selfie's own: of two faces that take turns
    the mean is like either. None where templates do not stand for the whole session.
    """
    having = [(frame, frame.template) for frame in observation.frames if frame.template is not None]
    first = set(observation.frames_of(StepKind.FRONTAL))
    frontal = [(frame, template) for frame, template in having if frame in first]
    selfie = observation.selfie
    if not frontal or selfie is None or not _throughout(observation, {frame.step for frame, _ in having}):
        return None
    if (
        len({(each.contract, each.vector.shape) for each in (selfie, *(template for _, template in having))})
        > 1
    ):
        return -1.0
    usual = np.asarray(np.mean([template.vector for _, template in frontal], axis=0, dtype=np.float64))
    straight = usual_pose([pose for frame, _ in frontal if (pose := posture(frame)) is not None])
    shares = [_cosine(template.vector, selfie.vector) for _, template in frontal]
    for frame, template in having:
        usual_share = 1 - _LOST * min(_away(frame, straight, observation), _FURTHEST)
        shares.append(_cosine(template.vector, usual) / usual_share)
    return max(-1.0, min(*shares, 1.0)) if all(map(math.isfinite, shares)) else -1.0


def _cosine(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """-1 with a template that is none: it is nobody's."""
    one, other = one.astype(np.float64), other.astype(np.float64)
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / lengths if 1e-6 < lengths < math.inf else -1.0


def _throughout(observation: Observation, having: set[int]) -> bool:
    """Whether steps with a template are some of what was done: else the face of the frontal look need not be
    the one that turned, or that the colours lit. With two faces in the picture there is no template.
    """
    asked, colours = observation.challenge.steps, observation.challenge.colours
    turns = {
        step
        for step, times in enumerate(observation.steps[: len(asked)])
        if asked[step].kind in TURNS and times.answered is not None
    }
    lit = not colours or colours[-1] >= len(observation.steps) or not having.isdisjoint(colours)
    return len(having) >= 2 and turns <= having and lit


def _away(frame: FrameMeasure, straight: HeadPose, observation: Observation) -> float:
    """How far a face looks aside from the frontal look, in degrees."""
    pose = posture(frame)
    if pose is not None:
        return math.hypot(pose.yaw - straight.yaw, pose.pitch - straight.pitch)
    # During colours nobody is asked to move, and no pose is looked for. In a turn, a face without one is
    # turned further than landmarks reach.
    steps = observation.challenge.steps
    turns = 0 <= frame.step < len(steps) and steps[frame.step].kind in TURNS
    return _FURTHEST if turns else 0.0


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
    alike = same_picture(portrait, [frame.thumb for frame in observation.frames if frame.thumb is not None])
    low, high = _SAME
    return 1.0 - 2.0 * min(1.0, max(0.0, (alike - low) / (high - low)))
