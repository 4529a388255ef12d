"""A recording on a screen that is held before the real camera."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from bonafide.capture.challenge import StepKind
from bonafide.evaluation.attack_lab.case import Case, Species
from bonafide.evaluation.attack_lab.conditions import Backdrop, draw_rest, draw_studio
from bonafide.evaluation.attack_lab.geometry import FRAME_HEIGHT, FRAME_WIDTH, Lens, Pose
from bonafide.evaluation.attack_lab.person import Habits, Mover
from bonafide.evaluation.attack_lab.presenter import BeforeCamera
from bonafide.evaluation.attack_lab.recording import Recording
from bonafide.evaluation.attack_lab.sheet import Sheet
from bonafide.evaluation.attack_lab.studio import Layer, Moire
from bonafide.liveness.finding import Family
from bonafide.liveness.guidance import Guidance
from bonafide.liveness.session import Reveal

# A frame of a recording, 480 pixels wide, shows some 34 cm at the distance of a face; on a screen of about
# life size it is about as wide.
_PIXELS_PER_CM = 16.0


@dataclass(slots=True)
class Replay:
    """A screen held still before the camera, that plays a recording: the clip that was asked for when the
    operator has pressed its button, the colours in the recording's own order.
    """

    camera: BeforeCamera
    recording: Recording
    chance: np.random.Generator
    cut: bool
    _plays: list[tuple[float, StepKind | None]] = field(default_factory=lambda: [(0.0, None)], init=False)

    def told(self, reveal: Reveal, at: float) -> None:
        """The page shows a step."""
        self.camera.screen.told(reveal, at)
        asked = reveal.kind
        if self.cut and not (asked is StepKind.COLOUR and self._plays[-1][1] is StepKind.COLOUR):
            self._plays.append((at + float(self.chance.uniform(0.3, 0.8)), asked))

    def guided(self, guidance: Guidance, at: float) -> None:
        """Only distance and place are in the operator's hand."""
        if guidance in (Guidance.CLOSER, Guidance.FURTHER, Guidance.CENTRE):
            self.camera.mover.guided(guidance, at)

    def frame(self, at: float, side: int) -> bytes:
        """What the camera saw."""
        return self.camera.frame(at, side)

    def playing(self, at: float) -> NDArray[np.uint8]:
        """What the attacker's screen shows."""
        since, kind = next(play for play in reversed(self._plays) if play[0] <= at or play[0] == 0.0)
        return played(self.recording, kind, at - since)


def played(recording: Recording, kind: StepKind | None, seconds: float) -> NDArray[np.uint8]:
    """A recording's frame: the clip of a step, or all of it in its own order where no step is chosen."""
    if kind is None:
        return recording.running(max(seconds, 0.0))
    if kind is StepKind.COLOUR:
        return recording.running(max(seconds, 0.0), of=recording.colours)
    if kind is StepKind.FRONTAL:
        return recording.running(max(seconds, 0.0), of=(recording.movement(kind),))
    return recording.movement(kind).at(seconds)


def _replay(case: Case, moire: bool, cut: bool) -> Replay:
    chance = case.chance
    studio = draw_studio(chance)
    habits = replace(Habits.drawn(chance), sway=float(chance.uniform(0.6, 1.6)))
    size = float(chance.uniform(0.75, 1.1))
    rest = draw_rest(chance, studio.lens)
    # A little nearer than where the recording fills the frame: its edges should not be seen.
    nearer = float(chance.uniform(0.72, 0.9))
    distance = nearer * studio.lens.focal * FRAME_WIDTH / _PIXELS_PER_CM * size / studio.lens.width
    mover = Mover(Pose(rest.yaw, rest.pitch, rest.roll, rest.x * 0.5, rest.y * 0.5, distance), habits, chance)
    sheet = Sheet(
        width=FRAME_WIDTH / _PIXELS_PER_CM * size,
        height=FRAME_HEIGHT / _PIXELS_PER_CM * size,
        middle=(FRAME_WIDTH / 2, FRAME_HEIGHT / 2),
        pixels_per_cm=_PIXELS_PER_CM / size,
    )
    # A luminance of 100 to 400 cd/m2 is as bright as white paper under pi times as many lux.
    glow = float(np.pi * np.exp(chance.uniform(np.log(100), np.log(400))))
    # What a display throws back in all directions: 0.3 to 2 % (a guess; its mirror images, which an attacker
    # keeps out of the picture, are left out).
    haze = float(chance.uniform(0.003, 0.02))
    pattern = Moire(float(chance.uniform(0.06, 0.2)), float(chance.uniform(0.6, 1.9))) if moire else None
    behind = Backdrop(chance, studio.lens)

    def scene(at: float, lens: Lens) -> tuple[Layer, ...]:
        mesh = sheet.place(mover.motion.pose(at), lens)
        shown = replay.playing(at)
        return (behind.at(lens), Layer(mesh, shown, glow=glow, haze=haze, moire=pattern))

    camera = BeforeCamera(studio, mover, scene, lag=float(chance.uniform(0.04, 0.16)))
    replay = Replay(camera, case.recording(), chance, cut)
    return replay


SPECIES = (
    Species(
        "screen-replay",
        "A recorded session of the victim on a fine screen before the camera, as it was recorded.",
        lambda case: _replay(case, moire=False, cut=False),
        injected=False,
        family=Family.RECORDING,
        light_limit=0.01,
        movement_limit=0.03,
    ),
    Species(
        "screen-moire",
        "A recorded session, as it was recorded, on a screen whose pixel grid shows as moire.",
        lambda case: _replay(case, moire=True, cut=False),
        injected=False,
        family=Family.RECORDING,
        light_limit=0.01,
        movement_limit=0.03,
    ),
    Species(
        "screen-reordered",
        "A recording on a fine screen, of which an operator picks the clip of each movement asked. "
        "Movement alone cannot tell.",
        lambda case: _replay(case, moire=False, cut=True),
        injected=False,
        family=Family.RECORDING,
        light_limit=0.01,
    ),
)
