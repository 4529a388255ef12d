"""Regular patterns in a page: how far single frequencies stand out of their neighbourhood in the power
spectrum.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

# The side of a tile in pixels. Twice the side found no more, for a tilted card's grid changes its pitch
# across it.
TILE = 128
_ROWS, _COLUMNS = (0.18, 0.39, 0.61, 0.82), (0.1, 0.5, 0.9)
_NEIGHBOURHOOD = 15
# Slower than this is light and shadow, not pattern.
_TREND = 17
_TOO_DARK = 20
# Edges: the steepest pixels, and the contrast that an edge needs for its width to be told.
_STEEPEST = 20
_CONTRAST = 50
# Cycles per pixel. A card's own line patterns repeat every 0.3 mm at least and so stay below FINE wherever
# a card is 800 pixels wide; what is finer is rarely the card's.
LOW, MIDDLE, FINE = 0.05, 0.2, 0.3


@dataclass(frozen=True, slots=True)
class Peaks:
    """The strongest peak of each band in natural logarithms of power over the neighbourhood's mean, 2.5 to
    3 in noise.

    `light` of the luma and `colour` of R - B, in cycles per pixel: middle 0.2 to 0.3, fine from 0.3, coarse
    0.05 to 0.2. `blur` is the width of the sharpest edges as the standard deviation of a Gaussian, in
    pixels; infinite where there is none. `tiles` is how many tiles the medians are of.
    """

    middle_light: float
    fine_light: float
    coarse_colour: float
    fine_colour: float
    blur: float
    tiles: int


def peaks(pixels: NDArray[np.uint8], corners: NDArray[np.float32]) -> Peaks:
    """Medians over tiles of the quad `corners` (4, 2) in pixels of uint8 RGB (h, w, 3)."""
    found: list[tuple[float, ...]] = []
    blurs: list[float] = []
    for tile in _tiles(pixels, corners):
        grey = cv2.cvtColor(tile, cv2.COLOR_RGB2GRAY).astype(np.float32)
        if float(grey.mean()) < _TOO_DARK:
            continue
        colour = tile[..., 0].astype(np.float32) - tile[..., 2]
        found.append((*_bands(grey), *_bands(colour)))
        blurs.append(_edge_width(grey))
    if not found:
        return Peaks(0, 0, 0, 0, float("inf"), 0)
    _, middle, fine, *tints = (float(value) for value in np.median(np.array(found), axis=0))
    # The second sharpest: one may be a speck of noise.
    blur = sorted(blurs)[min(1, len(blurs) - 1)]
    return Peaks(middle, fine, tints[0], max(tints[1], tints[2]), blur, len(found))


def _tiles(pixels: NDArray[np.uint8], corners: NDArray[np.float32]) -> Iterator[NDArray[np.uint8]]:
    height, width = pixels.shape[:2]
    if height < TILE or width < TILE or not np.isfinite(corners).all():
        return
    corner = corners.astype(np.float64)
    for v in _ROWS:
        for u in _COLUMNS:
            top, bottom = corner[0] * (1 - u) + corner[1] * u, corner[3] * (1 - u) + corner[2] * u
            x, y = top * (1 - v) + bottom * v
            left = int(np.clip(x - TILE / 2, 0, width - TILE))
            above = int(np.clip(y - TILE / 2, 0, height - TILE))
            yield pixels[above : above + TILE, left : left + TILE]


def _bands(plane: Plane) -> tuple[float, float, float]:
    """The strongest peaks below, in and above the middle band."""
    window, bands = _geometry()
    level = np.asarray((plane - cv2.blur(plane, (_TREND, _TREND))) * window, np.float32)
    spectrum = cv2.dft(level, flags=cv2.DFT_COMPLEX_OUTPUT)[:, : TILE // 2 + 1]
    power = cv2.log(spectrum[..., 0] ** 2 + spectrum[..., 1] ** 2 + np.float32(1e-3))
    power = np.roll(power, TILE // 2, axis=0)
    above = np.asarray(power - cv2.blur(power, (_NEIGHBOURHOOD, _NEIGHBOURHOOD)), np.float32)
    low, middle, fine = (float(above[band].max()) for band in bands)
    return low, middle, fine


def _edge_width(grey: Plane) -> float:
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    steep = cv2.magnitude(across, down).ravel() / 8
    steepest = float(np.partition(steep, -_STEEPEST)[-_STEEPEST])
    levels = np.sort(grey[::3, ::3], axis=None)
    contrast = float(levels[-_STEEPEST] - levels[_STEEPEST])
    # A step blurred by a Gaussian is steepest by its height over sigma sqrt(2 pi).
    return contrast / (steepest * float(np.sqrt(2 * np.pi))) if contrast > _CONTRAST else float("inf")


@cache
def _geometry() -> tuple[Plane, tuple[NDArray[np.bool_], ...]]:
    """The window, and where the bands are in half a spectrum whose rows are centred."""
    hann = np.hanning(TILE)
    window = np.outer(hann, hann).astype(np.float32)
    down = np.fft.fftshift(np.fft.fftfreq(TILE))[:, None]
    across = np.arange(TILE // 2 + 1)[None] / TILE
    radius = np.hypot(down, across)
    # JPEG's blocks, of 8 pixels or of 16 where colour is halved, stand on the axes at multiples of 1 / 16.
    rows, columns = np.broadcast_arrays(np.abs(down) * TILE, across * TILE)
    usable = ~(_blocky(rows, columns) | _blocky(columns, rows))
    edges = ((LOW, MIDDLE), (MIDDLE, FINE), (FINE, 1.0))
    bands = tuple(usable & (radius >= low) & (radius < high) for low, high in edges)
    window.flags.writeable = False
    return window, bands


def _blocky(along: NDArray[np.float64], off: NDArray[np.float64]) -> NDArray[np.bool_]:
    step = TILE / 16
    return np.asarray((off <= 2) & (np.abs((along + step / 2) % step - step / 2) <= 1))
