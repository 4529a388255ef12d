"""Living persons before the camera, the hard cases among them: dim and bright rooms, wrong sides, slow
answers, heads that tremble.
"""

from __future__ import annotations

from bonafide.evaluation.attack_lab.case import Case
from bonafide.evaluation.attack_lab.conditions import draw_rest, draw_studio
from bonafide.evaluation.attack_lab.person import Habits, Mover
from bonafide.evaluation.attack_lab.presenter import BeforeCamera, head_scene


def bona_fide(case: Case) -> BeforeCamera:
    """Somebody who does what they are asked."""
    chance = case.chance
    studio = draw_studio(chance)
    rest = draw_rest(chance, studio.lens)
    mover = Mover(rest, Habits.of_anybody(chance), chance)
    return BeforeCamera(
        studio, mover, head_scene(case.head, mover, rest), lag=float(chance.uniform(0.04, 0.16))
    )
