"""A card seen straight on, from the page and the map that placed it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

# Finer sampling than this gains nothing: a page that dense is averaged well enough.
_MOST_FINER = 4


def rectified(
    pixels: NDArray[np.uint8],
    to_mm: NDArray[np.float64],
    width_mm: float,
    height_mm: float,
    px_per_mm: float = 10.0,
) -> NDArray[np.uint8]:
    """The card as uint8 RGB (height, width, 3) of `px_per_mm` pixels to the millimetre.

    `pixels` is the page, uint8 RGB (h, w, 3); `to_mm` a float64 (3, 3) homography from its pixels to
    millimetres from the card's top left corner. Where the page is finer than the result, pixels are averaged.
    What lies outside the page is black. Raises `ValueError` where the homography cannot be inverted or the
    size is not positive.
    """
    width, height = round(width_mm * px_per_mm), round(height_mm * px_per_mm)
    if width < 1 or height < 1:
        raise ValueError("A card has a width and a height")
    back = _inverse(to_mm)
    finer = _finer(back, width_mm, height_mm, px_per_mm)
    lay = np.diag([finer * px_per_mm, finer * px_per_mm, 1.0]) @ to_mm
    # Millimetres are measured to the outer corner of a pixel, OpenCV's whole numbers are their middles.
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    shift = np.linalg.inv(half) @ lay @ half
    seen = cv2.warpPerspective(pixels, shift, (finer * width, finer * height), flags=cv2.INTER_LINEAR)
    if finer > 1:
        seen = cv2.resize(seen, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(seen, np.uint8)


def _inverse(to_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    if to_mm.shape != (3, 3) or not np.isfinite(to_mm).all() or abs(np.linalg.det(to_mm)) < 1e-12:
        raise ValueError("The placement is no homography")
    return np.asarray(np.linalg.inv(to_mm), np.float64)


def _finer(back: NDArray[np.float64], width_mm: float, height_mm: float, px_per_mm: float) -> int:
    """How many page pixels lie along one pixel of the result in the card's middle, rounded, at least 1."""
    x, y = width_mm / 2, height_mm / 2
    points = back @ np.array([[x, x + 1, x], [y, y, y + 1], [1, 1, 1]])
    if (np.abs(points[2]) < 1e-12).any():
        return 1
    middle, right, below = (points[:2] / points[2]).T
    dense = max(float(np.hypot(*(right - middle))), float(np.hypot(*(below - middle)))) / px_per_mm
    return int(np.clip(round(dense), 1, _MOST_FINER))
