"""Two faces in one session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.capture.challenge import StepKind
from bonafide.evaluation.attack_lab.camera import encode
from bonafide.evaluation.attack_lab.case import Case, Species
from bonafide.evaluation.attack_lab.conditions import draw_rest, draw_studio
from bonafide.evaluation.attack_lab.geometry import Lens
from bonafide.evaluation.attack_lab.head import Head
from bonafide.evaluation.attack_lab.person import Habits, Mover
from bonafide.evaluation.attack_lab.presenter import BeforeCamera, head_scene
from bonafide.evaluation.attack_lab.studio import Layer
from bonafide.liveness.finding import Family
from bonafide.liveness.guidance import Guidance
from bonafide.liveness.session import Reveal

# Every third frame of the frontal look is the victim's, sharpened so much: the sharpest is compared.
_BORROWED = 3
_SHARPENED = 1.5
_QUALITY = 85
# A second face, cut out of its head's picture so many pixels to each side of the middle, and this share of
# the frame wide, in its corner.
_AROUND = 220
_BESIDE = 0.3


@dataclass(slots=True)
class Swap:
    """The victim's face in the frontal look, the attacker's own from the first movement on, at the same place
    and in the same light: a living person who borrows a face for the comparison.
    """

    camera: BeforeCamera
    swapped_at: float | None = None

    def told(self, reveal: Reveal, at: float) -> None:
        """The page shows a step."""
        if reveal.kind is not StepKind.FRONTAL and self.swapped_at is None:
            self.swapped_at = at + 0.1
        self.camera.told(reveal, at)

    def guided(self, guidance: Guidance, at: float) -> None:
        """The page shows guidance."""
        self.camera.guided(guidance, at)

    def frame(self, at: float, side: int) -> bytes:
        """What the camera, and the program behind it, make of it."""
        return self.camera.frame(at, side)


def swap(case: Case) -> Swap:
    """A face swapped midway."""

    def shown(at: float) -> Head:
        since = made.swapped_at
        return case.head if since is None or at < since else case.other

    made = Swap(_camera(case, shown))
    return made


@dataclass(slots=True)
class Borrowed:
    """The attacker's own living face, but for single frames of the frontal look, the sharpest of all: the
    victim's, for the comparison.
    """

    camera: BeforeCamera
    borrowing: bool = False
    _kind: StepKind = StepKind.FRONTAL
    _count: int = 0

    def told(self, reveal: Reveal, at: float) -> None:
        """The page shows a step."""
        self._kind = reveal.kind
        self.camera.told(reveal, at)

    def guided(self, guidance: Guidance, at: float) -> None:
        """The page shows guidance."""
        self.camera.guided(guidance, at)

    def frame(self, at: float, side: int) -> bytes:
        """What the camera, and the program behind it, make of it."""
        self._count += 1
        self.borrowing = self._kind is StepKind.FRONTAL and self._count % _BORROWED == 0
        pixels = self.camera.pixels(at, side)
        if not self.borrowing:
            return self.camera.studio.camera.jpeg(pixels)
        soft = cv2.GaussianBlur(pixels, (0, 0), 2).astype(np.float32)
        sharp = pixels + _SHARPENED * (pixels.astype(np.float32) - soft)
        return encode(np.clip(sharp, 0, 255).astype(np.uint8), _QUALITY)


def borrowed(case: Case) -> Borrowed:
    """A living person with the victim's face in single frames."""
    made = Borrowed(_camera(case, lambda _: case.head if made.borrowing else case.other))
    return made


@dataclass(slots=True)
class SecondFace:
    """A puppet of the victim that knows nothing of light, until the colours come: then the attacker's own
    living face, and a small one beside it, so that nothing says whose face it is.
    """

    camera: BeforeCamera
    beside: NDArray[np.uint8]
    coloured: bool = False

    def told(self, reveal: Reveal, at: float) -> None:
        """The page shows a step."""
        self.coloured = reveal.kind is StepKind.COLOUR
        self.camera.lit = self.coloured
        self.camera.told(reveal, at)

    def guided(self, guidance: Guidance, at: float) -> None:
        """The page shows guidance."""
        self.camera.guided(guidance, at)

    def frame(self, at: float, side: int) -> bytes:
        """What the camera, and the program behind it, make of it."""
        pixels = self.camera.pixels(at, side)
        if self.coloured:
            width = round(side * _BESIDE)
            small = cv2.resize(self.beside, (width, width), interpolation=cv2.INTER_AREA)
            pixels[:width, :width] = small
        return self.camera.studio.camera.jpeg(pixels)


def second_face(case: Case) -> SecondFace:
    """A puppet for the movements, the attacker and another face for the light."""
    middle = case.head.picture.shape[0] // 2
    cut = slice(middle - _AROUND, middle + _AROUND)
    camera = _camera(case, lambda _: case.other if made.coloured else case.head)
    made = SecondFace(camera, case.head.picture[cut, cut])
    return made


def _camera(case: Case, shown: Callable[[float], Head]) -> BeforeCamera:
    """A head that moves and blinks, whoever's it is at a time."""
    chance = case.chance
    studio = draw_studio(chance)
    rest = draw_rest(chance, studio.lens)
    mover = Mover(rest, Habits.drawn(chance), chance)

    def scene(at: float, lens: Lens) -> tuple[Layer, ...]:
        return head_scene(shown(at), mover, rest)(at, lens)

    return BeforeCamera(studio, mover, scene, lag=float(chance.uniform(0.04, 0.16)))


SPECIES = (
    Species(
        "face-swap",
        "The victim's face for the frontal look, the attacker's own living face from the first movement on.",
        swap,
        injected=True,
        family=Family.MONTAGE,
    ),
    Species(
        "selfie-swap",
        "The attacker's own living face, but for single sharp frames of the frontal look, which are the "
        "victim's.",
        borrowed,
        injected=True,
        family=Family.MONTAGE,
    ),
    Species(
        "second-face",
        "A puppet of the victim that follows every movement; under the colours the attacker's own living "
        "face, with a small second one beside it. Movement alone cannot tell.",
        second_face,
        injected=True,
        family=Family.MONTAGE,
        as_in_movement="puppet-without-light",
    ),
)
