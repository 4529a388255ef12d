"""Which faces a picture shows, and how good they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bonafide.capture import Picture
from bonafide.face import Face
from bonafide.face.quality import Quality
from bonafide.models import ModelEntry
from bonafide.outcome import Subject
from bonafide.privacy.token import ConsentToken
from bonafide.service.engine import Eyes
from bonafide.service.purposes import TESTING
from bonafide.settings import Settings


@dataclass(frozen=True, slots=True)
class InspectedFace:
    """One face of a picture and its quality measures."""

    face: Face
    quality: Quality


@dataclass(frozen=True, slots=True)
class Inspection:
    """The faces of a picture, largest first; `width` and `height` are those of the whole upright picture."""

    width: int
    height: int
    faces: tuple[InspectedFace, ...]
    detector: ModelEntry


def inspect(
    picture: Picture, subject: Subject, settings: Settings, consent: ConsentToken, now: datetime
) -> Inspection:
    """Find and assess every face, judged by the limits of `subject`; nothing is compared or kept.

    `consent` is to testing, `now` has a time zone. Raises `NotPermitted`, `WeightsMissing`, `WeightsAltered`,
    or `UnreadablePicture`.
    """
    eyes = Eyes.open(settings)
    sight = eyes.under(consent, now, TESTING)
    found = sight.find(picture)
    faces = tuple(
        InspectedFace(face, sight.quality(found, face, found.crop(face), found.faces, subject))
        for face in found.faces
    )
    return Inspection(found.picture.width, found.picture.height, faces, eyes.detector)
