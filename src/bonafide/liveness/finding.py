"""What one cue says, and what all of them say together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cue(StrEnum):
    """What is looked at; each has a file of its own."""

    DEPTH = "depth"
    REFLECTION = "reflection"
    TIMING = "timing"
    CONTINUITY = "continuity"
    PICTURE = "picture"
    MODEL = "model"


class Family(StrEnum):
    """Ways to present what is no living person here and now. Each must be made unlikely by cues that speak to
    it: what speaks against one says nothing of another.
    """

    SURFACE = "surface"
    """Something flat or bent is before the camera: a print, a mask of paper, a screen."""

    RECORDING = "recording"
    """What is seen was taken at another time, or for another challenge."""

    MONTAGE = "montage"
    """What is seen is not one person from first to last."""


class CannotTell(StrEnum):
    """Why a cue says nothing; never a sign of an attack by itself."""

    NOT_ASKED = "not-asked"
    TOO_FEW_FRAMES = "too-few-frames"
    TOO_SMALL = "too-small"
    TOO_BRIGHT = "too-bright"
    NOT_DONE = "not-done"
    TOO_SLOW = "too-slow"
    NO_MODEL = "no-model"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a cue measured, before calibration: larger speaks for a live person."""

    cue: Cue
    value: float


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """That a cue could not measure."""

    cue: Cue
    why: CannotTell


CueMeasure = Measured | Unmeasured


class Presence(StrEnum):
    """What the cues say together."""

    LIVE = "live"
    NOT_LIVE = "not-live"
    INCONCLUSIVE = "inconclusive"
