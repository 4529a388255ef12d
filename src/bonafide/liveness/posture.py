"""Where a head is turned to in a measured frame."""

from __future__ import annotations

import math

import numpy as np

from bonafide.face.head_pose import HeadPose, head_pose
from bonafide.face.mesh import MESH_POINTS
from bonafide.liveness.observation import FrameMeasure


def posture(frame: FrameMeasure) -> HeadPose | None:
    """The pose of a frame's head, None where there are no landmarks, or none that are places, to tell it."""
    if frame.mesh is None or frame.mesh.points.shape != (MESH_POINTS, 3):
        return None
    points = frame.mesh.points
    # Beyond this a number is no place in a picture, and squares of it overflow.
    if not (np.isfinite(points).all() and np.abs(points).max() < 1e5):
        return None
    pose = head_pose(frame.mesh)
    return pose if math.isfinite(pose.yaw) and math.isfinite(pose.pitch) else None
