"""Space before a camera: poses, a lens, and meshes of triangles that carry a picture.

Lengths are in centimetres, angles in degrees, pictures in pixels. The camera is at the origin; x is to the
right of the picture, y down, z away from the camera. A head faces the camera when its nose points along -z.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

FRAME_WIDTH: Final = 480
FRAME_HEIGHT: Final = 640


@dataclass(frozen=True, slots=True)
class Pose:
    """How something stands before the camera.

    `yaw` above 0 turns the front towards the picture's right (a person's own left), `pitch` above 0
    downwards, `roll` clockwise as seen in the picture. `x`, `y` and `distance` are where its origin is.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    x: float = 0.0
    y: float = 0.0
    distance: float = 35.0

    def rotation(self) -> NDArray[np.float64]:
        """The rotation, float64 (3, 3): roll first, then pitch, then yaw."""
        yaw, pitch, roll = np.radians((self.yaw, self.pitch, self.roll))
        turn = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
        nod = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
        tilt = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
        return np.asarray(turn @ nod @ tilt)

    def place(self) -> NDArray[np.float64]:
        """Where the origin is, float64 (3,)."""
        return np.array([self.x, self.y, self.distance])

    def moved(self, **changes: float) -> Pose:
        """The same pose, changed."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Lens:
    """A pinhole: its focal length in pixels of the frame, and the frame's size."""

    focal: float = 520.0
    width: int = FRAME_WIDTH
    height: int = FRAME_HEIGHT

    def reduced(self, shorter: int) -> Lens:
        """The same view in a frame whose shorter side is `shorter` pixels."""
        share = shorter / min(self.width, self.height)
        return Lens(self.focal * share, round(self.width * share), round(self.height * share))

    def project(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (n, 3) to pixels (n, 2); what is behind the lens lands far outside."""
        depth = np.maximum(points[:, 2:], 1.0)
        middle = np.array([self.width / 2, self.height / 2])
        return np.asarray(points[:, :2] / depth * self.focal + middle)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PlacedMesh:
    """A mesh as it stands before the camera.

    `points` is float64 (n, 3); `seen` is where they appear, (n, 2) in pixels; `texture` is where each lies
    in the picture that the mesh carries, (n, 2) in that picture's pixels; `normals` is (n, 3), of length
    one, out of the surface; `triangles` is int32 (m, 3).
    """

    points: NDArray[np.float64]
    seen: NDArray[np.float64]
    texture: NDArray[np.float64]
    normals: NDArray[np.float64]
    triangles: NDArray[np.int32]


def vertex_normals(points: NDArray[np.float64], triangles: NDArray[np.int32]) -> NDArray[np.float64]:
    """Normals of a surface at its points, (n, 3) of length one, weighted by area; towards -z in doubt."""
    corners = points[triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    across *= np.where(across[:, 2:] > 0, -1.0, 1.0)
    normals = np.zeros_like(points)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], across)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.where(length > 1e-9, normals / np.maximum(length, 1e-9), np.array([0.0, 0.0, -1.0]))
