"""Templates of labelled pictures, for measuring; nothing is compared or decided here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from bonafide.capture import read_picture
from bonafide.errors import UnreadablePicture
from bonafide.face import Face, FoundFaces, Template
from bonafide.outcome import Flaw
from bonafide.service.engine import Engine
from bonafide.service.moment import local_now
from bonafide.service.purposes import TESTING, trial
from bonafide.settings import Profile, Settings

# A face less than half as large as the largest is somebody in the background, however central.
_BYSTANDER = 0.5


class SeveralFaces(StrEnum):
    """Whom a labelled picture with several faces shows.

    `CENTRAL` is the convention of labelled sets: of the faces at least half as large as the largest, the one
    nearest the middle. `REFUSE` takes none, as verifying does with a selfie.
    """

    CENTRAL = "central"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class NoTemplateMade:
    """Why a picture gave no template (ISO/IEC 19795-1: failure to acquire)."""

    reason: str


class TemplateExtractor:
    """Makes templates of the faces that pictures are labelled with. Each process opens its own.

    A set of pictures is one test, of people who agreed to it on the word of whoever runs it. Raises what
    `Engine.open` raises.
    """

    def __init__(self, profile: Profile | str, settings: Settings, several_faces: SeveralFaces) -> None:
        begun = local_now()
        engine = Engine.open(settings, profile, calibrated=False)
        self._faces = engine.under(trial(begun), begun, TESTING)
        self._several_faces = several_faces

    def extract(self, path: Path) -> Template | NoTemplateMade:
        """The template of the labelled face, or why there is none."""
        try:
            return self.template(self._faces.find(read_picture(path)))
        except UnreadablePicture:
            return NoTemplateMade("unreadable")

    def template(self, found: FoundFaces) -> Template | NoTemplateMade:
        """The template of the face that a picture's label means. Raises `UnreadablePicture`."""
        face = self.labelled_face(found)
        if face is None:
            return NoTemplateMade(Flaw.SEVERAL_FACES if found.faces else Flaw.NO_FACE)
        return self._faces.template(found.crop(face))

    def labelled_face(self, found: FoundFaces) -> Face | None:
        """The face that a picture's label means."""
        if len(found.faces) < 2:
            return found.faces[0] if found.faces else None
        if self._several_faces is SeveralFaces.REFUSE:
            return None
        middle = np.array([found.picture.width / 2, found.picture.height / 2])
        least = _BYSTANDER * max(face.eye_distance for face in found.faces)
        return min(
            (face for face in found.faces if face.eye_distance >= least),
            key=lambda face: float(np.linalg.norm(face.landmarks.mean(axis=0) - middle)),
        )

    def find(self, content: bytes | Path) -> FoundFaces:
        """The faces of a picture. Raises `UnreadablePicture`."""
        return self._faces.find(read_picture(content))
