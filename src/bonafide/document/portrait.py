"""Which of the faces on a document is its portrait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bonafide.face import Face

# Ghost images are printed at half to two thirds of the portrait's size (ICAO 9303-2 leaves it to the state).
_GHOST_AT_MOST = 0.8
# More faces than a portrait and its repetitions: a page of photos, not a document.
_MOST_FACES = 4


@dataclass(frozen=True, slots=True, eq=False)
class PortraitChoice:
    """The portrait, and the ghost images that repeat it smaller. No portrait where it cannot be told."""

    portrait: Face | None
    ghosts: tuple[Face, ...] = ()


def choose_portrait(faces: tuple[Face, ...], same_person: Callable[[Face, Face], bool]) -> PortraitChoice:
    """The portrait among the faces of a document, largest first.

    The largest face is the portrait if every other one is clearly smaller and shows the same person: a ghost
    image. A second person, or a second face as large, leaves it undecided. `same_person` tells whether two
    faces of the picture are likelier one person than two.
    """
    if not faces or len(faces) > _MOST_FACES:
        return PortraitChoice(None)
    portrait, *others = faces
    limit = portrait.eye_distance * _GHOST_AT_MOST
    if all(face.eye_distance <= limit and same_person(portrait, face) for face in others):
        return PortraitChoice(portrait, tuple(others))
    return PortraitChoice(None)
