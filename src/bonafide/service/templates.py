"""Templates of labelled pictures, for measuring; nothing is compared or decided here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bonafide.capture import read_picture
from bonafide.errors import UnreadablePicture
from bonafide.face import Template
from bonafide.outcome import Subject
from bonafide.service.engine import Engine
from bonafide.settings import Profile, Settings


@dataclass(frozen=True, slots=True)
class NoFaceTaken:
    """Why a picture gave no template (ISO/IEC 19795-1: failure to acquire)."""

    reason: str


class TemplateExtractor:
    """Makes templates as verifying would. Each process opens its own."""

    def __init__(self, profile: Profile | str, settings: Settings) -> None:
        self._engine = Engine.open(settings, profile, calibrated=False)

    def extract(self, path: Path) -> Template | NoFaceTaken:
        """The template of the one face in the picture, or why there is none."""
        try:
            found = self._engine.find(read_picture(path))
            taken = self._engine.subject_face(found, Subject.SELFIE)
        except UnreadablePicture:
            return NoFaceTaken("unreadable")
        if taken.template is None:
            return NoFaceTaken(taken.flaws[0])
        return taken.template
