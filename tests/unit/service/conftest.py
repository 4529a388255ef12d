"""A service without weights: faces are patches of grey, and two are alike as their shades are.

The embedding of a patch turns with its shade, so that the cosine of two patches is that of the difference:
equal shades give 1, black and white 0, and the calibration's 0.4 for 1e-4 lies between. Documents say what a
test lets them say.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bonafide.capture import Picture, read_picture
from bonafide.compare import Calibration
from bonafide.document import DocumentCheck, Kind, Reading
from bonafide.document.reader import DocumentReader, Side
from bonafide.face import ARCFACE_TEMPLATE, Face, FaceFinder, FoundFaces, Recogniser
from bonafide.face.embed import NamedValue
from bonafide.face.quality import FaceSample, Quality
from bonafide.face.quality.measure import Measure
from bonafide.models import ModelEntry, ModelStore, Role
from bonafide.outcome import Flaw, Subject
from bonafide.privacy import attested, purposes
from bonafide.service import engine as engine_module
from bonafide.service.documents import Documents
from bonafide.service.engine import Engine, FaceWork
from bonafide.service.purposes import TESTING

Floats = NDArray[np.float32]

_NOW = datetime(2026, 11, 25, tzinfo=UTC)


class _Shades:
    """A recogniser's session."""

    name = "face"

    def get_inputs(self) -> list[NamedValue]:
        return [self]

    def run(self, _output_names: None, input_feed: dict[str, Floats]) -> list[Floats]:
        angle = float(input_feed["face"].mean()) / 255 * np.pi / 2
        return [np.array([[np.cos(angle), np.sin(angle), 0, 0]], np.float32)]


class _Told(FaceFinder):
    """Finds the faces that were drawn."""

    def __init__(self) -> None:
        self.drawn: dict[bytes, tuple[Face, ...]] = {}

    def find(self, picture: Picture) -> FoundFaces:
        pixels = picture.decode()
        return FoundFaces(picture, self.drawn[picture.data], pixels, 1)


@dataclass(frozen=True)
class Patch:
    """A face: its shade, 0..1, and its size as a share of an aligned crop's."""

    shade: float
    size: float = 1


@dataclass
class TellingReader(DocumentReader):
    """Reads the same of every document; `asked` is what it was asked each time."""

    reading: Reading
    asked: list[tuple[Side, Side | None, date, int | None]] = field(default_factory=list)

    def read(self, front: Side, back: Side | None, today: date, minimum_age: int | None = None) -> Reading:
        self.asked.append((front, back, today, minimum_age))
        return self.reading


def sound_reading(**fields: str | tuple[str, ...]) -> Reading:
    """A passport with which nothing is wrong."""
    return Reading(Kind.TD3, fields, (DocumentCheck.passed("document.kind"),), None)


@dataclass(frozen=True)
class Studio:
    """An engine and the means to draw pictures for it. `flaws` are what quality will say of each picture."""

    engine: Engine
    draw: Callable[..., Picture]
    flaws: dict[Subject, tuple[Flaw, ...]]

    @property
    def faces(self) -> FaceWork:
        """What the engine does for a test."""
        return self.engine.under(attested(purposes()[TESTING], _NOW), _NOW, TESTING)

    def documents(self, reader: DocumentReader) -> Documents:
        """Documents that are read by `reader`, in the name of the shipped models."""
        shipped = ModelStore(Path("nowhere"))
        models = shipped.serving(Role.TEXT_DETECTOR), shipped.serving(Role.TEXT_RECOGNISER)
        return Documents(*models, lambda: reader)

    @staticmethod
    def damage(picture: Picture) -> Picture:
        """The same with a good header and damaged pixels."""
        data = bytearray(picture.data)
        data[data.index(b"IDAT") + 10] ^= 0xFF
        return read_picture(bytes(data))


@pytest.fixture
def studio(
    monkeypatch: pytest.MonkeyPatch, detector: ModelEntry, recogniser: ModelEntry, calibrated: Calibration
) -> Studio:
    finder = _Told()
    flaws: dict[Subject, tuple[Flaw, ...]] = {}

    def judge(sample: FaceSample) -> Quality:
        return Quality(tuple(Measure(flaw, 0.0, 0, flaw) for flaw in flaws.get(sample.subject, ())))

    monkeypatch.setattr(engine_module, "assess_quality", judge)

    def draw(*patches: Patch) -> Picture:
        """Patches side by side."""
        pixels = np.zeros((120, 120 * max(len(patches), 1), 3), np.uint8)
        faces = []
        for index, patch in enumerate(patches):
            corner = np.array([120 * index, 0], np.float32)
            pixels[:, 120 * index : 120 * (index + 1)] = round(255 * patch.shade)
            landmarks = ARCFACE_TEMPLATE * np.float32(patch.size) + corner
            faces.append(Face((120.0 * index, 0.0, 112 * patch.size, 112 * patch.size), landmarks, 0.9))
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        finder.drawn[file.getvalue()] = tuple(faces)
        return read_picture(file.getvalue())

    made = Engine(detector, finder, Recogniser(recogniser, _Shades()), calibrated)
    return Studio(made, draw, flaws)


@pytest.fixture
def reader() -> TellingReader:
    return TellingReader(sound_reading())


@pytest.fixture
def patch() -> type[Patch]:
    return Patch
