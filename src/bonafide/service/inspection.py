"""Which faces a picture shows, and how good they are."""

from __future__ import annotations

from dataclasses import dataclass

from bonafide.capture import Picture
from bonafide.face import Detector, Face, FaceFinder
from bonafide.face.quality import FaceSample, Quality, assess_quality
from bonafide.models import ModelEntry, ModelStore, open_session
from bonafide.outcome import Subject
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


def inspect(picture: Picture, subject: Subject, settings: Settings) -> Inspection:
    """Find and assess every face, judged by the limits of `subject`; nothing is compared or kept.

    Raises `WeightsMissing`, `WeightsAltered`, or `UnreadablePicture`.
    """
    store = ModelStore(settings.data_dir)
    entry = store.detector()
    found = FaceFinder(Detector(open_session(entry, store))).find(picture)
    faces = tuple(
        InspectedFace(
            face,
            assess_quality(
                FaceSample(
                    found.crop(face), face, found.faces, found.picture.width, found.picture.height, subject
                )
            ),
        )
        for face in found.faces
    )
    return Inspection(found.picture.width, found.picture.height, faces, entry)
