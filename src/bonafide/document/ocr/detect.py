"""Where text is: PP-OCRv6's detector (differentiable binarisation, Liao et al., 2020) and what follows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.document.ocr.line import TextBox
from bonafide.models import InputContract

# The publisher's own settings: a pixel is text above the first, a box is kept above the second, and grown by
# the third times its area over its circumference, because the network marks the core of a line only.
_PIXEL = 0.3
_BOX = 0.5
_GROWTH = 1.6
# In pixels of what the network sees; smaller is no text that could be read.
_LEAST_SIDE = 3
# A page of small print would cost without end, and no identity document has as many lines.
_MOST_BOXES = 200


class Session(Protocol):
    """What is used of an onnxruntime session, which publishes no types."""

    def run(
        self, output_names: None, input_feed: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        """Run the graph."""


class TextDetector:
    """Finds lines of text; safe to share between threads."""

    def __init__(self, contract: InputContract, session: Session) -> None:
        self._contract = contract
        self._session = session

    def detect(self, pixels: NDArray[np.uint8], long_side: int) -> list[TextBox]:
        """Lines of text in uint8 RGB (h, w, 3) pixels, in pixels of `pixels`, in no order.

        The network sees the picture at `long_side` pixels, enlarged if need be. The long side of a box is
        taken for the line's direction, left to right within 90 degrees of the picture's own.
        """
        height, width = pixels.shape[:2]
        scale = long_side / max(height, width)
        step = self._contract.size
        size = (_multiple(width * scale, step), _multiple(height * scale, step))
        interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        seen = cv2.resize(pixels, size, interpolation=interpolation)
        (found,) = self._session.run(None, {"x": prepared(np.asarray(seen, np.uint8), self._contract)})
        back = np.array([width / size[0], height / size[1]], np.float32)
        return [TextBox(corners * back, confidence) for corners, confidence in _boxes(found[0, 0])]


def prepared(pixels: NDArray[np.uint8], contract: InputContract) -> NDArray[np.float32]:
    """uint8 RGB (h, w, 3) as the contract wants it: float32 (1, 3, h, w)."""
    ordered = pixels[..., ::-1] if contract.colour_order == "bgr" else pixels
    planes = ordered.transpose(2, 0, 1)[None].astype(np.float32)
    planes -= np.float32(contract.mean)
    planes *= np.float32(contract.scale)
    return planes


def _multiple(length: float, step: int) -> int:
    return max(step, round(length / step) * step)


def _boxes(text: NDArray[np.float32]) -> list[tuple[NDArray[np.float32], float]]:
    """Corners float32 (4, 2) and confidence of each line in a map (h, w) of the probability of text."""
    mask = cv2.dilate((text > _PIXEL).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = []
    for contour in sorted(contours, key=len, reverse=True)[:_MOST_BOXES]:
        rectangle = cv2.minAreaRect(contour)
        wide, high = rectangle[1]
        if min(wide, high) < _LEAST_SIDE:
            continue
        confidence = _mean_within(text, np.asarray(cv2.boxPoints(rectangle), np.float32))
        if confidence < _BOX:
            continue
        growth = 2 * _GROWTH * wide * high / (2 * (wide + high))
        boxes.append((_corners((rectangle[0], (wide + growth, high + growth), rectangle[2])), confidence))
    return boxes


def _mean_within(text: NDArray[np.float32], corners: NDArray[np.float32]) -> float:
    limit = np.array(text.shape[::-1]) - 1
    low = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, limit)
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, limit)
    window = text[low[1] : high[1] + 1, low[0] : high[0] + 1]
    inside = np.zeros(window.shape, np.uint8)
    cv2.fillPoly(inside, [np.round(corners - low).astype(np.int32)], 1)
    return float(cv2.mean(window, inside)[0])


def _corners(rectangle: tuple[Sequence[float], Sequence[float], float]) -> NDArray[np.float32]:
    """A rectangle's corners from its top left, clockwise, its long side being the top."""
    points = np.asarray(cv2.boxPoints(rectangle), np.float32)
    along = points[1] - points[0]
    if np.linalg.norm(along) < np.linalg.norm(points[2] - points[1]):
        points = np.roll(points, -1, axis=0)
        along = points[1] - points[0]
    # boxPoints goes clockwise in picture coordinates; start where the top side runs to the right.
    if along[0] < -1e-3 or (abs(along[0]) <= 1e-3 and along[1] < 0):
        points = np.roll(points, 2, axis=0)
    return points
