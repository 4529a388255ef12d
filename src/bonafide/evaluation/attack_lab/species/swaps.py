"""Two faces in one session."""

from __future__ import annotations

from dataclasses import dataclass

from bonafide.capture.challenge import StepKind
from bonafide.evaluation.attack_lab.case import Case, Species
from bonafide.evaluation.attack_lab.conditions import draw_rest, draw_studio
from bonafide.evaluation.attack_lab.geometry import Lens
from bonafide.evaluation.attack_lab.person import Habits, Mover
from bonafide.evaluation.attack_lab.presenter import BeforeCamera
from bonafide.evaluation.attack_lab.studio import Layer
from bonafide.liveness.finding import Family
from bonafide.liveness.guidance import Guidance
from bonafide.liveness.session import Reveal


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
    chance = case.chance
    studio = draw_studio(chance)
    rest = draw_rest(chance, studio.lens)
    mover = Mover(rest, Habits.drawn(chance), chance)

    def scene(at: float, lens: Lens) -> tuple[Layer, ...]:
        since = swapped.swapped_at
        head = case.head if since is None or at < since else case.other
        mesh = head.place(mover.motion.pose(at), lens, rest, shut=mover.shut(at))
        return (Layer(mesh, head.picture, everywhere=True),)

    camera = BeforeCamera(studio, mover, scene, lag=float(chance.uniform(0.04, 0.16)))
    swapped = Swap(camera)
    return swapped


SPECIES = (
    Species(
        "face-swap",
        "The victim's face for the frontal look, the attacker's own living face from the first movement on.",
        swap,
        injected=True,
        family=Family.MONTAGE,
    ),
)
