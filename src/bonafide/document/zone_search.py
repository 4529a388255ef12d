"""Looking for the lines of a zone without a text detector.

A detector trained on words takes the widely set characters of a small zone for single letters, or for
nothing. But a zone is what no other print on a document is: lines of dark strokes as long as the page, evenly
high and close together. Closing the gaps between its strokes leaves two or three bars.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.document.ocr import TextBox

# The longer side of the picture in which bars are looked for, and what is closed in it: strokes are 1 to 3
# pixels, characters up to 16 apart.
_SIDE = 900
_STROKES = (17, 9)
_GAPS = (31, 3)
# A bar is at least this many times as long as high, and at least this share of the picture long.
_LONG = 9.0
_SHARE = 0.2
# Bars are a little lower than the boxes of a text detector.
_GROWTH = 1.5


def find_bars(pixels: NDArray[np.uint8], axis: float) -> list[TextBox]:
    """Bars of strokes along `axis` (radians) in uint8 RGB (h, w, 3) pixels, in pixels of `pixels`, from the
    top.
    """
    height, width = pixels.shape[:2]
    scale = _SIDE / max(height, width)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), np.degrees(axis), scale)
    # The whole picture stays in view however it is turned.
    reach = np.abs(turn[:, :2]) @ np.array([width, height])
    turn[:, 2] += reach / 2 - (turn[:, :2] @ np.array([width / 2, height / 2]) + turn[:, 2])
    size = (max(1, round(float(reach[0]))), max(1, round(float(reach[1]))))
    grey = cv2.warpAffine(
        cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), turn, size, flags=cv2.INTER_AREA, borderValue=128
    )
    dark = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, cv2.getStructuringElement(cv2.MORPH_RECT, _STROKES))
    edges = np.abs(cv2.Sobel(dark, cv2.CV_32F, 1, 0, ksize=3))
    strokes = cv2.convertScaleAbs(edges, alpha=255 / max(float(edges.max()), 1.0))
    closed = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, _GAPS))
    _, mask = cv2.threshold(closed, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, _GAPS[0]), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    back = cv2.invertAffineTransform(turn)
    long = [np.asarray(contour, np.int32) for contour in contours]
    bars = [_bar(contour, np.asarray(back, np.float64)) for contour in long if _is_long(contour, size[0])]
    return sorted(bars, key=lambda bar: float(bar.centre[1] * np.cos(axis) - bar.centre[0] * np.sin(axis)))


def _is_long(contour: NDArray[np.int32], width: int) -> bool:
    sides = sorted(cv2.minAreaRect(contour)[1])
    return sides[1] > _SHARE * width and sides[1] > _LONG * max(sides[0], 1.0) and sides[0] > 4


def _bar(contour: NDArray[np.int32], back: NDArray[np.float64]) -> TextBox:
    centre, sides, angle = cv2.minAreaRect(contour)
    long, short = max(sides), min(sides) * _GROWTH
    # OpenCV's angle belongs to the first side; the bar lies along the longer one, within 45 degrees of level.
    if sides[0] < sides[1]:
        angle -= 90
    angle = (angle + 90) % 180 - 90
    along = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    down = np.array([-along[1], along[0]])
    half, over = along * long / 2, down * short / 2
    corners = np.array(centre) + np.array([-half - over, half - over, half + over, -half + over])
    return TextBox(np.asarray(corners @ back[:, :2].T + back[:, 2], np.float32), 0.0)
