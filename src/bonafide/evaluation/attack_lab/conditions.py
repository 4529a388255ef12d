"""Where a session takes place, drawn by chance: light, screen, camera, distance.

The ranges are meant to hold what a sign-up meets: living rooms at night, shops, offices, seats by a window;
phones held in a hand, some tablets. They are guesses, written down here and nowhere else.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.evaluation.attack_lab.camera import Camera, CameraTraits
from bonafide.evaluation.attack_lab.geometry import Lens, PlacedMesh, Pose
from bonafide.evaluation.attack_lab.light import Room, Screen
from bonafide.evaluation.attack_lab.studio import Layer, Studio

DARKEST_LUX: Final = 50.0
BRIGHTEST_LUX: Final = 1000.0
_TABLETS: Final = 0.2
_BACKDROP_DISTANCE: Final = 160.0


def draw_room(chance: np.random.Generator) -> Room:
    """A room: evenly spread in the logarithm of its light, from warm lamps to a north sky."""
    warmth = float(chance.uniform(-0.1, 0.3))
    direction = np.array([chance.uniform(-0.9, 0.9), chance.uniform(-1.0, -0.2), chance.uniform(-0.9, -0.25)])
    x, y, z = (direction / np.linalg.norm(direction)).tolist()
    return Room(
        lux=float(np.exp(chance.uniform(np.log(DARKEST_LUX), np.log(BRIGHTEST_LUX)))),
        colour=(1 + warmth, 1.0, 1 - warmth),
        side=float(chance.uniform(0.1, 0.7)),
        direction=(x, y, z),
    )


def draw_screen(chance: np.random.Generator) -> Screen:
    """A phone's screen at some brightness, or a tablet's; a part of it shows the camera's picture instead."""
    shown = float(chance.uniform(0.75, 0.95))
    if chance.random() < _TABLETS:
        return Screen(float(chance.uniform(250, 450)), 300 * shown)
    return Screen(float(chance.uniform(300, 600)), float(chance.uniform(85, 110)) * shown)


def draw_camera(chance: np.random.Generator) -> Camera:
    """A phone's camera."""
    traits = CameraTraits(
        exposure_lag=float(chance.uniform(0.2, 1.0)),
        balance_lag=float(chance.uniform(1.0, 6.0)),
        balance=float(chance.uniform(0.2, 0.8)),
        noise=float(chance.uniform(1.2, 3.5)),
        quality=int(chance.integers(68, 92)),
        shutter=float(chance.uniform(0.008, 0.033)),
        flicker=float(chance.uniform(0.0, 0.02)),
    )
    return Camera(traits, chance)


def draw_studio(chance: np.random.Generator) -> Studio:
    """A place with its light, its screen and its camera."""
    return Studio(
        draw_room(chance), draw_screen(chance), Lens(float(chance.uniform(440, 560))), draw_camera(chance)
    )


def draw_rest(chance: np.random.Generator, lens: Lens, *, placed: bool = False) -> Pose:
    """How somebody holds their head at first: some are too far away until they are told, unless `placed`."""
    # A face of 15 cm that fills 0.43 to 0.6 of the frame's width; one in eight begins further away.
    share = float(chance.uniform(0.43, 0.6)) * (0.8 if chance.random() < 0.125 and not placed else 1.0)
    return Pose(
        yaw=float(chance.normal(0, 2.5)),
        pitch=float(chance.normal(0, 4)),
        roll=float(chance.normal(0, 3)),
        x=float(chance.normal(0, 0.8)),
        y=float(chance.normal(0, 1.2)),
        distance=lens.focal * 15.0 / (share * lens.width),
    )


def backdrop(chance: np.random.Generator, lens: Lens) -> Layer:
    """A room behind a sheet: soft shapes of some colours, out of focus."""
    coarse = chance.integers(30, 220, (9, 7, 3)).astype(np.float32)
    grey = coarse.mean(axis=2, keepdims=True)
    picture = cv2.resize(
        (grey + 0.4 * (coarse - grey)).astype(np.uint8), (240, 320), interpolation=cv2.INTER_CUBIC
    )
    reach = _BACKDROP_DISTANCE / lens.focal
    across, down = lens.width / 2 * reach * 1.3, lens.height / 2 * reach * 1.3
    points = np.array([[-across, -down], [across, -down], [across, down], [-across, down]])
    points3 = np.column_stack((points, np.full(4, _BACKDROP_DISTANCE)))
    texture = np.array([[0, 0], [239, 0], [239, 319], [0, 319]], np.float64)
    return Layer(_flat(points3, texture, lens), np.asarray(picture, np.uint8), everywhere=True)


def rescaled(layer: Layer, lens: Lens) -> Layer:
    """A layer that stands still, for another frame size."""
    mesh = layer.mesh
    return Layer(_flat(mesh.points, mesh.texture, lens), layer.picture, everywhere=layer.everywhere)


def _flat(points: NDArray[np.float64], texture: NDArray[np.float64], lens: Lens) -> PlacedMesh:
    normals = np.tile(np.array([0.0, 0.0, -1.0]), (len(points), 1))
    triangles = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    return PlacedMesh(points, lens.project(points), texture, normals, triangles)


class Backdrop:
    """A room behind a sheet, the same layer for every frame of a size."""

    def __init__(self, chance: np.random.Generator, lens: Lens) -> None:
        self._layers = {lens: backdrop(chance, lens)}
        self._whole = self._layers[lens]

    def at(self, lens: Lens) -> Layer:
        """The layer for frames of that size."""
        if lens not in self._layers:
            self._layers[lens] = rescaled(self._whole, lens)
        return self._layers[lens]
