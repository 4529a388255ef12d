"""What a card looks like between its letters: ink, and the colour and the fine pattern of the ground."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]

# All in pixels of a card of 10 pixels to the millimetre. Strokes are at most half a millimetre wide, so a
# closing of 1.5 mm fills them up.
_FILL = 15
# Guilloche lines repeat every 0.3 to 0.8 mm: what changes over that, and neither faster nor slower, is the
# pattern.
_FINE, _COARSE = 0.8, 11
_SMOOTH = 5
_ENOUGH = 0.35
# Relative darkness of a pixel that may be print of any colour, and how far its blur reaches.
_PRINT = 0.18
_REACH = 5
# Soft pictures spread ink further, and its halo would pass for a pattern.
_HALO = 11
# Noise clips at white before the mean does, and a clipped channel changes the colour.
_BLOWN = 247
_DARK = 24
_LOG = np.log(np.maximum(np.arange(256), 1)).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Planes of a card, float32 (h, w) each.

    `ink` is how much darker than its surroundings a pixel is in its brightest channel, 0 to 1: black ink,
    hardly red or blue. `bare` (bool) is where there is no print, `clear` where neither glare nor darkness
    hides that either, `calm` where print is not even near. `red` and `blue` are the logarithms of R / G and
    of B / G; `pattern` is the luma's fine pattern relative to the luma, 0 in the mean.
    """

    ink: Plane
    bare: Mask
    clear: Mask
    calm: Mask
    red: Plane
    blue: Plane
    pattern: Plane


def ground_of(card: NDArray[np.uint8]) -> Ground:
    """The planes of a card, uint8 RGB (h, w, 3) at 10 pixels to the millimetre."""
    sample = card[::8, ::8].reshape(-1, 3)
    white = np.maximum(np.percentile(sample, 60, axis=0), 1.0)
    # A yellow lamp must not turn red or blue print black.
    steps = np.arange(256)[:, None] * (180 / white)
    table = np.clip(steps, 0, 255).astype(np.uint8)[:, None, :]
    even = cv2.LUT(card, np.ascontiguousarray(table.transpose(1, 0, 2)))
    brightest = np.asarray(cv2.blur(_brightest(even), (3, 3)), np.uint8)
    luma = np.asarray(cv2.cvtColor(card, cv2.COLOR_RGB2GRAY), np.uint8)
    ink = _darker(brightest)
    print_ = _darker(np.asarray(cv2.blur(luma, (3, 3)), np.uint8)) > _PRINT
    lit = (cv2.blur(_brightest(card), (_SMOOTH, _SMOOTH)) < _BLOWN) & (luma > _DARK)
    bare = ~_reached(print_, _REACH)
    clear = bare & lit
    weight = clear.astype(np.float32)
    calm = clear & ~_reached(print_, _HALO) & (cv2.blur(weight, (_COARSE, _COARSE)) > _ENOUGH)
    red, green, blue = (cv2.LUT(plane, _LOG) for plane in cv2.split(card))
    red, blue = _smooth(red - green, weight), _smooth(blue - green, weight)
    return Ground(ink, bare, clear, calm, red, blue, _pattern(luma, clear, weight))


def _smooth(plane: NDArray[np.float32], weight: Plane) -> Plane:
    """Averages over the clear pixels half a millimetre around."""
    share = np.maximum(cv2.blur(weight, (_SMOOTH, _SMOOTH)), 0.02)
    return np.asarray(cv2.blur(plane * weight, (_SMOOTH, _SMOOTH)) / share, np.float32)


def _brightest(card: NDArray[np.uint8] | cv2.typing.MatLike) -> cv2.typing.MatLike:
    red, green, blue = cv2.split(card)
    return cv2.max(cv2.max(red, green), blue)


def _reached(print_: Mask, reach: int) -> Mask:
    return np.asarray(cv2.dilate(print_.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0)


def _darker(plane: NDArray[np.uint8]) -> Plane:
    """How much darker than what surrounds it a pixel is, 0 to 1."""
    filled = cv2.morphologyEx(plane, cv2.MORPH_CLOSE, np.ones((_FILL, _FILL), np.uint8))
    around = np.asarray(cv2.blur(filled.astype(np.float32), (_FILL, _FILL)), np.float32)
    return np.asarray(np.clip(1 - plane / np.maximum(around, 1), 0, 1), np.float32)


def _pattern(luma: NDArray[np.uint8], clear: Mask, weight: Plane) -> Plane:
    """The luma between two scales over the coarser; averages leave out what is not clear."""
    levels = luma.astype(np.float32) * weight
    side = (_COARSE, _COARSE)
    coarse = cv2.blur(levels, side) / np.maximum(cv2.blur(weight, side), 0.02)
    fine = cv2.GaussianBlur(levels, (5, 5), _FINE) / np.maximum(cv2.GaussianBlur(weight, (5, 5), _FINE), 0.02)
    return np.asarray(np.where(clear, fine / np.maximum(coarse, 1) - 1, 0), np.float32)
