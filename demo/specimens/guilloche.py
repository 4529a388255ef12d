"""Fine coloured waves, as security printing has them; every pattern here is invented."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from specimens.drawn import Pixels

Colour = tuple[int, int, int]


@lru_cache(maxsize=16)
def guilloche(width: int, height: int, *, edge: Colour, middle: Colour, line: Colour, seed: int) -> Pixels:
    """A background uint8 RGB (height, width, 3) that blends from `edge` to `middle`, under `line`-coloured
    waves.

    The result is shared between calls: not to be written to.
    """
    random = np.random.default_rng(seed)
    scale = np.float32(1000 / width)
    # One row and one column; what depends on both is made where it is needed.
    x = np.arange(width, dtype=np.float32)[None] * scale
    y = np.arange(height, dtype=np.float32)[:, None] * scale
    blend = np.exp(-(((x - 520) / 330) ** 2))[..., None].astype(np.float32)
    ground = np.array(edge, np.float32) * (1 - blend) + np.array(middle, np.float32) * blend
    ink = np.zeros((height, width), np.float32)
    for _ in range(5):
        slope, bend, length = random.uniform(-0.5, 0.5), random.uniform(6, 26), random.uniform(60, 190)
        phase = y + slope * x + bend * np.sin(x / length + random.uniform(0, 6)) * np.sin(y / 140 + 1)
        # Narrow lines, some seven thousandths of the card's width apart.
        ink += np.clip(np.cos(phase * random.uniform(0.75, 1.05)) - 0.55, 0, 1)
    for cx, cy, radius in ((300.0, 330.0, 170.0), (690.0, 300.0, 210.0)):
        within = np.s_[_within(y, cy, radius), _within(x, cx, radius)]
        across, down = x[:, within[1]] - cx, y[within[0]] - cy
        distance, angle = np.hypot(across, down), np.arctan2(down, across)
        rosette = np.clip(np.cos(distance / 3.4 + 5 * np.cos(9 * angle)) - 0.4, 0, 1)
        ink[within] += rosette * np.clip(1 - (distance / radius) ** 4, 0, 1)
    ink = np.clip(cv2.GaussianBlur(ink, (0, 0), width / 1600) * 0.5, 0, 0.55)[..., None]
    mixed = ground * (1 - ink) + np.array(line, np.float32) * ink
    result: Pixels = mixed.round().clip(0, 255).astype(np.uint8)
    result.setflags(write=False)
    return result


def _within(places: NDArray[np.float32], centre: float, radius: float) -> slice:
    """The part of a row or column that is no further from a centre than a radius."""
    near = np.flatnonzero(np.abs(places.ravel() - centre) <= radius)
    return slice(near[0], near[-1] + 1) if near.size else slice(0)
