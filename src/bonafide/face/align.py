"""Five-point alignment: a face to the crop that the recognisers were trained on."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

CROP_SIZE = 112

# Deng et al., "ArcFace", 2019, reference implementation: left and right eye, nose tip, mouth corners, as seen
# in the crop.
ARCFACE_TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]],
    dtype=np.float32,
)

# The landmarks' centre always lands on the template's; the crop's farthest corner is 91.2 px from there, and
# interpolation needs a little more.
_REACH = 94


def similarity_to_template(landmarks: NDArray[np.float32]) -> NDArray[np.float64]:
    """The 2x3 similarity (rotation, uniform scale, shift) that brings landmarks (5, 2) closest to the
    template.

    Least squares, in closed form: as complex numbers it is one division (Umeyama, 1991, for two dimensions).
    Landmarks that all coincide give a zero scale; the crop is then flat, never an error.
    """
    source = landmarks[:, 0].astype(np.float64) + 1j * landmarks[:, 1]
    target = ARCFACE_TEMPLATE[:, 0] + 1j * ARCFACE_TEMPLATE[:, 1].astype(np.float64)
    from_centre = source - source.mean()
    spread = float(np.vdot(from_centre, from_centre).real)
    turn = np.vdot(from_centre, target - target.mean()) / spread if spread > 0 else 0j
    shift = target.mean() - turn * source.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def align(pixels: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The aligned crop, uint8 RGB (112, 112, 3), of the face whose landmarks (5, 2) are in these pixels.

    `pixels` is uint8 RGB (height, width, 3). Where the face reaches over the edge the crop is black, as in
    training.
    """
    transform = similarity_to_template(landmarks)
    enlargement = max(float(np.hypot(transform[0, 0], transform[1, 0])), 1e-3)
    shrink = int(0.75 / enlargement)
    if shrink > 1:
        # Bilinear sampling reads four pixels; where each stands for many, the rest would alias into the crop.
        pixels, corner = _shrunk_around(pixels, landmarks.mean(axis=0), _REACH / enlargement, shrink)
        # A pixel's centre is half a pixel from its corner, before and after.
        moved = (landmarks - corner + 0.5) / shrink - 0.5
        transform = similarity_to_template(moved.astype(np.float32))
    crop = cv2.warpAffine(pixels, transform, (CROP_SIZE, CROP_SIZE), flags=cv2.INTER_LINEAR)
    return np.asarray(crop, dtype=np.uint8)


def _shrunk_around(
    pixels: NDArray[np.uint8], centre: NDArray[np.float32], reach: float, shrink: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """What lies within reach of the landmarks' centre at 1 / shrink, by area, and where its corner was."""
    height, width = pixels.shape[:2]
    left, top = (
        int(np.clip(value, 0, limit)) for value, limit in zip(centre - reach, (width, height), strict=True)
    )
    right, bottom = (
        int(np.clip(value, 0, limit)) for value, limit in zip(centre + reach, (width, height), strict=True)
    )
    columns, rows = (right - left) // shrink, (bottom - top) // shrink
    if columns < 1 or rows < 1:
        return np.zeros((1, 1, 3), np.uint8), np.array([left, top], np.float32)
    part = pixels[top : top + rows * shrink, left : left + columns * shrink]
    small = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), np.array([left, top], np.float32)
