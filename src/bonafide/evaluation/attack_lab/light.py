"""What lights a face: the room, and the screen it looks at.

Light is counted in lux on a surface that faces its source. A phone's white screen of 400 cd/m2 and 100 cm2
gives 44 lux at 30 cm (E = L A / d2), a laptop's some 60 at half a metre; offices have 300 to 500, a living
room in the evening 50 to 150, a seat by a window 1000 and more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bonafide.capture.srgb import linear
from bonafide.evaluation.attack_lab.geometry import PlacedMesh

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Room:
    """The light of a room: `lux` on what faces the camera, its `colour` as shares of red, green and blue, and
    `side`, how much of it comes from one `direction` (towards that light, of length one).
    """

    lux: float = 200.0
    colour: Rgb = (1.0, 1.0, 1.0)
    side: float = 0.4
    direction: Rgb = (0.3, -0.8, -0.5)

    def on(self, mesh: PlacedMesh) -> NDArray[np.float64]:
        """Lux at each point, (n,)."""
        towards = np.asarray(self.direction)
        facing = max(float(-towards[2]), 0.2)
        direct = np.clip(mesh.normals @ towards, 0, None) / facing
        # Half of the sky is hidden from a surface that is turned away.
        around = 0.75 + 0.25 * np.clip(-mesh.normals[:, 2], -1, 1)
        return np.asarray(self.lux * ((1 - self.side) * around + self.side * np.minimum(direct, 2.0)))


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen at the camera: luminance in cd/m2 when white, its lit area in cm2."""

    luminance: float = 400.0
    area: float = 90.0

    def on(self, mesh: PlacedMesh) -> NDArray[np.float64]:
        """Lux at each point, (n,), when the screen is white."""
        away = np.linalg.norm(mesh.points, axis=1)
        towards = -mesh.points / np.maximum(away, 1)[:, None]
        facing = np.clip((mesh.normals * towards).sum(axis=1), 0, 1)
        # Its own lambertian fall-off towards the side is small as long as the face is before it.
        return np.asarray(self.luminance * self.area * facing / np.maximum(away, 8.0) ** 2)


def light_of(srgb: tuple[int, int, int] | NDArray[np.uint8]) -> NDArray[np.float64]:
    """sRGB 0..255 to light 0..1 (IEC 61966-2-1)."""
    return linear(np.asarray(srgb, np.float64) / 255)


def encoded(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Light 0..1 to sRGB 0..255, not rounded."""
    value = np.clip(light, 0, 1)
    return np.asarray(255 * np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055))
