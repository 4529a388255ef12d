"""The angles of a head, by meshes turned by known ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.turned_face import turned

from bonafide.face import FaceMesh, HeadPose, head_pose


def angles(pose: HeadPose) -> tuple[float, float, float]:
    return pose.yaw, pose.pitch, pose.roll


@settings(deadline=None)
@given(
    yaw=st.floats(-80, 80),
    pitch=st.floats(-60, 60),
    roll=st.floats(-90, 90),
    scale=st.floats(1, 100),
    x=st.floats(-1000, 1000),
)
def test_angles_come_back(yaw: float, pitch: float, roll: float, scale: float, x: float) -> None:
    assert angles(head_pose(turned(yaw, pitch, roll, scale=scale, x=x))) == pytest.approx(
        (yaw, pitch, roll), abs=0.05
    )


def nose(mesh: FaceMesh) -> NDArray[np.float32]:
    """Where the tip of the nose is, from the middle of the outer eye corners."""
    points = mesh.points
    return np.asarray(points[1] - (points[33] + points[263]) / 2, np.float32)


def test_signs_are_the_persons_own() -> None:
    ahead = nose(turned(0, 0, 0))
    # Turned to their own left, the nose goes to the right of a picture that is not mirrored.
    assert nose(turned(20, 0, 0))[0] > ahead[0]
    # Looking down, it goes down.
    assert nose(turned(0, 20, 0))[1] > ahead[1]
    # Tilted to their own right shoulder, the right eye, which is the left one in the picture, goes down.
    tilted = turned(0, 0, 20).points
    assert tilted[33, 1] > tilted[263, 1]


def test_a_mirrored_mesh_still_gives_a_rotation() -> None:
    mesh = turned(10, 5, 0)
    inside_out = FaceMesh(mesh.points * np.array([-1, 1, 1], np.float32), 1.0)
    assert np.isfinite(angles(head_pose(inside_out))).all()
