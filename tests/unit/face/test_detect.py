"""YuNet's post-processing, by hand-made outputs and against OpenCV's own."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bonafide.capture import read_picture
from bonafide.face import Detector
from bonafide.face.detect import MIN_CONFIDENCE, prepare
from bonafide.models import ModelStore, open_session

Floats = NDArray[np.float32]


class Outputs:
    """A session that gives what a test has written into its cells."""

    def __init__(self, height: int, width: int) -> None:
        self.columns = {stride: -(-width // 32) * 32 // stride for stride in (8, 16, 32)}
        self.given: dict[str, Floats] = {}
        for stride, columns in self.columns.items():
            cells = columns * (-(-height // 32) * 32 // stride)
            for kind, length in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)):
                self.given[f"{kind}_{stride}"] = np.zeros((1, cells, length), np.float32)

    def put(
        self, stride: int, row: int, column: int, *, cls: float = 1, obj: float = 1, size: float = 0.0
    ) -> None:
        """A face in one cell: its centre a quarter of a cell in, its size exp(`size`) cells, and landmarks
        that count up from the cell's corner.
        """
        cell = row * self.columns[stride] + column
        self.given[f"cls_{stride}"][0, cell], self.given[f"obj_{stride}"][0, cell] = cls, obj
        self.given[f"bbox_{stride}"][0, cell] = (0.25, 0.25, size, size)
        self.given[f"kps_{stride}"][0, cell] = np.arange(10) / 10

    def run(self, output_names: tuple[str, ...], input_feed: dict[str, Floats]) -> list[Floats]:
        assert list(input_feed) == ["input"]
        return [self.given[name] for name in output_names]


def blank(height: int, width: int) -> NDArray[np.uint8]:
    return np.zeros((height, width, 3), np.uint8)


def test_pixels_become_bgr_planes_padded_to_multiples_of_32() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (50, 70, 3), dtype=np.uint8)
    planes = prepare(pixels)
    assert planes.shape == (1, 3, 64, 96)
    assert planes.dtype == np.float32
    for plane, channel in zip(planes[0], (2, 1, 0), strict=True):
        np.testing.assert_array_equal(plane[:50, :70], pixels[..., channel])
        assert plane[50:].max() == plane[:, 70:].max() == 0


@pytest.mark.parametrize("stride", [8, 16, 32])
def test_a_cell_tells_where_its_face_is(stride: int) -> None:
    # 70 pixels wide means cells in rows of 96 pixels.
    outputs = Outputs(120, 70)
    outputs.put(stride, 2, 1, size=float(np.log(3)))
    (face,) = Detector(outputs).detect(blank(120, 70))
    x, y = 1.25 * stride, 2.25 * stride
    assert face.box == pytest.approx((x - 1.5 * stride, y - 1.5 * stride, 3 * stride, 3 * stride), rel=1e-5)
    expected = (np.arange(10).reshape(5, 2) / 10 + (1, 2)) * stride
    np.testing.assert_allclose(face.landmarks, expected, rtol=1e-6)
    assert face.landmarks.dtype == np.float32


def test_confidence_is_the_mean_of_both_scores_and_never_above_one() -> None:
    outputs = Outputs(64, 64)
    outputs.put(8, 0, 0, cls=0.9, obj=0.5)
    outputs.put(8, 6, 6, cls=1.5, obj=1.5)
    faces = Detector(outputs).detect(blank(64, 64))
    assert [face.confidence for face in faces] == pytest.approx([1, 0.45**0.5])


def test_too_little_confidence_is_no_face() -> None:
    outputs = Outputs(64, 64)
    outputs.put(8, 0, 0, cls=MIN_CONFIDENCE - 0.01, obj=MIN_CONFIDENCE)
    outputs.put(8, 6, 6, cls=-1, obj=-1)
    assert Detector(outputs).detect(blank(64, 64)) == []


def test_two_boxes_of_one_face_are_one_and_the_more_confident_stays() -> None:
    outputs = Outputs(128, 128)
    outputs.put(8, 4, 4, cls=0.8, obj=0.8, size=2)
    outputs.put(8, 4, 5, cls=0.9, obj=0.9, size=2)
    outputs.put(8, 14, 14, cls=0.7, obj=0.7, size=0)
    faces = Detector(outputs).detect(blank(128, 128))
    assert [face.confidence for face in faces] == pytest.approx([0.9, 0.7])


@pytest.mark.parametrize("long_side", [320, 333, 640])
@pytest.mark.parametrize("name", ["obama.jpg", "obama3.jpg", "biden.jpg"])
def test_it_finds_what_opencv_finds(
    models_home: Path, sample_pictures: Path, name: str, long_side: int
) -> None:
    whole = read_picture(sample_pictures / name).decode()
    scale = long_side / max(whole.shape[:2])
    pixels = np.asarray(cv2.resize(whole, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    store = ModelStore(models_home)
    found = Detector(open_session(store.detector(), store)).detect(pixels)

    height, width = pixels.shape[:2]
    theirs = cv2.FaceDetectorYN.create(
        str(store.path(store.detector())), "", (width, height), MIN_CONFIDENCE, 0.3
    )
    _, rows = theirs.detect(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    assert len(found) == len(rows) > 0
    for face, row in zip(found, sorted(rows, key=lambda row: -row[-1]), strict=True):
        np.testing.assert_allclose(face.box, row[:4], atol=0.05)
        np.testing.assert_allclose(face.landmarks.ravel(), row[4:14], atol=0.05)
        assert face.confidence == pytest.approx(float(row[14]), abs=1e-3)
