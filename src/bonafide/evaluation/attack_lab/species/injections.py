"""Pictures fed to the page in place of a camera's: a still, recordings, and a stream with frames left out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.capture.challenge import Colour, StepKind
from bonafide.evaluation.attack_lab.camera import encode
from bonafide.evaluation.attack_lab.case import Case, Species
from bonafide.evaluation.attack_lab.geometry import FRAME_HEIGHT, FRAME_WIDTH, Pose
from bonafide.evaluation.attack_lab.person import Habits, Mover
from bonafide.evaluation.attack_lab.recording import Recording
from bonafide.evaluation.attack_lab.species.screens import played
from bonafide.liveness.finding import Family
from bonafide.liveness.guidance import Guidance
from bonafide.liveness.session import Reveal

# A virtual camera's picture passes through a video codec before the page takes it.
_CODEC_NOISE = 1.0
_STILL_DISTANCE = 40.0


def sent(pixels: NDArray[np.uint8], side: int, chance: np.random.Generator, quality: int) -> bytes:
    """A frame as the page sends it: reduced, with a codec's noise, as JPEG."""
    size = (side, side * FRAME_HEIGHT // FRAME_WIDTH)
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if size[0] != pixels.shape[1] else pixels
    coarse = chance.normal(0, _CODEC_NOISE, (size[1] // 4, size[0] // 4, 1)).astype(np.float32)
    noisy = small + cv2.resize(coarse, size)[..., None]
    return encode(np.clip(noisy, 0, 255).astype(np.uint8), quality)


@dataclass(slots=True)
class Still:
    """One picture, moved, scaled and squeezed the way a turning face seems to be."""

    picture: NDArray[np.uint8]
    face: float
    mover: Mover
    chance: np.random.Generator
    quality: int

    def told(self, reveal: Reveal, at: float) -> None:
        """The page shows a step."""
        self.mover.told(reveal.kind, at)

    def guided(self, guidance: Guidance, at: float) -> None:
        """The page shows guidance."""
        self.mover.guided(guidance, at)

    def frame(self, at: float, side: int) -> bytes:
        """The picture as it is shown then."""
        pose = self.mover.motion.pose(at)
        size = 0.5 * FRAME_WIDTH / self.face * _STILL_DISTANCE / pose.distance
        across, down = size * np.cos(np.radians(pose.yaw)), size * np.cos(np.radians(pose.pitch))
        middle = self.picture.shape[0] / 2
        shift = np.array(
            [FRAME_WIDTH / 2 + 8 * pose.x + pose.yaw, FRAME_HEIGHT / 2 + 8 * pose.y + pose.pitch]
        )
        matrix = np.array([[across, 0, shift[0] - across * middle], [0, down, shift[1] - down * middle]])
        pixels = cv2.warpAffine(
            self.picture, matrix, (FRAME_WIDTH, FRAME_HEIGHT), borderMode=cv2.BORDER_REPLICATE
        )
        return sent(np.asarray(pixels, np.uint8), side, self.chance, self.quality)


class Cut(StrEnum):
    """How a recording is cut."""

    NONE = "none"
    MOVEMENTS = "movements"
    MOVEMENTS_AND_COLOURS = "movements-and-colours"


@dataclass(slots=True)
class Player:
    """A recording that is fed to the page. An operator who reads the steps needs as long as a person; a
    program that reads the colours off the page needs a tenth of a second.
    """

    recording: Recording
    cut: Cut
    chance: np.random.Generator
    quality: int
    _plays: list[tuple[float, StepKind | None, Colour | None]] = field(
        default_factory=lambda: [(0.0, None, None)], init=False
    )
    _zoom: float = field(default=1.0, init=False)
    _deaf_until: float = field(default=0.0, init=False)

    def told(self, reveal: Reveal, at: float) -> None:
        """The page shows a step."""
        if self.cut is Cut.NONE:
            return
        if reveal.kind is StepKind.COLOUR:
            if self.cut is Cut.MOVEMENTS_AND_COLOURS:
                self._plays.append((at + float(self.chance.uniform(0.06, 0.14)), reveal.kind, reveal.colour))
                return
            if self._plays[-1][1] is StepKind.COLOUR:
                return
        self._plays.append((at + float(self.chance.uniform(0.35, 0.9)), reveal.kind, None))

    def guided(self, guidance: Guidance, at: float) -> None:
        """What is recorded cannot follow, but for its size."""
        kind = self._plays[-1][1]
        if (
            kind is not StepKind.CLOSER
            and guidance in (Guidance.CLOSER, Guidance.FURTHER)
            and at > self._deaf_until
        ):
            self._zoom *= 1.1 if guidance is Guidance.CLOSER else 0.9
            self._deaf_until = at + 1.0

    def frame(self, at: float, side: int) -> bytes:
        """The recording's frame then."""
        since, kind, colour = next(play for play in reversed(self._plays) if play[0] <= at or play[0] == 0.0)
        shown = (
            played(self.recording, kind, at - since)
            if colour is None
            else (self.recording.colour(colour).at(at - since))
        )
        return sent(_zoomed(shown, self._zoom), side, self.chance, self.quality)


@dataclass(slots=True)
class Dropper:
    """Photos of the victim in the poses asked for, and no frames between them: one or two a second."""

    recording: Recording
    chance: np.random.Generator
    quality: int
    _asked: list[tuple[float, StepKind]] = field(
        default_factory=lambda: [(0.0, StepKind.FRONTAL)], init=False
    )
    _next: float = field(default=0.0, init=False)

    def told(self, reveal: Reveal, at: float) -> None:
        """The page shows a step."""
        if reveal.kind is not self._asked[-1][1]:
            self._asked.append((at + float(self.chance.uniform(0.35, 0.9)), reveal.kind))

    def guided(self, guidance: Guidance, at: float) -> None:
        """The way back is a photo from the front."""
        if guidance is Guidance.TURN_BACK and self._asked[-1][1] is not StepKind.FRONTAL:
            self._asked.append((at + float(self.chance.uniform(0.3, 0.7)), StepKind.FRONTAL))

    def frame(self, at: float, side: int) -> bytes | None:
        """The photo of the pose that is asked for, or nothing."""
        if at < self._next:
            return None
        # The frontal look wants frames in a row; there he sends more.
        kind = next(asked for since, asked in reversed(self._asked) if since <= at or since == 0.0)
        self._next = at + (0.12 if kind is StepKind.FRONTAL else float(self.chance.uniform(0.4, 0.8)))
        clip = self.recording.movement(StepKind.FRONTAL if kind is StepKind.COLOUR else kind)
        seconds = {StepKind.NOD: 1.3, StepKind.CLOSER: 2.4, StepKind.FRONTAL: 0.4}.get(kind, 1.7)
        if kind is StepKind.COLOUR:
            seconds = 0.4
        return sent(clip.at(seconds), side, self.chance, self.quality)


def _zoomed(pixels: NDArray[np.uint8], zoom: float) -> NDArray[np.uint8]:
    """The middle of a picture, enlarged to all of it; reduced, its edge goes on."""
    if zoom == 1.0:
        return pixels
    height, width = pixels.shape[:2]
    matrix = np.array([[zoom, 0, width / 2 * (1 - zoom)], [0, zoom, height / 2 * (1 - zoom)]])
    moved = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def quality(chance: np.random.Generator) -> int:
    """The quality at which a page makes JPEG of what it is fed."""
    return int(chance.integers(72, 92))


def still(case: Case) -> Still:
    """A photograph from a social network, say."""
    chance = case.chance
    habits = replace(
        Habits.drawn(chance), turn=float(chance.uniform(35, 55)), sway=float(chance.uniform(0.3, 1))
    )
    mover = Mover(Pose(distance=_STILL_DISTANCE), habits, chance)
    face = case.head.scale * 15.0
    return Still(case.head.picture, face, mover, chance, quality(chance))


def _player(cut: Cut, case: Case) -> Player:
    return Player(case.recording(), cut, case.chance, quality(case.chance))


SPECIES = (
    Species(
        "injected-still",
        "One photograph fed in place of the camera, moved, enlarged and squeezed as the challenge asks.",
        still,
        injected=True,
        family=Family.SURFACE,
        light_limit=0.01,
        movement_limit=0.03,
    ),
    Species(
        "injected-recording",
        "A recording of another genuine session, fed in place of the camera as it is.",
        lambda case: _player(Cut.NONE, case),
        injected=True,
        family=Family.RECORDING,
        light_limit=0.01,
        movement_limit=0.03,
    ),
    Species(
        "recording-reordered",
        "Such a recording, of which an operator plays the clip of each movement asked; its colours come as "
        "they were recorded. Movement alone cannot tell.",
        lambda case: _player(Cut.MOVEMENTS, case),
        injected=True,
        family=Family.RECORDING,
        light_limit=0.01,
    ),
    Species(
        "recording-matched",
        "Such a recording, of which a program that reads the page plays the clip of each movement and "
        "of each colour asked. Nothing here can tell but its cuts.",
        lambda case: _player(Cut.MOVEMENTS_AND_COLOURS, case),
        injected=True,
        family=None,
        as_in_movement="recording-reordered",
    ),
    Species(
        "frame-dropping",
        "Photographs of the victim in the poses asked, fed in place of the camera, the frames between left "
        "out.",
        lambda case: Dropper(case.recording(), case.chance, quality(case.chance)),
        injected=True,
        family=Family.RECORDING,
    ),
)
