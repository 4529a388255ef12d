"""What is measured of a frame, with the models that ship."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import simplejpeg  # type: ignore[import-untyped]
from numpy.typing import NDArray

from bonafide.capture import read_picture
from bonafide.errors import UnreadablePicture
from bonafide.face import head_pose
from bonafide.liveness.looking import MOST_SIDE, Arrival, Looker, Wanted
from bonafide.models import ModelStore
from bonafide.service.live_sight import open_looker

Pixels = NDArray[np.uint8]
ALL = Wanted(mesh=True, skin=True, template=True, signs=True, passive=True)
ARRIVAL = Arrival(2, 12.5, 100.25)


@pytest.fixture(scope="module")
def looker(models_home: Path) -> Looker:
    return open_looker(ModelStore(models_home))[0]


@pytest.fixture(scope="module")
def selfie(sample_pictures: Path) -> Pixels:
    """One face, as a frame of 480 pixels on its shorter side shows it."""
    pixels = read_picture(sample_pictures / "obama.jpg").decode()
    height, width = pixels.shape[:2]
    scale = 480 / min(height, width)
    return np.asarray(cv2.resize(pixels, (round(width * scale), round(height * scale))), np.uint8)


def jpeg(pixels: Pixels) -> bytes:
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), 85, "RGB"))


def test_a_frame_is_measured_and_its_pixels_are_not_kept(looker: Looker, selfie: Pixels) -> None:
    data = jpeg(selfie)
    seen = looker.look(data, ARRIVAL, ALL)
    assert (seen.step, seen.captured, seen.received) == (2, 12.5, 100.25)
    assert (seen.height, seen.width) == selfie.shape[:2]
    assert seen.faces == 1
    assert seen.face
    assert seen.mesh
    assert abs(head_pose(seen.mesh).yaw) < 15
    assert seen.template
    assert seen.signs
    assert seen.passive is None, "no passive model ships"
    kept = [value for name in seen.__slots__ if isinstance(value := getattr(seen, name), np.ndarray)]
    assert sum(value.nbytes for value in kept) < 1000
    # Where the face is, its mesh is.
    x, y, width, height = seen.face.box
    centre = seen.mesh.points[:, :2].mean(axis=0)
    assert x < centre[0] < x + width
    assert y < centre[1] < y + height


def test_what_was_not_asked_for_is_not_measured(looker: Looker, selfie: Pixels) -> None:
    seen = looker.look(jpeg(selfie), ARRIVAL, Wanted())
    assert (seen.mesh, seen.skin, seen.template, seen.signs, seen.sharpness) == (None, None, None, None, 0)
    assert seen.thumb is not None


def test_the_face_of_a_small_frame_is_where_that_of_a_large_one_is(looker: Looker, selfie: Pixels) -> None:
    large = looker.look(jpeg(selfie), ARRIVAL, ALL)
    half = np.asarray(cv2.resize(selfie, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    small = looker.look(jpeg(half), ARRIVAL, Wanted(skin=True))
    assert large.face
    assert small.face
    width = large.face.box[2]
    assert np.array(small.face.box) * 2 == pytest.approx(np.array(large.face.box), abs=width * 0.12)
    assert large.skin is not None
    assert small.skin == pytest.approx(large.skin, abs=12)


def test_light_on_the_face_is_seen_in_its_skin(looker: Looker, selfie: Pixels) -> None:
    plain = looker.look(jpeg(selfie), ARRIVAL, Wanted(skin=True)).skin
    reddened = np.clip(selfie * np.array([1.0, 0.8, 0.8]), 0, 255).astype(np.uint8)
    red = looker.look(jpeg(reddened), ARRIVAL, Wanted(skin=True)).skin
    assert plain is not None
    assert red is not None
    assert red[0] / red[1] > 1.15 * plain[0] / plain[1]


def test_a_blurred_and_a_dark_face_measure_so(looker: Looker, selfie: Pixels) -> None:
    sharp = looker.look(jpeg(selfie), ARRIVAL, ALL)
    blurred = looker.look(jpeg(np.asarray(cv2.GaussianBlur(selfie, (0, 0), 4), np.uint8)), ARRIVAL, ALL)
    dark = looker.look(jpeg((selfie * 0.35).astype(np.uint8)), ARRIVAL, Wanted())
    assert blurred.sharpness < sharp.sharpness / 3
    assert dark.brightness == pytest.approx(sharp.brightness * 0.35, rel=0.1)


def test_where_nobody_is_there_is_nothing(looker: Looker) -> None:
    seen = looker.look(jpeg(np.full((640, 480, 3), 127, np.uint8)), ARRIVAL, ALL)
    assert (seen.faces, seen.face, seen.mesh, seen.skin, seen.thumb) == (0, None, None, None, None)
    assert (seen.template, seen.signs, seen.brightness) == (None, None, 0)


def test_of_two_faces_nothing_is_told_that_one_could_lend_the_other(looker: Looker, selfie: Pixels) -> None:
    seen = looker.look(jpeg(np.concatenate((selfie, selfie), axis=1)), ARRIVAL, ALL)
    assert seen.faces == 2
    assert seen.face
    assert (seen.template, seen.mesh, seen.skin) == (None, None, None)


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff\xd9"])
def test_what_is_no_frame_is_refused(looker: Looker, data: bytes) -> None:
    with pytest.raises(UnreadablePicture):
        looker.look(data, ARRIVAL, ALL)


def test_only_jpeg_of_a_frames_size_is_taken(looker: Looker) -> None:
    done, png = cv2.imencode(".png", np.zeros((64, 64, 3), np.uint8))
    assert done
    with pytest.raises(UnreadablePicture, match="not JPEG"):
        looker.look(png.tobytes(), ARRIVAL, ALL)
    with pytest.raises(UnreadablePicture, match="more than 1280 pixels"):
        looker.look(jpeg(np.zeros((64, MOST_SIDE + 1, 3), np.uint8)), ARRIVAL, ALL)
