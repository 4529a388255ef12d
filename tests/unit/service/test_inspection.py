"""Which faces a picture shows, and how good they are."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bonafide.capture import Picture, read_picture
from bonafide.errors import WeightsMissing
from bonafide.outcome import Flaw, Subject
from bonafide.service.inspection import inspect
from bonafide.service.purposes import trial
from bonafide.settings import Settings

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture(scope="module")
def empty() -> Picture:
    """A picture of nothing, lying on its side."""
    block = Image.Exif()
    block[0x0112] = 6
    file = io.BytesIO()
    Image.fromarray(np.full((60, 90, 3), 128, np.uint8)).save(file, "JPEG", exif=block.tobytes())
    return read_picture(file.getvalue())


def test_a_picture_without_a_face_has_none(models_home: Path, empty: Picture) -> None:
    found = inspect(empty, Subject.SELFIE, Settings(models_home), trial(NOW), NOW)
    assert found.faces == ()
    assert (found.width, found.height) == (60, 90)


def test_a_portrait_has_one_and_nothing_is_wrong_with_it(models_home: Path, sample_pictures: Path) -> None:
    picture = read_picture(sample_pictures / "obama.jpg")
    found = inspect(picture, Subject.SELFIE, Settings(models_home), trial(NOW), NOW)
    (only,) = found.faces
    assert only.quality.flaws == ()
    x, y, width, height = only.face.box
    assert x > 0
    assert y > 0
    assert x + width < picture.width
    assert y + height < picture.height
    assert found.detector.name == "yunet-2023mar"


def test_two_faces_are_both_reported_and_both_not_alone(models_home: Path, sample_pictures: Path) -> None:
    one = read_picture(sample_pictures / "obama.jpg").decode(2)
    file = io.BytesIO()
    Image.fromarray(np.concatenate((one, one), axis=1)).save(file, "PNG", compress_level=1)
    found = inspect(read_picture(file.getvalue()), Subject.SELFIE, Settings(models_home), trial(NOW), NOW)
    assert len(found.faces) == 2
    for inspected in found.faces:
        assert Flaw.SEVERAL_FACES in inspected.quality.flaws


def test_without_weights_nothing_is_inspected(tmp_path: Path, empty: Picture) -> None:
    with pytest.raises(WeightsMissing, match="bonafide models pull"):
        inspect(empty, Subject.SELFIE, Settings(tmp_path), trial(NOW), NOW)
