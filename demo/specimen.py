"""A specimen of an identity document, drawn around a portrait and plainly marked as one.

It copies no country's document, so its kind is unknown to a reader and it only refers: for the tests of just
that, not for the demonstration (`documents.py`). It lies on a table, a little turned, as if photographed by
hand.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

# Head and shoulders on the sample customer's photograph, obama.jpg: rows and columns.
SAMPLE_HEAD = np.s_[0:660, 235:745]

_WIDTH, _HEIGHT = 1600, 1000
# The card in pixels, with the proportions of ID-1 (ISO/IEC 7810: 85.60 x 53.98 mm), and its portrait.
_CARD = (1240, 782)
_PORTRAIT = (820, 150, 340, 440)  # left, top, width, height
_CORNERS = np.array([[182, 128], [1430, 92], [1452, 872], [168, 904]], np.float32)
_INK = (70, 60, 60)
_RED = (150, 40, 40)
_LINES = (
    "Name      A. SAMPLE",
    "Born      1 January 1970",
    "Number    000000 0000 0000",
    "Issued    nowhere",
)


def draw_specimen(portrait: NDArray[np.uint8], seed: int = 0) -> bytes:
    """A JPEG, 1600 x 1000, of a specimen that carries a portrait: uint8 RGB (h, w, 3), cut to 17:22."""
    random = np.random.default_rng(seed)
    card = _pattern(random)
    left, top, width, height = _PORTRAIT
    card[top : top + height, left : left + width] = _faded(_fitted(portrait, width, height))
    cv2.rectangle(card, (left, top), (left + width, top + height), (150, 150, 160), 2)
    _write(card, "SPECIMEN", (70, 110), size=2.4, weight=5, colour=_RED)
    _write(card, "not an identity document", (72, 160), size=0.9, weight=2, colour=_RED)
    for row, line in enumerate(_LINES):
        _write(card, line, (72, 290 + 90 * row), size=1.15, weight=2, colour=_INK)
    _write(card, "SPECIMEN  SPECIMEN  SPECIMEN  SPECIMEN", (72, 720), size=1.4, weight=3, colour=_RED)
    return _photographed(card, random)


def _pattern(random: np.random.Generator) -> NDArray[np.uint8]:
    """Fine waves, as security printing has them."""
    width, height = _CARD
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    waves = np.sin(x / 9 + 4 * np.sin(y / 60)) + np.sin(y / 7 + 5 * np.sin(x / 80))
    card = np.empty((height, width, 3), np.float32)
    for channel, (base, depth) in enumerate(((222, 7), (230, 5), (236, 4))):
        card[..., channel] = base + depth * waves + random.normal(0, 1, waves.shape)
    return card.clip(0, 255).astype(np.uint8)


def _fitted(portrait: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Cut to the frame's proportions around the middle, then brought to its size."""
    rows, columns = portrait.shape[:2]
    scale = min(columns / width, rows / height)
    cut_width, cut_height = int(width * scale), int(height * scale)
    x, y = (columns - cut_width) // 2, (rows - cut_height) // 2
    part = portrait[y : y + cut_height, x : x + cut_width]
    return np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _faded(portrait: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """As printing leaves it: soft, with less colour and contrast."""
    soft = cv2.GaussianBlur(portrait, (0, 0), 1.2).astype(np.float32)
    grey = soft.mean(axis=2, keepdims=True)
    return np.asarray((128 + (grey + (soft - grey) * 0.6 - 128) * 0.85 + 12).clip(0, 255), np.uint8)


def _write(
    card: NDArray[np.uint8],
    text: str,
    place: tuple[int, int],
    *,
    size: float,
    weight: int,
    colour: tuple[int, int, int],
) -> None:
    cv2.putText(card, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, colour, weight, cv2.LINE_AA)


def _photographed(card: NDArray[np.uint8], random: np.random.Generator) -> bytes:
    """On a table, under a lamp, by a hand-held phone."""
    y, x = np.mgrid[0:_HEIGHT, 0:_WIDTH].astype(np.float32)
    grain = np.sin(y / 23 + 2 * np.sin(x / 310)) * 6
    table = np.stack([118 + grain, 92 + grain, 70 + grain], axis=2).astype(np.float32)
    corners = np.array([[0, 0], [_CARD[0], 0], [*_CARD], [0, _CARD[1]]], np.float32)
    lay = cv2.getPerspectiveTransform(corners, _CORNERS)
    laid = cv2.warpPerspective(card.astype(np.float32), lay, (_WIDTH, _HEIGHT), flags=cv2.INTER_AREA)
    where = cv2.warpPerspective(np.ones(card.shape[:2], np.float32), lay, (_WIDTH, _HEIGHT))[..., None]
    shadow = cv2.GaussianBlur(where[..., 0], (0, 0), 14)[..., None]
    scene = table * (1 - 0.45 * shadow) * (1 - where) + laid * where
    lamp = 1.08 - 0.28 * np.hypot(x - 500, y - 150)[..., None] / 1700
    seen = cv2.GaussianBlur(scene * lamp, (0, 0), 0.8) + random.normal(0, 2.2, scene.shape)
    pixels = seen.clip(0, 255).astype(np.uint8)
    written, content = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])
    if not written:
        raise RuntimeError("OpenCV was built without JPEG")
    return content.tobytes()
