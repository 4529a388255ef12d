"""Portraits for the cards: a given photograph as printing leaves it, or a drawn face."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from specimens.drawn import Pixels

# Head and shoulders on the sample pictures: rows and columns.
SAMPLE_HEADS = {
    "obama.jpg": np.s_[0:660, 235:745],
    "biden.jpg": np.s_[46:909, 251:918],
}


def fitted(portrait: Pixels, width: int, height: int) -> Pixels:
    """Cut to the proportions of the frame around the middle, then brought to its size in pixels."""
    rows, columns = portrait.shape[:2]
    scale = min(columns / width, rows / height)
    cut_width, cut_height = max(int(width * scale), 1), max(int(height * scale), 1)
    x, y = (columns - cut_width) // 2, (rows - cut_height) // 2
    part = portrait[y : y + cut_height, x : x + cut_width]
    grows = cut_width < width
    method = cv2.INTER_CUBIC if grows else cv2.INTER_AREA
    return np.asarray(cv2.resize(part, (width, height), interpolation=method), np.uint8)


def on_plain_ground(portrait: Pixels, colour: int = 236) -> Pixels:
    """The head and shoulders cut out of their surroundings, for cards have portraits on a plain light ground.

    For a portrait in the middle of the sample customer's cut: where a head and shoulders certainly are, and
    certainly are not, is given, and colours decide between.
    """
    rows, columns = portrait.shape[0] // 2, portrait.shape[1] // 2
    small = cv2.resize(portrait, (columns, rows), interpolation=cv2.INTER_AREA)
    labels = np.full((rows, columns), cv2.GC_BGD, np.uint8)

    def ellipse(x: float, y: float, half_width: float, half_height: float, label: int) -> None:
        """All of them as shares of the width and the height."""
        middle, axes = (
            (round(x * columns), round(y * rows)),
            (round(half_width * columns), round(half_height * rows)),
        )
        cv2.ellipse(labels, middle, axes, 0, 0, 360, [label], -1)

    ellipse(0.49, 0.36, 0.36, 0.40, cv2.GC_PR_BGD)
    ellipse(0.52, 1.02, 0.66, 0.50, cv2.GC_PR_BGD)
    ellipse(0.49, 0.36, 0.27, 0.31, cv2.GC_PR_FGD)
    ellipse(0.52, 1.02, 0.56, 0.42, cv2.GC_PR_FGD)
    ellipse(0.49, 0.36, 0.22, 0.27, cv2.GC_FGD)
    ellipse(0.495, 0.215, 0.235, 0.155, cv2.GC_FGD)
    ellipse(0.52, 1.02, 0.42, 0.32, cv2.GC_FGD)
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, labels, (0, 0, 0, 0), *models, 4, cv2.GC_INIT_WITH_MASK)
    kept = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.float32)
    kept = np.asarray(cv2.morphologyEx(kept, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.float32)
    size = portrait.shape[1::-1]
    kept = np.asarray(cv2.GaussianBlur(cv2.resize(kept, size), (0, 0), portrait.shape[1] / 200), np.float32)
    share = kept[..., None]
    return np.asarray((portrait * share + colour * (1 - share)).round(), np.uint8)


def printed(portrait: Pixels, width: int, height: int, *, colour: float = 0.7) -> Pixels:
    """As a card's printer leaves it: soft, with less colour (`colour` 0..1) and contrast."""
    soft = cv2.GaussianBlur(fitted(portrait, width, height), (0, 0), width / 350).astype(np.float32)
    grey = soft.mean(axis=2, keepdims=True)
    return np.asarray((136 + (grey + (soft - grey) * colour - 128) * 0.85).clip(0, 255), np.uint8)


def feathered(width: int, height: int, soft: float) -> NDArray[np.float32]:
    """Alpha 0..1 (height, width) that fades over the outer `soft` pixels, as cards blend portraits in."""
    x = np.minimum(np.arange(width), np.arange(width)[::-1]) + 0.5
    y = np.minimum(np.arange(height), np.arange(height)[::-1]) + 0.5
    ramp = np.minimum(1, np.minimum.outer(y, x) / max(soft, 0.5))
    return np.asarray(ramp * ramp * (3 - 2 * ramp), np.float32)


def cartoon(seed: int, width: int = 520, height: int = 640) -> Pixels:
    """A drawn face on a light ground, where no photograph is given; nobody's."""
    random = np.random.default_rng([seed, 26])
    skin = np.array([226, 188, 160]) - random.uniform(0, 70) * np.array([0.8, 0.95, 1.0])
    hair = np.array([38, 32, 30]) + random.uniform(0, 40)
    big = 2
    w, h = width * big, height * big
    picture = np.full((h, w, 3), 236, np.uint8)
    cx, cy = w / 2, h * 0.45
    rx, ry = w * random.uniform(0.215, 0.25), h * random.uniform(0.25, 0.275)

    def ellipse(
        x: float, y: float, a: float, b: float, ink: NDArray[np.float64] | tuple[int, int, int]
    ) -> None:
        colour = [float(value) for value in ink]
        cv2.ellipse(picture, (round(x), round(y)), (round(a), round(b)), 0, 0, 360, colour, -1, cv2.LINE_AA)

    coat = random.integers(30, 120, 3).astype(np.float64)
    ellipse(cx, h * 1.08, w * 0.46, h * 0.3, coat)
    ellipse(cx, cy - ry * 0.18, rx * 1.13, ry * 1.02, hair)
    cv2.rectangle(
        picture,
        (round(cx - rx * 0.42), round(cy + ry * 0.4)),
        (round(cx + rx * 0.42), round(cy + ry * 1.42)),
        [float(v) for v in skin * 0.93],
        -1,
    )
    for side in (-1, 1):
        ellipse(cx + side * rx, cy + ry * 0.05, rx * 0.13, ry * 0.2, skin * 0.95)
    ellipse(cx, cy + ry * 0.08, rx, ry * 0.95, skin)
    fringe = random.uniform(0.52, 0.68)
    ellipse(cx, cy - ry * (0.22 + fringe), rx * 0.92, ry * 0.34, hair)
    for side in (-1, 1):
        x, y = cx + side * rx * 0.42, cy + ry * 0.02
        ellipse(x, y, rx * 0.19, ry * 0.075, (244, 242, 240))
        ellipse(x, y, rx * 0.085, ry * 0.075, (44, 34, 30))
        ellipse(x, y - ry * 0.2, rx * 0.24, ry * 0.03, hair)
        ellipse(cx + side * rx * 0.1, cy + ry * 0.4, rx * 0.06, ry * 0.03, skin * 0.72)
    ellipse(cx, cy + ry * 0.36, rx * 0.09, ry * 0.09, skin * 0.93)
    ellipse(cx, cy + ry * 0.62, rx * random.uniform(0.26, 0.34), ry * 0.055, (176, 96, 92))
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    light = 1.05 - 0.22 * (x / w) - 0.06 * (y / h)
    lit = cv2.GaussianBlur(picture, (0, 0), 3).astype(np.float32) * light[..., None]
    return np.asarray(
        cv2.resize(lit.clip(0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_AREA)
    )
