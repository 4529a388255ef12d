"""Templates of labelled photos made to look like document portraits."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from bonafide.errors import UnreadablePicture
from bonafide.evaluation.calibration.portrait import as_portrait
from bonafide.face import Template
from bonafide.service.templates import NoTemplateMade, SeveralFaces, TemplateExtractor
from bonafide.settings import Profile, Settings


class PortraitExtractor:
    """Makes each photo a portrait, then finds and embeds the face anew, as in the picture of a document."""

    def __init__(self, profile: Profile | str, settings: Settings, several_faces: SeveralFaces) -> None:
        self._extractor = TemplateExtractor(profile, settings, several_faces)

    def extract(self, path: Path) -> Template | NoTemplateMade:
        """The template of the portrait, or why there is none."""
        try:
            found = self._extractor.find(path)
            face = self._extractor.labelled_face(found)
            if face is None:
                return self._extractor.template(found)
            # The same photo always makes the same portrait.
            seed = int.from_bytes(hashlib.sha256(found.picture.data).digest()[:8])
            portrait = as_portrait(found.picture.decode(), face, np.random.default_rng(seed))
            return self._extractor.template(self._extractor.find(portrait))
        except UnreadablePicture:
            return NoTemplateMade("unreadable")
