"""From a placed mesh to maps over the frame: where each pixel comes from, and how it is lit.

Triangles are painted from far to near into a grid of a quarter of the frame's width and height, each as its
number; the affine map of its triangle then gives each cell its place in the texture and its light. Enlarging
these maps to the whole frame is smooth inside a surface and softens an outline by two pixels, as a lens does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.evaluation.attack_lab.geometry import Lens, PlacedMesh

_COARSE: Final = 4
# cv2 takes corners in 1/16 of a cell.
_SHIFT: Final = 4
# A cell outside of all triangles takes its texture from far outside of it.
_NOWHERE: Final = -10_000.0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Maps:
    """Maps over a frame, float32 (height, width): `x` and `y` in the texture, `values` of the points in the
    order in which they were given, and `cover`: 1 where there is something, 0 where not.
    """

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    values: tuple[NDArray[np.float32], ...]
    cover: NDArray[np.float32] | None


def rasterise(mesh: PlacedMesh, values: NDArray[np.float64], lens: Lens, *, everywhere: bool = False) -> Maps:
    """Maps of a mesh whose points carry `values` (n, k). `everywhere` says that it fills the whole frame."""
    width, height = -(-lens.width // _COARSE), -(-lens.height // _COARSE)
    # A cell's centre is half a cell from its corner.
    cells = (mesh.seen + 0.5) / _COARSE - 0.5
    numbers = np.full((height, width), -1, np.int32)
    corners = cells[mesh.triangles]
    depth = mesh.points[:, 2][mesh.triangles].mean(axis=1)
    inside = (
        (corners[:, :, 0].max(axis=1) > -1)
        & (corners[:, :, 0].min(axis=1) < width)
        & (corners[:, :, 1].max(axis=1) > -1)
        & (corners[:, :, 1].min(axis=1) < height)
    )
    order = np.argsort(-depth)
    order = order[inside[order]]
    fixed = np.clip(np.rint(corners * (1 << _SHIFT)), -(1 << 20), 1 << 20).astype(np.int32)
    for number in order.tolist():
        cv2.fillConvexPoly(numbers, fixed[number], number, cv2.LINE_8, _SHIFT)
    carried = np.concatenate((mesh.texture, values), axis=1)[mesh.triangles]
    coefficients = _affine(corners, carried).astype(np.float32)
    ys, xs = np.indices((height, width), np.float32)
    chosen = coefficients[np.maximum(numbers, 0)]
    maps = chosen[..., 0] * xs[..., None] + chosen[..., 1] * ys[..., None] + chosen[..., 2]
    # A border cell may lie outside its triangle; what it would be there is bounded by what the triangle has.
    low, high = (each.astype(np.float32) for each in (carried.min(axis=1), carried.max(axis=1)))
    index = np.maximum(numbers, 0)
    maps = np.clip(maps, low[index], high[index])
    cover = None
    if not everywhere:
        there = numbers >= 0
        cover = _enlarge(there.astype(np.float32), lens)
        maps = _spread(maps, there)
    planes = [_enlarge(np.ascontiguousarray(maps[..., plane]), lens) for plane in range(maps.shape[2])]
    return Maps(planes[0], planes[1], tuple(planes[2:]), cover)


def _affine(corners: NDArray[np.float64], carried: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each triangle, (k, 3) such that a value is a x + b y + c at a place in cells."""
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    safe = np.where(np.abs(area) < 1e-6, np.inf, area)[:, None]
    rise, other = carried[:, 1] - carried[:, 0], carried[:, 2] - carried[:, 0]
    a = (rise * second[:, 1:] - other * first[:, 1:]) / safe
    b = (other * first[:, :1] - rise * second[:, :1]) / safe
    c = carried[:, 0] - a * corners[:, 0, :1] - b * corners[:, 0, 1:]
    return np.stack((a, b, c), axis=2)


def _spread(maps: NDArray[np.float32], there: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Cells just outside of a surface continue it, so that enlarging does not mix in what is nowhere."""
    if not there.any():
        return np.full_like(maps, _NOWHERE)
    spread = maps.copy()
    spread[~there] = 0
    weight = there.astype(np.float32)
    mixed = cv2.blur(spread, (3, 3))
    share = cv2.blur(weight, (3, 3))
    out = np.where(there[..., None], maps, mixed / np.maximum(share, 1e-6)[..., None])
    return np.asarray(out, np.float32)


def _enlarge(plane: NDArray[np.float32], lens: Lens) -> NDArray[np.float32]:
    size = (plane.shape[1] * _COARSE, plane.shape[0] * _COARSE)
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR)[: lens.height, : lens.width])
