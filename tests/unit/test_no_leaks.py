"""Whoever prints, logs or raises one of our values shows no picture, no template and no face."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from bonafide.capture import Picture, read_picture
from bonafide.errors import BonafideError
from bonafide.face import ARCFACE_TEMPLATE, Face, FoundFaces, Template
from bonafide.face.quality import FaceSample
from bonafide.outcome import Subject
from bonafide.service.engine import SubjectFace

# A value that nothing but the pixels or the vector holds, in whatever way it may be shown.
TELLTALE = 173
VECTOR = np.array([0.173205, 0.984886], np.float32)
PIXELS = np.full((40, 40, 3), TELLTALE, np.uint8)
FACE = Face((0, 0, 40, 40), ARCFACE_TEMPLATE, 0.9)


@pytest.fixture(scope="module")
def picture() -> Picture:
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, "PNG")
    return read_picture(file.getvalue())


def template(_picture: Picture) -> Template:
    return Template(VECTOR, "c" * 64)


HOLDERS: list[Callable[[Picture], object]] = [
    lambda picture: picture,
    template,
    lambda picture: FoundFaces(picture, (FACE,), PIXELS, 1),
    lambda picture: FaceSample(PIXELS, FACE, (FACE,), picture.width, picture.height, Subject.SELFIE),
    lambda picture: SubjectFace(template(picture), FACE, None, ()),
]


@pytest.mark.parametrize(
    "made", HOLDERS, ids=["picture", "template", "found faces", "sample", "subject face"]
)
def test_what_holds_a_face_does_not_show_it(
    picture: Picture, made: Callable[[Picture], object], caplog: pytest.LogCaptureFixture
) -> None:
    value = made(picture)
    logging.getLogger("test").warning("%r %s", value, [value])
    for shown in (repr(value), str(value), f"{(value,)}", caplog.text):
        assert str(TELLTALE) not in shown
        assert "0.17" not in shown
        assert "IHDR" not in shown
        assert "array" not in shown
        assert "b'" not in shown


def test_what_is_wrong_with_a_picture_is_told_without_its_bytes(picture: Picture) -> None:
    secret = b"Zhang San 110101199003078888"
    for content in (secret, picture.data[:40] + secret, picture.data[:-20] + secret):
        with pytest.raises(BonafideError) as refused:
            read_picture(content).decode()
        error: BaseException | None = refused.value
        while error is not None:
            assert "Zhang" not in f"{error!r}{error}"
            assert "1101011990" not in f"{error!r}{error}"
            error = error.__cause__
