from __future__ import annotations

import math

import numpy as np
import pytest

from bonafide.face.quality import pose
from bonafide.face.quality.pose import estimate_pose


def head(yaw: float = 0, pitch: float = 0, roll: float = 0, size: float = 20) -> np.ndarray:
    """Landmarks of the generic head, turned by these degrees and seen from afar."""
    a, b, c = (math.radians(angle) for angle in (yaw, pitch, roll))
    # x right, y down, z away: the nose, at negative z, goes to the right and up for positive angles.
    across = np.array([[math.cos(a), 0, -math.sin(a)], [0, 1, 0], [math.sin(a), 0, math.cos(a)]])
    down = np.array([[1, 0, 0], [0, math.cos(b), math.sin(b)], [0, -math.sin(b), math.cos(b)]])
    plane = np.array([[math.cos(c), -math.sin(c), 0], [math.sin(c), math.cos(c), 0], [0, 0, 1]])
    seen = pose._HEAD @ (plane @ down @ across).T
    return np.asarray(seen[:, :2] * size + (150, 200), np.float32)


@pytest.mark.parametrize("angle", [-60, -25, 0, 10, 45])
def test_one_turn_alone_is_read_exactly(angle: float) -> None:
    for turn in ("yaw", "pitch", "roll"):
        found = estimate_pose(head(**{turn: angle}))
        assert found is not None
        for name in ("yaw", "pitch", "roll"):
            assert getattr(found, name) == pytest.approx(angle if name == turn else 0, abs=0.01)


def test_turns_at_once_are_told_apart() -> None:
    found = estimate_pose(head(yaw=20, pitch=-15, roll=30))
    assert found is not None
    assert (found.yaw, found.pitch, found.roll) == pytest.approx((20, -15, 30), abs=6)


def test_the_nose_says_which_way() -> None:
    straight = head()
    right, up = straight.copy(), straight.copy()
    right[2, 0] += 10
    up[2, 1] -= 10
    to_the_right, upwards = estimate_pose(right), estimate_pose(up)
    assert to_the_right is not None
    assert upwards is not None
    assert to_the_right.yaw > 5
    assert upwards.pitch > 5


def test_size_and_place_do_not_matter() -> None:
    near, far = estimate_pose(head(12, 7, 5)), estimate_pose(head(12, 7, 5, size=3) + 900)
    assert near is not None
    assert far is not None
    assert (near.yaw, near.pitch, near.roll) == pytest.approx((far.yaw, far.pitch, far.roll), abs=0.05)


def test_what_does_not_span_a_face_has_no_pose() -> None:
    assert estimate_pose(np.zeros((5, 2), np.float32)) is None
    for bad in (np.nan, np.inf):
        landmarks = head()
        landmarks[3, 1] = bad
        assert estimate_pose(landmarks) is None
