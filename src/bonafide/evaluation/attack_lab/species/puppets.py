"""A face that a program moves: it follows the movements; light it leaves out, brings late, or brings."""

from __future__ import annotations

from dataclasses import replace

from bonafide.evaluation.attack_lab.case import Case, Species
from bonafide.evaluation.attack_lab.conditions import draw_rest, draw_studio
from bonafide.evaluation.attack_lab.person import Habits, Mover
from bonafide.evaluation.attack_lab.presenter import BeforeCamera, head_scene
from bonafide.liveness.finding import Family


def puppet(case: Case, *, lit: bool, delay: tuple[float, float]) -> BeforeCamera:
    """A rendered face, whose light comes so many seconds late."""
    chance = case.chance
    studio = draw_studio(chance)
    rest = draw_rest(chance, studio.lens)
    mover = Mover(rest, replace(Habits.drawn(chance), wrong_side=0.0), chance)
    # Its maker renders depth as well as the laboratory does: for the depth cue it is a head.
    return BeforeCamera(
        studio,
        mover,
        head_scene(case.head, mover, rest),
        lag=float(chance.uniform(0.04, 0.16)),
        lit=lit,
        light_delay=float(chance.uniform(*delay)),
    )


SPECIES = (
    Species(
        "puppet-without-light",
        "A rendered face that follows every movement and knows nothing of the screen's light. Movement alone "
        "cannot tell.",
        lambda case: puppet(case, lit=False, delay=(0.0, 0.0)),
        injected=True,
        family=Family.RECORDING,
    ),
    Species(
        "puppet-late-light",
        "The same with the screen's light, 0.5 to 1.2 s late. Movement alone cannot tell.",
        lambda case: puppet(case, lit=True, delay=(0.5, 1.2)),
        injected=True,
        family=Family.RECORDING,
        as_in_movement="puppet-without-light",
    ),
    Species(
        "puppet-with-light",
        "The same with the screen's light as fast as a machine can, 0.05 to 0.2 s late: a live deepfake "
        "through a virtual camera. Nothing here can tell.",
        lambda case: puppet(case, lit=True, delay=(0.05, 0.2)),
        injected=True,
        family=None,
        as_in_movement="puppet-without-light",
    ),
)
