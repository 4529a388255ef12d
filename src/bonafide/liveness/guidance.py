"""What to tell somebody before the camera, of each frame: help, never a judgement.

The limits here are chosen so that people get to a good picture soon. No decision rests on them: depth, light
and quality are judged by their own measures.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from bonafide.capture.challenge import StepKind
from bonafide.face import Face
from bonafide.face.head_pose import HeadPose
from bonafide.liveness.observation import FrameMeasure

# Shares of the frame's shorter side that a face is wide. From 0.42 on it has the 200 pixels in a frame of 480
# that depth needs (facts measured in simulation, docs/liveness.md).
_NARROW: Final = 0.42
_WIDE: Final = 0.8
# A face that turns away gets narrower without going away.
_TURNED_NARROWER: Final = 0.8
_OFF_CENTRE: Final = 0.2
# Grey values 0..255 of the face.
_DARK: Final = 45.0
_BRIGHT: Final = 225.0
# Degrees.
_STRAIGHT_YAW: Final = 10.0
# Phones are held low: faces that look at the screen seem to look up or down.
_STRAIGHT_PITCH: Final = 18.0
_BACK: Final = 10.0
# Shares of its width that a still face moves in a second.
_STILL: Final = 0.5


class Guidance(StrEnum):
    """One thing to do next."""

    NO_FACE = "no-face"
    ONE_FACE = "one-face"
    CLOSER = "closer"
    FURTHER = "further"
    CENTRE = "centre"
    MORE_LIGHT = "more-light"
    LESS_LIGHT = "less-light"
    LOOK_STRAIGHT = "look-straight"
    HOLD_STILL = "hold-still"
    TURN_MORE = "turn-more"
    NOD_MORE = "nod-more"
    TURN_BACK = "turn-back"
    OTHER_WAY = "other-way"
    GOOD = "good"


def width_share(frame: FrameMeasure) -> float:
    """How wide the face is, as a share of the frame's shorter side; 0 without a face."""
    return 0.0 if frame.face is None else frame.face.box[2] / min(frame.width, frame.height)


def place_guidance(frame: FrameMeasure, kind: StepKind) -> Guidance:
    """What is to be mended about number, size, place and light of faces, the gravest first."""
    if frame.face is None:
        return Guidance.NO_FACE
    frontal = kind is StepKind.FRONTAL
    share = width_share(frame)
    wrong = (
        (Guidance.ONE_FACE, frame.faces > 1),
        (Guidance.CLOSER, share < _NARROW * (1 if frontal else _TURNED_NARROWER)),
        (Guidance.FURTHER, frontal and share > _WIDE),
        (Guidance.CENTRE, frontal and _off_centre(frame.face, frame) > _OFF_CENTRE),
        (Guidance.MORE_LIGHT, frame.brightness < _DARK),
        (Guidance.LESS_LIGHT, frame.brightness > _BRIGHT),
    )
    return next((guidance for guidance, is_wrong in wrong if is_wrong), Guidance.GOOD)


def is_straight(pose: HeadPose, base: HeadPose | None) -> bool:
    """Whether a face looks at the camera, or as it did in the frontal look where that is known."""
    if base is None:
        return abs(pose.yaw) <= _STRAIGHT_YAW and abs(pose.pitch) <= _STRAIGHT_PITCH
    return max(abs(pose.yaw - base.yaw), abs(pose.pitch - base.pitch)) <= _BACK


def is_still(frame: FrameMeasure, before: FrameMeasure | None) -> bool:
    """Whether a face stayed where it was since the frame before."""
    if frame.face is None or before is None or before.face is None:
        return False
    seconds = max(frame.captured - before.captured, 1e-3)
    (x, y, across, down), (u, v, width, height) = frame.face.box, before.face.box
    moved = max(abs(x + across / 2 - u - width / 2), abs(y + down / 2 - v - height / 2))
    return moved <= _STILL * max(across, 1.0) * max(seconds, 0.1)


def _off_centre(face: Face, frame: FrameMeasure) -> float:
    x, y, across, down = face.box
    away = (x + across / 2 - frame.width / 2, y + down / 2 - frame.height / 2)
    return max(map(abs, away)) / min(frame.width, frame.height)
