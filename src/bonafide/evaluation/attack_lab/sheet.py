"""Flat and bent sheets that carry a picture: prints, and screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bonafide.evaluation.attack_lab.geometry import Lens, PlacedMesh, Pose, vertex_normals

_COLUMNS: Final = 12
_ROWS: Final = 8


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of `width` x `height` cm, whose middle shows the place `middle` (x, y) of a picture at
    `pixels_per_cm`; bent around an upright axis to `radius` cm, its edges away from the camera, or flat.
    `pivot` is how far behind the sheet the axis is around which it turns, in cm.
    """

    width: float
    height: float
    middle: tuple[float, float]
    pixels_per_cm: float
    radius: float | None = None
    pivot: float = 0.0

    def place(self, pose: Pose, lens: Lens) -> PlacedMesh:
        """The sheet in a pose."""
        across, down = np.meshgrid(
            np.linspace(-self.width / 2, self.width / 2, _COLUMNS + 1),
            np.linspace(-self.height / 2, self.height / 2, _ROWS + 1),
        )
        flat = np.column_stack((across.ravel(), down.ravel()))
        texture = flat * self.pixels_per_cm + np.asarray(self.middle)
        if self.radius is None:
            points = np.column_stack((flat, np.zeros(len(flat))))
        else:
            angle = flat[:, 0] / self.radius
            points = np.column_stack(
                (self.radius * np.sin(angle), flat[:, 1], self.radius * (1 - np.cos(angle)))
            )
        axis = np.array([0.0, 0.0, self.pivot])
        points = (points - axis) @ pose.rotation().T + axis + pose.place()
        triangles = _grid()
        return PlacedMesh(points, lens.project(points), texture, vertex_normals(points, triangles), triangles)


def _grid() -> NDArray[np.int32]:
    row, column = np.divmod(np.arange(_ROWS * _COLUMNS), _COLUMNS)
    first = row * (_COLUMNS + 1) + column
    below = first + _COLUMNS + 1
    return np.concatenate(
        (np.column_stack((first, first + 1, below)), np.column_stack((first + 1, below + 1, below)))
    ).astype(np.int32)
