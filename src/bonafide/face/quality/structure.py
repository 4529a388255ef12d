"""How much of a face's structure lies where a feature should be: the hint behind the occlusion measures.

Eyes and mouths are made of edges that run across the face; what covers them (dark glass, cloth, paper, a
hand) is smooth there. Comparing a window with the whole face leaves out contrast, size and blur, which have
measures of their own. It is a hint: it cannot see a covering with a pattern of its own, or one that leaves
the features free.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.face.quality.region import face_mask, luma

# Fine grain of skin, cloth and sensor is averaged away; eyelids and lips stay. In pixels of the crop.
_SMOOTHING = 1.5
# Mean gradient over the face, in levels a pixel (Sobel's sum is 8 times that), below which it is mostly
# rounding.
_LEAST_GRADIENT = 0.25 * 8


@dataclass(frozen=True, slots=True)
class Window:
    """Rows and columns of the crop, `top` and `left` included, `bottom` and `right` not."""

    top: int
    bottom: int
    left: int
    right: int


def vertical_gradient(crop: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How fast the smoothed luma of a uint8 RGB crop changes downwards, as Sobel's sum without its sign."""
    smooth = cv2.GaussianBlur(luma(crop), (0, 0), _SMOOTHING)
    return np.asarray(np.abs(cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3)), np.float32)


def relative_structure(gradient: NDArray[np.float32], *windows: Window) -> float | None:
    """Mean gradient in the poorest window over that of the whole face; None for a flat crop."""
    face = float(cv2.mean(gradient, mask=face_mask())[0])
    if face < _LEAST_GRADIENT:
        return None
    return min(float(gradient[w.top : w.bottom, w.left : w.right].mean()) for w in windows) / face
