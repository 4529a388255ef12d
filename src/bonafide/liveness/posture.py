"""Where a head is turned to in measured frames."""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from bonafide.face.head_pose import HeadPose, head_pose
from bonafide.face.mesh import MESH_POINTS
from bonafide.liveness.observation import FrameMeasure


def places(frame: FrameMeasure) -> NDArray[np.float32] | None:
    """A frame's landmarks, float32 (478, 3), None where there are none, or none that are places."""
    if frame.mesh is None or frame.mesh.points.shape != (MESH_POINTS, 3):
        return None
    points = frame.mesh.points
    # Beyond this a number is no place in a picture, and squares of it overflow.
    return points if np.isfinite(points).all() and np.abs(points).max() < 1e5 else None


def posture(frame: FrameMeasure) -> HeadPose | None:
    """The pose of a frame's head, None where there are no landmarks to tell it."""
    if frame.mesh is None or places(frame) is None:
        return None
    pose = head_pose(frame.mesh)
    return pose if math.isfinite(pose.yaw) and math.isfinite(pose.pitch) else None


def usual_pose(poses: Collection[HeadPose]) -> HeadPose:
    """The median of each angle; straight ahead for none."""
    if not poses:
        return HeadPose(0.0, 0.0, 0.0)
    return HeadPose(
        yaw=float(np.median([each.yaw for each in poses])),
        pitch=float(np.median([each.pitch for each in poses])),
        roll=float(np.median([each.roll for each in poses])),
    )
