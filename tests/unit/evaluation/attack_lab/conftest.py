from __future__ import annotations

import cv2
import numpy as np
import pytest

from bonafide.evaluation.attack_lab.geometry import Lens, Pose
from bonafide.evaluation.attack_lab.head import Head, make_head
from bonafide.face.canonical import canonical_face


def drawn_portrait(colour: tuple[int, int, int] = (190, 140, 115)) -> tuple[np.ndarray, np.ndarray]:
    """A drawn face of nobody, and the canonical face's landmarks where it was drawn: 40 pixels to a
    centimetre.
    """
    vertices = canonical_face().vertices.astype(np.float64)
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[:468] = vertices * (20.0, -20.0, -20.0) + (250.0, 260.0, 0.0)
    landmarks[468:] = landmarks[:10]
    picture = np.full((500, 500, 3), (90, 110, 140), np.uint8)
    cv2.ellipse(picture, (250, 270), (160, 200), 0, 0, 360, colour, -1)
    for eye in (33, 263):
        cv2.circle(picture, tuple(np.rint(landmarks[eye, :2]).astype(int).tolist()), 10, (30, 20, 20), -1)
    return picture, landmarks


@pytest.fixture(scope="session")
def head() -> Head:
    picture, landmarks = drawn_portrait()
    face = canonical_face()
    return make_head(picture, landmarks, face.vertices, face.triangles, chance=np.random.default_rng(1))


@pytest.fixture(scope="session")
def other() -> Head:
    picture, landmarks = drawn_portrait((120, 90, 70))
    face = canonical_face()
    return make_head(picture, landmarks, face.vertices, face.triangles, chance=np.random.default_rng(2))


@pytest.fixture
def lens() -> Lens:
    return Lens(520.0)


@pytest.fixture
def neutral() -> Pose:
    return Pose(distance=38.0)
