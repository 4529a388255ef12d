"""Drawn faces and the means to spoil them. Nobody's face is among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bonafide.face import ARCFACE_TEMPLATE, CROP_SIZE, Face
from bonafide.face.quality import FaceSample, Measure
from bonafide.outcome import Subject

Pixels = NDArray[np.uint8]
Landmarks = NDArray[np.float32]

WIDTH, HEIGHT = 400, 500
# The template at twice its size, well inside a picture of 400 x 500.
FRONTAL = ARCFACE_TEMPLATE * 2 + np.array([90, 120], np.float32)


def _draw() -> Pixels:
    """A face as a cartoon in the aligned crop, with as much texture as a skin has."""
    down, across = np.mgrid[:CROP_SIZE, :CROP_SIZE]
    shade = 175 - 0.4 * np.abs(across - 50.0) - 0.25 * np.abs(down - 60.0)
    face = np.stack((shade, shade * 0.82, shade * 0.7), axis=-1)
    for x in (38, 74):
        cv2.ellipse(face, (x, 42), (12, 2), 0, 0, 360, (70, 55, 45), -1)
        cv2.ellipse(face, (x, 52), (8, 4), 0, 0, 360, (225, 222, 218), -1)
        cv2.circle(face, (x, 52), 4, (40, 30, 25), -1)
        cv2.ellipse(face, (x, 51), (9, 5), 0, 180, 360, (60, 45, 40), 1)
    cv2.ellipse(face, (56, 72), (7, 4), 0, 0, 180, (110, 80, 70), 2)
    cv2.ellipse(face, (56, 92), (16, 5), 0, 0, 360, (165, 85, 85), -1)
    cv2.line(face, (41, 92), (71, 92), (85, 40, 40), 1)
    texture = cv2.GaussianBlur(np.random.default_rng(3).normal(0, 14, face.shape[:2]), (0, 0), 0.8)
    return np.asarray(np.clip(face + texture[..., None], 0, 255), np.uint8)


def _face(landmarks: Landmarks, box: tuple[float, float, float, float] | None = None) -> Face:
    if box is None:
        (left, top), (right, bottom) = landmarks.min(axis=0).tolist(), landmarks.max(axis=0).tolist()
        width, height = right - left, bottom - top
        box = (left - 0.6 * width, top - 0.7 * height, 2.2 * width, 2.1 * height)
    return Face(box, landmarks, 0.9)


@pytest.fixture(scope="session")
def drawn() -> Pixels:
    """Uint8 RGB (112, 112, 3), read-only."""
    pixels = _draw()
    pixels.flags.writeable = False
    return pixels


@pytest.fixture(scope="session")
def frontal() -> Landmarks:
    """Landmarks of a face that looks into the camera, eyes 70 pixels apart in a picture of 400 x 500."""
    return FRONTAL


@pytest.fixture(scope="session")
def one_way() -> Callable[..., bool]:
    """Whether measures taken step by step all got a value, and their raw values and components run one way:
    raw values up or down as told, components down.
    """

    def judge(taken: list[Measure], *, raws: Literal["up", "down"]) -> bool:
        found = [(one.raw, one.value) for one in taken if one.raw is not None and one.value is not None]
        if len(found) < len(taken):
            return False
        raw, values = zip(*found, strict=True)
        return list(raw) == sorted(raw, reverse=raws == "down") and list(values) == sorted(values)[::-1]

    return judge


@pytest.fixture(scope="session")
def face_at() -> Callable[..., Face]:
    """A face with these landmarks, and a box around them unless it is given."""
    return _face


@pytest.fixture(scope="session")
def sample(drawn: Pixels) -> Callable[..., FaceSample]:
    """A sample of a faultless selfie, but for what is given."""

    def make(
        *,
        crop: Pixels = drawn,
        landmarks: Landmarks = FRONTAL,
        face: Face | None = None,
        others: tuple[Face, ...] = (),
        width: int = WIDTH,
        height: int = HEIGHT,
        subject: Subject = Subject.SELFIE,
    ) -> FaceSample:
        face = face or _face(landmarks)
        return FaceSample(crop, face, (face, *others), width, height, subject)

    return make
