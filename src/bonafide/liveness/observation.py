"""What a session before the camera left behind: measures of frames and times of steps, no pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bonafide.capture.challenge import Challenge, StepKind
from bonafide.face import Face, Template
from bonafide.face.mesh import FaceMesh


@dataclass(frozen=True, slots=True)
class PictureSigns:
    """What a frame shows of another medium; ratios and shares, which need calibration to mean anything.

    See `picture.py` for what they are.
    """

    moire: float
    halftone: float
    border: float
    blocking: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FrameMeasure:
    """One frame, measured on arrival; its pixels are gone.

    `step` is the index of the challenge's step that the customer's program says it showed. `captured` is when
    it says that the camera took the frame, in seconds of its own clock; `received` is when it came in, in
    seconds of the server's steady clock. `digest` is the SHA-256 of the frame's bytes. `width` and `height`
    are the frame's, in pixels, and everything else is in these pixels. `faces` is how many were seen; `face`
    is the largest of them; of one that is not alone there is neither mesh, skin nor template. `mesh` is there
    where it was looked for (all frames but those of colours) and found; `sharpness` (variance of the
    Laplacian of the face scaled to 112 pixels) is that of the same frames, 0 of others. `skin` is the mean
    sRGB value 0..255, float32 (3,), of the face's skin, on frames of colours. `thumb` is the face region as
    16 x 16 grey values, uint8, to tell repeated pictures; `brightness` (0..255) is the face's. `template`,
    `signs` and `passive` (a passive model's probability of a live face, 0..1) are there on those few frames
    of which they were asked.
    """

    step: int
    captured: float
    received: float
    digest: bytes
    width: int
    height: int
    faces: int
    face: Face | None
    mesh: FaceMesh | None
    skin: NDArray[np.float32] | None
    thumb: NDArray[np.uint8] | None
    brightness: float
    sharpness: float
    template: Template | None = None
    signs: PictureSigns | None = None
    passive: float | None = None


@dataclass(frozen=True, slots=True)
class StepTimes:
    """When a step was revealed, shown and answered.

    `revealed` and `confirmed` are of the server's steady clock: when it sent the step, and when the
    customer's program said that it shows it. `shown` is of that program's clock. `answered` is of that
    program's clock: the capture time of the frame that satisfied the step; None for colours, and for what
    was not done. All in seconds.
    """

    revealed: float
    shown: float | None = None
    confirmed: float | None = None
    answered: float | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Observation:
    """A whole session: what was asked, when, and every frame in the order in which it came in.

    `portrait` is the thumb of the document's portrait as `FrameMeasure.thumb` is made, where it is known.
    `selfie` is the template of the frame that is compared with the document, where it shows one face.
    """

    challenge: Challenge
    steps: tuple[StepTimes, ...]
    frames: tuple[FrameMeasure, ...]
    portrait: NDArray[np.uint8] | None = None
    selfie: Template | None = None

    def frames_of(self, kind: StepKind) -> Iterator[FrameMeasure]:
        """The frames of all steps of a kind."""
        for frame in self.frames:
            if 0 <= frame.step < len(self.challenge.steps) and self.challenge.steps[frame.step].kind is kind:
                yield frame

    def frames_at(self, step: int) -> Iterator[FrameMeasure]:
        """The frames of one step."""
        return (frame for frame in self.frames if frame.step == step)
