from __future__ import annotations

import cv2
import numpy as np
import pytest

from bonafide.capture import read_picture
from bonafide.evaluation.calibration.portrait import as_portrait
from bonafide.face import Face


@pytest.fixture
def face() -> Face:
    landmarks = np.array([[200, 200], [300, 200], [250, 260], [210, 310], [290, 310]], np.float32)
    return Face((150, 120, 200, 260), landmarks, 0.9)


def test_a_portrait_is_small_and_softer(face: Face) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (600, 500, 3), np.uint8)
    made = read_picture(as_portrait(noise, face, np.random.default_rng(2)))
    # Eyes 20 to 40 pixels apart, and 4.4 such distances of width.
    assert 80 <= made.width <= 180
    assert cv2.Laplacian(made.decode(), cv2.CV_64F).var() < cv2.Laplacian(noise, cv2.CV_64F).var() / 2


def test_the_same_seed_gives_the_same_portrait(face: Face) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (600, 500, 3), np.uint8)
    one, same, other = (as_portrait(pixels, face, np.random.default_rng(seed)) for seed in (4, 4, 5))
    assert one == same != other


@pytest.mark.parametrize("shift", [-5000.0, 5000.0, 0.0])
def test_landmarks_anywhere_give_a_picture(face: Face, shift: float) -> None:
    moved = Face(face.box, face.landmarks + np.float32(shift), 0.9)
    pixels = np.zeros((40, 50, 3), np.uint8)
    assert read_picture(as_portrait(pixels, moved, np.random.default_rng(1))).decode().size
