"""Where a head is turned to, from the mesh of its face."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bonafide.face.canonical import canonical_face
from bonafide.face.mesh import FaceMesh

# The mesh counts y downwards and z away from the camera, the canonical face upwards and towards it.
_TO_CANONICAL: Final = np.array([1, -1, -1], np.float64)


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Angles in degrees, as ISO/IEC 19794-5 counts them; all zero for a face that looks at the camera.

    `yaw` is positive when the head is turned to its own left: in a picture that is not mirrored, the nose
    moves to the right. `pitch` is positive when it looks down. `roll` is positive when it is tilted to its
    own right shoulder: in the picture, against the clock. The head is rolled first, then pitched, then
    turned.
    """

    yaw: float
    pitch: float
    roll: float


def head_pose(mesh: FaceMesh) -> HeadPose:
    """The turn that brings the canonical face closest to a mesh.

    Least squares over the points that move least when a face moves, with MediaPipe's weights; the network's
    own idea of depth is part of it. Perspective is not taken into account: a face at the edge of a wide
    picture seems turned by a few degrees.
    """
    face = canonical_face()
    turn = _rotation(
        face.vertices[face.basis].astype(np.float64),
        mesh.points[face.basis] * _TO_CANONICAL,
        face.weights.astype(np.float64),
    )
    # Where the nose points to.
    forward = turn[:, 2]
    return HeadPose(
        yaw=math.degrees(math.atan2(forward[0], forward[2])),
        pitch=-math.degrees(math.asin(min(1.0, max(-1.0, forward[1])))),
        roll=math.degrees(math.atan2(turn[1, 0], turn[1, 1])),
    )


def _rotation(
    source: NDArray[np.float64], target: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The rotation (3, 3) that, with a shift and a scale, brings points (n, 3) closest to others (Umeyama,
    1991).
    """
    shares = (weights / weights.sum())[:, None]
    from_centre, to_centre = (points - (shares * points).sum(axis=0) for points in (source, target))
    left, _, right = np.linalg.svd((shares * to_centre).T @ from_centre)
    mirrored = np.linalg.det(left) * np.linalg.det(right) < 0
    return np.asarray(left @ np.diag([1, 1, -1 if mirrored else 1]) @ right, np.float64)
