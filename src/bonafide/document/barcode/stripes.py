"""Where a picture is striped like a stacked bar code, and which way.

The structure tensor of the grey levels, averaged over a patch, tells how strongly they change there
(energy), in how much one direction (coherence), and in which. Stripes have much of both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_LONG_SIDE: Final = 1600
_PATCH: Final = 25
_SMOOTHING: Final = 1.0
_COHERENCE: Final = 0.15
# Of the strongest energy in the picture, its 99th percentile.
_ENERGY: Final = 0.2
_LEAST_ENERGY: Final = 4000.0
_LEAST_SHARE: Final = 0.002
_MOST_REGIONS: Final = 3
_MARGIN: Final = 0.12


@dataclass(frozen=True, slots=True)
class StripedRegion:
    """A rectangle of `width` by `height` pixels; `origin` is its top left corner in the picture.

    `angle` is the direction across the stripes, clockwise from level, in radians, -pi/2 to pi/2.
    """

    origin: tuple[float, float]
    width: float
    height: float
    angle: float


def striped_regions(grey: NDArray[np.uint8]) -> tuple[StripedRegion, ...]:
    """Up to three regions, the largest first, of `grey`, uint8 HxW, with a margin for the quiet zone."""
    shrink = min(1.0, _LONG_SIDE / max(grey.shape))
    size = (max(1, round(grey.shape[1] * shrink)), max(1, round(grey.shape[0] * shrink)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if shrink < 1 else grey
    # Stripes near the limit of resolution lie, to small kernels, up to 2 degrees off; smoothed ones do not.
    smooth = cv2.GaussianBlur(small, (0, 0), _SMOOTHING).astype(np.float32)
    across, down = (cv2.Scharr(smooth, cv2.CV_32F, *order) for order in ((1, 0), (0, 1)))
    xx, yy, xy = (
        cv2.boxFilter(product, cv2.CV_32F, (_PATCH, _PATCH))
        for product in (across * across, down * down, across * down)
    )
    energy = xx + yy
    coherence = np.hypot(xx - yy, 2 * xy) / np.maximum(energy, 1e-6)
    threshold = max(_LEAST_ENERGY, _ENERGY * float(np.percentile(energy, 99)))
    mask = ((energy > threshold) & (coherence > _COHERENCE)).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((_PATCH // 2, _PATCH // 2), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    areas = stats[1:count, cv2.CC_STAT_AREA]
    regions = []
    for index in np.argsort(-areas)[:_MOST_REGIONS]:
        if areas[index] >= _LEAST_SHARE * mask.size:
            rows, columns = np.nonzero(labels == index + 1)
            inside = (rows, columns)
            angle = 0.5 * math.atan2(
                2 * float(xy[inside].sum(dtype=np.float64)),
                float((xx[inside] - yy[inside]).sum(dtype=np.float64)),
            )
            regions.append(_rectangle(columns / shrink, rows / shrink, angle))
    return tuple(regions)


def _rectangle(x: NDArray[np.float64], y: NDArray[np.float64], angle: float) -> StripedRegion:
    """The rectangle at `angle` around these points, and its margin."""
    cos, sin = math.cos(angle), math.sin(angle)
    along, off = x * cos + y * sin, y * cos - x * sin
    left, right, top, bottom = (float(edge) for edge in (along.min(), along.max(), off.min(), off.max()))
    margin = _MARGIN * max(right - left, bottom - top)
    left, right, top, bottom = left - margin, right + margin, top - margin, bottom + margin
    origin = (left * cos - top * sin, left * sin + top * cos)
    return StripedRegion(origin, right - left, bottom - top, angle)
