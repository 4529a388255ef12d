"""Prints before a real camera: flat, bent, and bent around a face with its eyes cut out.

A print is lit by the screen like anything else, and moved as the challenge asks: turned about an upright
axis, tilted, brought nearer. Matte paper with inks of limited contrast; what is dark on it reflects some
light.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.evaluation.attack_lab.case import Case, Species
from bonafide.evaluation.attack_lab.conditions import Backdrop, draw_rest, draw_studio
from bonafide.evaluation.attack_lab.geometry import Lens
from bonafide.evaluation.attack_lab.head import Head
from bonafide.evaluation.attack_lab.person import Habits, Mover
from bonafide.evaluation.attack_lab.presenter import BeforeCamera
from bonafide.evaluation.attack_lab.sheet import Sheet
from bonafide.evaluation.attack_lab.studio import Layer
from bonafide.liveness.finding import Family

# Both eyes in MediaPipe's mesh, by their outlines.
_EYES = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
)


def _habits(chance: np.random.Generator, turn: tuple[float, float]) -> Habits:
    """A hand with a sheet turns it further than a head would be turned, and trembles more."""
    habits = Habits.drawn(chance)
    return replace(
        habits,
        turn=float(chance.uniform(*turn)),
        nod=float(chance.uniform(20, 40)),
        sway=habits.sway * 1.6,
        wrong_side=0.02,
    )


def _print_of(head: Head, chance: np.random.Generator) -> NDArray[np.uint8]:
    """The portrait as a printer renders it: a little paler, a little off in colour."""
    contrast = float(chance.uniform(0.85, 1.0))
    cast = chance.uniform(0.95, 1.05, 3)
    table = np.clip((np.arange(256)[:, None] - 128) * contrast * cast + 128, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(head.picture, table.reshape(1, 256, 3)), np.uint8)


def _sheet(head: Head, chance: np.random.Generator, radius: float | None, pivot: float = 0.0) -> Sheet:
    middle = head.picture.shape[0] / 2
    size = float(chance.uniform(0.8, 1.15))
    return Sheet(
        width=21.0 if radius is None else float(chance.uniform(19, 23)),
        height=29.7,
        middle=(middle, middle + 1.0 * head.scale),
        pixels_per_cm=head.scale / size,
        radius=radius,
        pivot=pivot,
    )


def _held(case: Case, turn: tuple[float, float], radius: float | None, haze: float) -> BeforeCamera:
    chance = case.chance
    studio = draw_studio(chance)
    sheet, picture = _sheet(case.head, chance, radius), _print_of(case.head, chance)
    rest = draw_rest(chance, studio.lens, placed=True)
    # Paper that is bent shows less of a face: it is held a little nearer.
    rest = rest.moved(distance=rest.distance * float(chance.uniform(0.8, 0.92)))
    mover = Mover(rest, _habits(chance, turn), chance)
    behind = Backdrop(chance, studio.lens)

    def scene(at: float, lens: Lens) -> tuple[Layer, ...]:
        return (behind.at(lens), Layer(sheet.place(mover.motion.pose(at), lens), picture, haze=haze))

    return BeforeCamera(studio, mover, scene, lag=float(chance.uniform(0.04, 0.16)))


def flat(case: Case) -> BeforeCamera:
    """A sheet held flat."""
    return _held(case, (35, 55), None, float(case.chance.uniform(0.01, 0.05)))


def bent(case: Case) -> BeforeCamera:
    """A sheet bent around an upright axis, 7 to 14 cm in radius, and turned up to 50 degrees and more."""
    radius = float(case.chance.uniform(7, 14))
    return _held(case, (32, 52), radius, float(case.chance.uniform(0.01, 0.05)))


def cut_eyes(case: Case) -> BeforeCamera:
    """A print worn around the attacker's own head, which looks and blinks through its holes."""
    chance = case.chance
    studio = draw_studio(chance)
    rest = draw_rest(chance, studio.lens)
    mover = Mover(rest, replace(Habits.drawn(chance), turn=float(chance.uniform(30, 45))), chance)
    # Around a head a sheet is bent as the head is, and turns around the neck some 12 cm behind it.
    sheet = _sheet(case.head, chance, float(chance.uniform(8, 13)), pivot=12.0)
    sheet = replace(sheet, width=float(chance.uniform(15, 18)), height=24.0, pixels_per_cm=case.head.scale)
    picture = _print_of(case.head, chance)
    holes = np.full(picture.shape[:2], 255, np.uint8)
    for eye in _EYES:
        outline = case.head.texture[list(eye)]
        grown = outline.mean(axis=0) + (outline - outline.mean(axis=0)) * 1.15
        cv2.fillPoly(holes, [np.rint(grown).astype(np.int32)], 0)
    haze = float(chance.uniform(0.01, 0.05))

    def scene(at: float, lens: Lens) -> tuple[Layer, ...]:
        pose = mover.motion.pose(at)
        wearer = case.other.place(pose, lens, rest, shut=mover.shut(at))
        # The paper lies on the nose, 8 cm before the middle of the head.
        worn = sheet.place(pose.moved(distance=pose.distance - 8.0), lens)
        return (
            Layer(wearer, case.other.picture, everywhere=True),
            Layer(worn, picture, haze=haze, holes=holes),
        )

    return BeforeCamera(studio, mover, scene, lag=float(chance.uniform(0.04, 0.16)))


SPECIES = (
    Species(
        "flat-print",
        "A flat print of the face, moved and turned by hand as the challenge asks.",
        flat,
        injected=False,
        family=Family.SURFACE,
        light_limit=0.01,
        movement_limit=0.03,
    ),
    Species(
        "bent-print",
        "A print bent to a radius of 7 to 14 cm, moved and turned by hand.",
        bent,
        injected=False,
        family=Family.SURFACE,
        light_limit=0.10,
        movement_limit=0.10,
    ),
    Species(
        "cut-out-eyes",
        "A print with its eyes cut out, worn around the attacker's own head.",
        cut_eyes,
        injected=False,
        family=Family.SURFACE,
        light_limit=0.10,
        movement_limit=0.10,
    ),
)
