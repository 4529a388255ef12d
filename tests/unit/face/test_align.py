"""Five-point alignment: a face lands in its crop however it lay in the picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bonafide.face import ARCFACE_TEMPLATE, CROP_SIZE, align
from bonafide.face.align import similarity_to_template

Pixels = NDArray[np.uint8]
Landmarks = NDArray[np.float32]


def moved(points: Landmarks, scale: float, degrees: float, x: float, y: float) -> Landmarks:
    """Points scaled and turned about the origin, then shifted."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(scale * points @ turn.T + (x, y), np.float32)


def shades(height: int, width: int, waves: float = 2) -> Pixels:
    """Smooth colours without a symmetry, so that a wrong turn, scale or shift shows."""
    down, across = np.mgrid[0:height, 0:width].astype(np.float64) / max(height, width)
    planes = (np.sin(waves * 3 * across), np.cos(waves * 2 * down), np.sin(waves * (across + 2 * down)))
    return np.stack([127.5 + 100 * plane for plane in planes], axis=-1).astype(np.uint8)


def test_the_template_maps_to_itself() -> None:
    np.testing.assert_allclose(similarity_to_template(ARCFACE_TEMPLATE), [[1, 0, 0], [0, 1, 0]], atol=1e-6)
    crop = shades(CROP_SIZE, CROP_SIZE)
    np.testing.assert_array_equal(align(crop, ARCFACE_TEMPLATE), crop)


@given(
    scale=st.floats(0.05, 40), degrees=st.floats(-180, 180), x=st.floats(-500, 3000), y=st.floats(-500, 3000)
)
def test_scale_turn_and_shift_are_undone(scale: float, degrees: float, x: float, y: float) -> None:
    landmarks = moved(ARCFACE_TEMPLATE, scale, degrees, x, y)
    transform = similarity_to_template(landmarks)
    angle = np.radians(degrees)
    expected = np.array([np.cos(angle), np.sin(angle)]) / scale
    np.testing.assert_allclose(transform[0, :2], expected, rtol=0, atol=1e-2 / scale)
    back = landmarks @ transform[:, :2].T + transform[:, 2]
    np.testing.assert_allclose(back, ARCFACE_TEMPLATE, atol=2e-2 / min(scale, 1))


def test_a_similarity_never_mirrors_nor_stretches() -> None:
    crooked = ARCFACE_TEMPLATE + np.random.default_rng(1).normal(0, 6, (5, 2)).astype(np.float32)
    transform = similarity_to_template(crooked)
    linear = transform[:, :2]
    size = np.hypot(*linear[0])
    np.testing.assert_allclose(linear @ linear.T, np.eye(2) * size**2, atol=1e-9)
    assert np.linalg.det(linear) > 0


@pytest.mark.parametrize(
    ("scale", "degrees"), [(1, 0), (1.3, 25), (0.6, -40), (2.5, 180), (6, 10), (14, -70)]
)
def test_a_face_in_a_picture_gives_the_same_crop(scale: float, degrees: float) -> None:
    crop = shades(CROP_SIZE, CROP_SIZE)
    side = int(CROP_SIZE * scale * 1.5)
    landmarks = moved(ARCFACE_TEMPLATE - 56, scale, degrees, side / 2, side / 2)
    into = cv2.invertAffineTransform(similarity_to_template(landmarks))
    picture = cv2.warpAffine(crop, into, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    found = align(np.asarray(picture, np.uint8), landmarks)
    inner = slice(4, -4)
    difference = np.abs(found.astype(int) - crop)[inner, inner]
    assert difference.max() <= 6
    assert difference.mean() < 1


@pytest.fixture(scope="module")
def large() -> Pixels:
    return shades(2600, 2600, waves=8)


@pytest.mark.parametrize("scale", [3.0, 4.0, 7.3, 15.0])
@pytest.mark.parametrize("degrees", [0, 33, -52])
def test_a_large_picture_is_shrunk_to_the_same_crop(large: Pixels, scale: float, degrees: float) -> None:
    landmarks = moved(ARCFACE_TEMPLATE - 56, scale, degrees, 1300, 1300)
    landmarks[0] += scale * 6  # a face seen from the side: not quite the template
    transform = similarity_to_template(landmarks)
    assert np.hypot(*transform[:, 0]) < 0.375, "not shrunk, so nothing is tested"
    direct = cv2.warpAffine(large, transform, (CROP_SIZE, CROP_SIZE), flags=cv2.INTER_LINEAR)
    assert np.abs(align(large, landmarks).astype(int) - direct).max() <= 3


def test_detail_too_fine_for_the_crop_averages_out() -> None:
    picture = np.zeros((1600, 1600, 3), np.uint8)
    picture[::2, ::2] = picture[1::2, 1::2] = 255
    crop = align(picture, moved(ARCFACE_TEMPLATE - 56, 10, 7, 800, 800))
    assert np.abs(crop.astype(int) - 127).max() <= 8


@pytest.mark.parametrize("scale", [0.5, 1, 9])
def test_what_lies_beyond_the_picture_is_black(scale: float) -> None:
    side = int(CROP_SIZE * scale)
    picture = np.full((side, side, 3), 200, np.uint8)
    crop = align(picture, moved(ARCFACE_TEMPLATE, scale, 0, side / 2, 0))
    assert crop[2:-2, 2:54].min() == 200
    assert crop[:, 58:].max() == 0
    far_away = moved(ARCFACE_TEMPLATE, scale, 0, 50 * side, 0)
    assert align(picture, far_away).max() == 0


@pytest.mark.parametrize("at", [(0.0, 0.0), (30.5, 20.25), (-1e4, 1e4), (99.0, 79.0)])
def test_landmarks_that_coincide_give_a_flat_crop(at: tuple[float, float]) -> None:
    crop = align(shades(80, 100), np.full((5, 2), at, np.float32))
    assert crop.shape == (CROP_SIZE, CROP_SIZE, 3)
    assert (crop == crop[0, 0]).all()


coordinates = st.floats(-5000, 5000, width=32)


@settings(max_examples=200, deadline=None)
@given(
    landmarks=st.lists(st.tuples(coordinates, coordinates), min_size=5, max_size=5),
    size=st.tuples(st.integers(1, 60), st.integers(1, 60)),
)
def test_any_landmarks_give_a_crop(landmarks: list[tuple[float, float]], size: tuple[int, int]) -> None:
    crop = align(shades(*size), np.array(landmarks, np.float32))
    assert crop.shape == (CROP_SIZE, CROP_SIZE, 3)
    assert crop.dtype == np.uint8
