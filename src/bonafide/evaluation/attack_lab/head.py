"""A head with depth, made from one portrait.

The portrait's own landmarks give the breadth and height of the face, the canonical face most of its depth.
The rings around it stand for hair, ears and neck: the first turns with the head, the second half as far,
and the last stays where it is, so that what lies behind a head follows it like cloth. A real background
would not.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.evaluation.attack_lab.geometry import Lens, PlacedMesh, Pose, vertex_normals

# The face's outline in MediaPipe's mesh (FACEMESH_FACE_OVAL), from the forehead, clockwise as seen.
_OVAL: Final = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
# Upper lids, and the lower lids' points below them.
_UPPER_LIDS: Final = (246, 161, 160, 159, 158, 157, 173, 466, 388, 387, 386, 385, 384, 398)
_LOWER_LIDS: Final = (7, 163, 144, 145, 153, 154, 155, 249, 390, 373, 374, 380, 381, 382)
_POINTS: Final = 468
# A face is this wide in its texture, in pixels: a little more than in any frame.
_TEXTURE_FACE: Final = 240
_TEXTURE_SIDE: Final = 1100
# How far the neck's pivot is below and behind the origin between the ears, in cm: a guess by anatomy.
_PIVOT: Final = np.array([0.0, 6.0, 3.0])
# How much of the depth is the canonical face's, and how much the landmarks' own.
_CANONICAL_SHARE: Final = 0.6
# Skin of medium tone reflects about this much of green light; each portrait is brought near it.
_SKIN: Final = 0.3


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Head:
    """A head in its own frame: `points` float64 (n, 3) in cm, the rings' last 36 excepted, which are `far`:
    directions (36, 2) of the frame's edge. `texture` is (n + 36, 2) in pixels of `picture`, sRGB uint8.
    """

    points: NDArray[np.float64]
    texture: NDArray[np.float64]
    far: NDArray[np.float64]
    triangles: NDArray[np.int32]
    picture: NDArray[np.uint8]
    scale: float
    middle: NDArray[np.float64]

    def place(self, pose: Pose, lens: Lens, neutral: Pose, *, shut: float = 0.0) -> PlacedMesh:
        """The head in a pose, its surroundings where they are when it is in the neutral pose; `shut` is how
        far the eyes are closed, 0..1.
        """
        points = self.points
        if shut > 0:
            points = points.copy()
            upper, lower = list(_UPPER_LIDS), list(_LOWER_LIDS)
            points[upper] += shut * (points[lower] - points[upper])
        turned = (points - _PIVOT) @ pose.rotation().T + _PIVOT + pose.place()
        half = Pose(pose.yaw * 0.4, pose.pitch * 0.3, pose.roll * 0.4, pose.x, pose.y, pose.distance)
        neck = (points[-len(_OVAL) :] - _PIVOT) @ half.rotation().T + _PIVOT + half.place()
        turned[-len(_OVAL) :] = neck
        centre = lens.project((neutral.place() + self.middle)[None])[0]
        reach = lens.focal / neutral.distance / self.scale
        edge = centre + self.far * reach
        depth = 150.0
        behind = np.column_stack(
            (
                (edge - np.array([lens.width / 2, lens.height / 2])) / lens.focal * depth,
                np.full(len(edge), depth),
            )
        )
        every = np.concatenate((turned, behind))
        normals = vertex_normals(every, self.triangles)
        normals[-2 * len(_OVAL) :] = (0.0, 0.0, -1.0)
        return PlacedMesh(
            every, np.concatenate((lens.project(turned), edge)), self.texture, normals, self.triangles
        )


def make_head(
    portrait: NDArray[np.uint8],
    landmarks: NDArray[np.float32],
    vertices: NDArray[np.float32],
    triangles: NDArray[np.int32],
    *,
    relief: float = 1.0,
    chance: np.random.Generator,
) -> Head:
    """A head from an uint8 RGB portrait of any size and the landmarks (478, 3) found in it.

    `vertices` (468, 3) and `triangles` (m, 3) are the canonical face (x to the picture's right, y up, z
    towards the camera, cm). `relief` stretches its depth: people differ.
    """
    canonical = vertices[:_POINTS].astype(np.float64) * (1.0, -1.0, -1.0)
    seen = landmarks[:_POINTS].astype(np.float64)
    scale, rotation, shift = _similarity(canonical, seen)
    own = (seen - shift) @ rotation / scale
    points = own.copy()
    points[:, 2] = _CANONICAL_SHARE * canonical[:, 2] + (1 - _CANONICAL_SHARE) * own[:, 2]
    points[:, 2] = (points[:, 2] - points[:, 2].max()) * relief + points[:, 2].max()
    picture, flat = _texture(portrait, seen, chance)
    oval = list(_OVAL)
    middle2, middle3 = flat[oval].mean(axis=0), points[oval].mean(axis=0)
    outward, across = points[oval] - middle3, flat[oval] - middle2
    # Hair above stands out further than cheeks and chin.
    up = np.clip(-outward[:, 1:2] / np.abs(outward[:, 1]).max(), 0, 1)
    near = 1.14 + 0.2 * up
    rings, flats = [], []
    for growth, back in ((near, 5.0), (np.full_like(near, 1.75), 11.0)):
        ring = middle3 + outward * growth
        ring[:, 2] = points[oval, 2] + back
        rings.append(ring)
        flats.append(middle2 + across * growth)
    angles = np.arctan2(across[:, 1], across[:, 0])
    far = np.column_stack((np.cos(angles), np.sin(angles))) * _TEXTURE_SIDE * 0.49
    texture = np.concatenate((flat, *flats, middle2 + far))
    return Head(
        points=np.concatenate((points, *rings)),
        texture=texture,
        far=far,
        triangles=np.concatenate((triangles.astype(np.int32), _strips())),
        picture=picture,
        scale=_TEXTURE_FACE / _breadth(points),
        middle=middle3,
    )


def _breadth(points: NDArray[np.float64]) -> float:
    return float(np.ptp(points[list(_OVAL), 0]))


def _similarity(
    source: NDArray[np.float64], target: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Scale, rotation and shift that bring source (n, 3) closest to target (Umeyama, 1991)."""
    a, b = source.mean(axis=0), target.mean(axis=0)
    u, s, vt = np.linalg.svd((target - b).T @ (source - a))
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = u * sign @ vt
    scale = float((s * sign).sum() / np.square(source - a).sum())
    return scale, rotation, b - scale * rotation @ a


def _texture(
    portrait: NDArray[np.uint8], seen: NDArray[np.float64], chance: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The portrait with its face in the middle of a large square, and the landmarks (n, 2) there."""
    factor = _TEXTURE_FACE / float(np.ptp(seen[list(_OVAL), 0]))
    middle = seen[list(_OVAL), :2].mean(axis=0)
    shift = np.array([_TEXTURE_SIDE / 2] * 2) - factor * middle
    affine = np.array([[factor, 0, shift[0]], [0, factor, shift[1]]])
    size = (_TEXTURE_SIDE, _TEXTURE_SIDE)
    # A large portrait is reduced first, or thin lines would alias.
    sharp = cv2.warpAffine(portrait, affine, size, flags=cv2.INTER_AREA if factor < 0.7 else cv2.INTER_CUBIC,
                           borderMode=cv2.BORDER_REFLECT)  # fmt: skip
    inside = cv2.warpAffine(np.full(portrait.shape[:2], 255, np.uint8), affine, size)
    wide = cv2.resize(
        cv2.GaussianBlur(cv2.resize(sharp, (110, 110), interpolation=cv2.INTER_AREA), (0, 0), 4), size
    )
    edge = cv2.erode(inside, np.ones((3, 3), np.uint8), borderValue=0)
    share = (cv2.GaussianBlur(edge, (0, 0), 8).astype(np.float32) / 255)[..., None] * (edge > 0)[..., None]
    mixed = sharp * share + wide * (1 - share)
    # Small portraits are enlarged and so without pores; a skin without any detail would be told from a
    # print by that alone.
    grain = chance.normal(0, 1, (_TEXTURE_SIDE, _TEXTURE_SIDE)).astype(np.float32)
    mixed += (cv2.GaussianBlur(grain, (0, 0), 0.8) * 4.0)[..., None]
    flat = (seen[:, :2] * factor + shift).astype(np.float64)
    half = _TEXTURE_FACE // 4
    centre = _TEXTURE_SIDE // 2
    skin = mixed[centre - half : centre + half, centre - half : centre + half].mean(axis=(0, 1)) / 255
    brightness = float((skin**2.2).mean())
    # Half way to the middle, in what the light is multiplied with: tones stay apart.
    factor_light = (_SKIN / max(brightness, 1e-3)) ** 0.5
    bright = mixed * factor_light ** (1 / 2.2)
    return np.clip(bright, 0, 255).astype(np.uint8), flat


def _strips() -> NDArray[np.int32]:
    """Triangles between the outline, two rings and the far edge."""
    count = len(_OVAL)
    rings = [np.array(_OVAL), *(np.arange(count) + _POINTS + count * ring for ring in range(3))]
    found = []
    for inner, outer in pairwise(rings):
        after_inner, after_outer = np.roll(inner, -1), np.roll(outer, -1)
        found += [
            np.column_stack((inner, outer, after_inner)),
            np.column_stack((after_inner, outer, after_outer)),
        ]
    return np.concatenate(found).astype(np.int32)
