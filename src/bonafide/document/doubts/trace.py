"""What the place of one printed field looks like next to its surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.document.doubts.ground import Ground, Mask
from bonafide.document.doubts.slope import fitted

Box = tuple[float, float, float, float]
_Window = tuple[slice, slice]

# In pixels, 10 to the millimetre: how far letters are apart, how far a patch surely reaches beyond them,
# and the ring around them that belongs to the card. A second ring further out is for patches larger than
# what is written on them.
_PX_PER_MM = 10
_BETWEEN, _INSIDE = 21, 9
_RINGS = ((12, 31), (45, 70))
_AROUND = 72
# Of the ink's darkness: what is a stroke. Specks are smaller than this many pixels.
_STROKE = 0.4
_SPECK = 8
_LEAST_INK = 60
_LEAST_GROUND = 120
_LEAST_PATTERN = 80
# What share of a place's ground must be neither blown out nor dark.
_SEEN = 0.6
# How much redder than the rest of the ground a place may be and still count: a watermark does not.
_TINTED = 0.035


@dataclass(frozen=True, slots=True)
class Trace:
    """One field's measures.

    `colour`: distance of the ground's colour between and around the letters from that around the field, in
    logarithms of R / G and B / G, beyond how far that differs from side to side. `pattern`: logarithm of
    the fine pattern's standard deviation there over that around the field, 0 where too little is seen.
    `width`: mean stroke width in millimetres, blur included.
    """

    colour: float
    pattern: float
    width: float


def trace(ground: Ground, place: Box, region: Mask) -> Trace | None:
    """Measure the field in a place (left, top, right, bottom in millimetres); None where too little is seen.

    `region` (h, w) is where the card's text is: a ring around a field ends with it.
    """
    height, width = ground.ink.shape
    left, top, right, bottom = (round(value * _PX_PER_MM) for value in place)
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    if right - left < 2 or bottom - top < 2:
        return None
    y, x = max(top - _AROUND, 0), max(left - _AROUND, 0)
    window = np.s_[y : min(bottom + _AROUND, height), x : min(right + _AROUND, width)]
    strokes = np.zeros(ground.ink[window].shape, np.uint8)
    strokes[top - y : bottom - y, left - x : right - x] = _strokes(ground.ink[top:bottom, left:right])
    if int(strokes.sum()) < _LEAST_INK:
        return None
    around = _inside(strokes) & ground.bare[window]
    clear = ground.clear[window]
    if float(clear[around].sum()) < _SEEN * float(around.sum()):
        return None
    inside = around & clear
    away = cv2.distanceTransform(1 - strokes, cv2.DIST_L2, 3)
    rings = [region[window] & ground.bare[window] & (away > low) & (away < high) for low, high in _RINGS]
    rings = [ring & clear for ring in rings if float(clear[ring].sum()) >= _SEEN * float(ring.sum())]
    if not rings:
        return None
    steps = [step for ring in rings if (step := _colour_step(ground, window, inside, ring)) is not None]
    if not steps:
        return None
    near = _grown(inside.astype(np.uint8), 5)
    return Trace(
        max(steps), _pattern_step(ground, window, near, rings[0]), _width(ground.ink[window], strokes)
    )


def _strokes(ink: NDArray[np.float32]) -> NDArray[np.uint8]:
    """1 where black strokes are, without specks."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((ink > _STROKE).astype(np.uint8))
    keep = np.zeros(count, np.uint8)
    keep[1:] = stats[1:, cv2.CC_STAT_AREA] >= _SPECK
    return np.asarray(keep[labels], np.uint8)


def _inside(strokes: NDArray[np.uint8]) -> Mask:
    """The letters, what is between them and a little around."""
    joined = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, np.ones((_BETWEEN, _BETWEEN), np.uint8))
    return _grown(np.asarray(joined, np.uint8), _INSIDE)


def _grown(mask: NDArray[np.uint8], side: int) -> Mask:
    return np.asarray(cv2.dilate(mask, np.ones((side, side), np.uint8)) > 0)


def _colour_step(ground: Ground, window: _Window, inside: Mask, outside: Mask) -> float | None:
    """How far the ground's colour inside is from what surrounds it, were that to go on sloping as it does.

    Less how far the surroundings differ among themselves, for glare and shadows' edges are around a field
    too.
    """
    if min(int(inside.sum()), int(outside.sum())) < _LEAST_GROUND:
        return None
    planes = ground.red[window], ground.blue[window]
    plain = planes[0] - np.median(planes[0][outside]) < _TINTED
    inside, outside = inside & plain, outside & plain
    if min(int(inside.sum()), int(outside.sum())) < _LEAST_GROUND:
        return None
    base, here = _terms(outside), _terms(inside)
    thin = slice(None, None, max(len(base) // 1500, 1))
    middle = here[:, 1:3].mean(axis=0)
    sector = 2 * (base[thin, 1] > middle[0]) + (base[thin, 2] > middle[1])
    step, spread = [], []
    for plane in planes:
        around = plane[outside][thin]
        fit = fitted(base[thin], around)
        step.append(float(np.median(plane[inside] - here @ fit)))
        rest = around - base[thin] @ fit
        spread.append(max(abs(float(np.median(rest[sector == one]))) for one in np.unique(sector)))
    return max(hypot(*step) - hypot(*spread), 0.0)


def _terms(mask: Mask) -> NDArray[np.float32]:
    """What a slope is made of: 1, down, across and across squared, in centimetres."""
    y, x = (axis.astype(np.float32) / 100 for axis in np.nonzero(mask))
    return np.stack([np.ones_like(x), y, x, x * x], axis=1)


def _pattern_step(ground: Ground, window: _Window, inside: Mask, outside: Mask) -> float:
    pattern, calm = ground.pattern[window], ground.calm[window]
    inside, outside = inside & calm, outside & calm
    if min(int(inside.sum()), int(outside.sum())) < _LEAST_PATTERN:
        return 0.0
    return float(np.log((pattern[inside].std() + 1e-4) / (pattern[outside].std() + 1e-4)))


def _width(ink: NDArray[np.float32], strokes: NDArray[np.uint8]) -> float:
    """Ink over edge: a stroke has two edges."""
    spread = ink * _grown(strokes, 7)
    across, down = cv2.Sobel(spread, cv2.CV_32F, 1, 0), cv2.Sobel(spread, cv2.CV_32F, 0, 1)
    edges = float(cv2.magnitude(across, down).sum()) / 8
    return 2 * float(spread.sum()) / max(edges, 1e-6) / _PX_PER_MM
