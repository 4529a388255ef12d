"""Frames as they are measured, of a canonical head that turns, nods and comes closer: without pixels."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
from tests.turned_face import turned

from bonafide.face import Face, FaceMesh, canonical_face
from bonafide.liveness.observation import FrameMeasure

SIDE = (480, 640)


def mesh_of(
    yaw: float = 0, pitch: float = 0, *, width: float = 220, centre: tuple[float, float] = (240, 300)
) -> FaceMesh:
    """The canonical face turned by degrees, as wide in pixels when it looks ahead."""
    scale = width / float(np.ptp(canonical_face().vertices[:, 0]))
    return turned(yaw, pitch, 0, scale=scale, x=centre[0], y=centre[1])


def frame(
    step: int,
    at: float,
    *,
    yaw: float = 0,
    pitch: float = 0,
    width: float = 220,
    centre: tuple[float, float] = (240, 300),
    brightness: float = 120,
    sharpness: float = 300,
    faces: int = 1,
) -> FrameMeasure:
    """One frame; nothing of a face in it for `faces` = 0."""
    mesh = mesh_of(yaw, pitch, width=width, centre=centre)
    box = (centre[0] - width / 2, centre[1] - width * 0.65, width, width * 1.3)
    landmarks = mesh.points[[33, 263, 1, 61, 291], :2]
    measured = FrameMeasure(
        step=step,
        captured=at,
        received=at + 0.05,
        digest=hashlib.sha256(f"{step} {at} {yaw} {pitch} {width}".encode()).digest(),
        width=SIDE[0],
        height=SIDE[1],
        faces=faces,
        face=Face(box, landmarks, 0.95),
        mesh=mesh,
        skin=np.array([150, 120, 100], np.float32),
        thumb=np.full((16, 16), 100, np.uint8),
        brightness=brightness,
        sharpness=sharpness,
    )
    return replace(measured, face=None, mesh=None, skin=None, thumb=None) if faces == 0 else measured
