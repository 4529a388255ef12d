"""Portraits to make heads from: one folder of pictures for each person, or pictures side by side.

Nothing here keeps a name: people are numbers, in an order that a seed decides.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.capture import read_picture
from bonafide.errors import UnreadablePicture, UsageError
from bonafide.evaluation.attack_lab.camera import encode
from bonafide.evaluation.attack_lab.eyes import Eyes
from bonafide.evaluation.attack_lab.head import Head, make_head
from bonafide.face.canonical import canonical_face
from bonafide.face.head_pose import head_pose
from bonafide.face.mesh import FaceMesh
from bonafide.liveness.looking import Arrival, Wanted

_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp"})
_JPEG: Final = b"\xff\xd8"
# What is looked at is JPEG of a frame's size; nothing of a face is lost.
_LONGEST: Final = 1000
_QUALITY: Final = 95
# A head is made from a portrait that looks at the camera: what is hidden in it cannot be rendered.
_STRAIGHT: Final = 14.0
# A face narrower than this is too coarse to be enlarged to a frame's.
_NARROWEST: Final = 70.0
# Which person is on which side must not depend on the seed of a run: what was tuned on stays held out.
_SPLIT_SEED: Final = 30107


@dataclass(frozen=True, slots=True)
class Halves:
    """People on either side of the line between tuning and reporting; each is the files of one person."""

    tuning: tuple[tuple[Path, ...], ...]
    reporting: tuple[tuple[Path, ...], ...]

    @property
    def disjoint(self) -> bool:
        """Whether the sides share nobody."""
        return set(self.tuning).isdisjoint(self.reporting)


def read_people(folder: Path) -> tuple[tuple[Path, ...], ...]:
    """The pictures of each person: a sub-folder is a person, and so are files whose names differ in their
    last digits only. Raises `UsageError` where there are fewer than two.
    """
    found: dict[str, list[Path]] = {}
    try:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in _SUFFIXES and path.is_file():
                person = str(path.parent) if path.parent != folder else path.stem.rstrip("0123456789_-")
                found.setdefault(person, []).append(path)
    except OSError:
        found.clear()
    if len(found) < 2:
        raise UsageError(
            "The folder of portraits shows fewer than two people",
            "Name one with a sub-folder of pictures for each person",
        )
    return tuple(tuple(paths) for _, paths in sorted(found.items()))


def split(people: tuple[tuple[Path, ...], ...]) -> Halves:
    """Both halves, in an order by chance; with fewer than eight people both are all of them."""
    mixed = list(people)
    random.Random(_SPLIT_SEED).shuffle(mixed)  # noqa: S311 - no secret
    if len(mixed) < 8:
        return Halves(tuple(mixed), tuple(mixed))
    half = len(mixed) // 2
    return Halves(tuple(mixed[:half]), tuple(mixed[half:]))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Portrait:
    """A picture of one face that looks at the camera: uint8 RGB pixels and the mesh found in them."""

    pixels: NDArray[np.uint8]
    mesh: FaceMesh

    def head(self, chance: np.random.Generator) -> Head:
        """A head made from it, a little deeper or flatter than the average by chance."""
        face = canonical_face()
        # Noses and cheekbones differ in depth by about a tenth from person to person (a guess).
        relief = float(np.clip(chance.normal(1.0, 0.08), 0.8, 1.2))
        return make_head(
            self.pixels, self.mesh.points, face.vertices, face.triangles, relief=relief, chance=chance
        )


def portrait_of(pixels: NDArray[np.uint8], eyes: Eyes) -> Portrait | None:
    """A portrait in uint8 RGB (h, w, 3) pixels, None where they show no one face that can be used."""
    scale = min(1.0, _LONGEST / max(pixels.shape[:2]))
    if scale < 1:
        size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return _seen(pixels, encode(pixels, _QUALITY), eyes)


def usable(people: tuple[tuple[Path, ...], ...], eyes: Eyes) -> Iterator[Portrait]:
    """The first usable portrait of each person who has one."""
    read = eyes_on(eyes)
    for paths in people:
        portrait = next((each for path in paths if (each := read(path))), None)
        if portrait is not None:
            yield portrait


def eyes_on(eyes: Eyes) -> Callable[[Path], Portrait | None]:
    """What reads a file's portrait; None where it shows no one face that can be used."""

    def read(path: Path) -> Portrait | None:
        try:
            data = path.read_bytes()
            pixels = read_picture(data).decode()
        except (UnreadablePicture, OSError):
            return None
        if data.startswith(_JPEG) and max(pixels.shape[:2]) <= _LONGEST:
            return _seen(pixels, data, eyes)
        return portrait_of(pixels, eyes)

    return read


def _seen(pixels: NDArray[np.uint8], data: bytes, eyes: Eyes) -> Portrait | None:
    """A portrait from its pixels, and the same as JPEG."""
    seen = eyes.sight.look(data, Arrival(0, 0.0, 0.0), Wanted(mesh=True))
    if seen.faces != 1 or seen.face is None or seen.mesh is None or seen.face.box[2] < _NARROWEST:
        return None
    pose = head_pose(seen.mesh)
    straight = max(abs(pose.yaw), abs(pose.pitch), abs(pose.roll)) <= _STRAIGHT
    return Portrait(pixels, seen.mesh) if straight else None
