"""The canonical face, turned by known angles: a mesh of nobody, without pixels."""

from __future__ import annotations

import numpy as np

from bonafide.face import FaceMesh, canonical_face


def turned(
    yaw: float, pitch: float, roll: float, *, scale: float = 20, x: float = 300, y: float = 200
) -> FaceMesh:
    """The canonical face, rolled, pitched and turned by these degrees, as a mesh in a picture."""
    a, b, c = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    points = canonical_face().vertices @ (about_y @ about_x @ about_z).T * scale * (1, -1, -1) + (x, y, 5)
    irises = np.zeros((10, 3))
    return FaceMesh(np.concatenate((points, irises)).astype(np.float32), 1.0)
