"""From a photograph to millimetres on the card, by what is printed on it.

The labels are the same on every card of a kind. Each of their characters that is read where the recogniser
says gives a point of the photograph and one of the card; a plane seen by a camera maps by a homography. Edges
would be a second witness, but a table's edge is as good an edge: contours alone found 58 in 100 cards and
never said that they had not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.document.cn.layout import HEIGHT, WIDTH, Side
from bonafide.document.ocr import Line

# A label counts if this share of its characters is read, and at least two.
_SHARE = 0.6
# Millimetres: how far an anchor may be from where the fit puts it. A recogniser places a character to about a
# third of its width, and layouts differ by a millimetre.
_NEAR = 2.0
# A homography has eight unknowns; with fewer points than this an affine map is safer.
_ENOUGH = 9


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """A homography from pixels to millimetres, and how well the printed text fits it.

    `residual` is the root mean square distance of the anchors in millimetres, `anchors` their number, `share`
    the share of all that were read which fit.
    """

    to_card: NDArray[np.float64]
    residual: float
    anchors: int
    share: float

    def on_card(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Pixels (n, 2) to millimetres."""
        return _mapped(self.to_card, points)

    def in_picture(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Millimetres (n, 2) to pixels."""
        return _mapped(np.asarray(np.linalg.inv(self.to_card), np.float64), points)

    def corners(self) -> NDArray[np.float32]:
        """The card's corners in pixels, float32 (4, 2), from its top left clockwise."""
        return self.in_picture(np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32))


@dataclass(frozen=True, slots=True)
class Anchor:
    """A label found: which, and where its characters are. `strength` is the share of it that was read."""

    label: str
    points: tuple[tuple[float, float], ...]
    places: tuple[tuple[float, float], ...]
    strength: float


def find_anchors(lines: Sequence[Line], side: Side) -> tuple[Anchor, ...]:
    """The labels of a side among the lines, each where it is read best."""
    found = []
    for label in side.labels:
        tries = (_anchor(line, label.text, label.places()) for line in lines)
        best = max((anchor for anchor in tries if anchor), key=lambda anchor: anchor.strength, default=None)
        if best:
            found.append(best)
    return tuple(found)


def place(anchors: Sequence[Anchor], number: Line | None, side: Side) -> Placement | None:
    """The map that most anchors agree on; None where there are too few to tell."""
    points = [point for anchor in anchors for point in anchor.points]
    places = [place for anchor in anchors for place in anchor.places]
    if number is not None and side.number is not None:
        for fraction in np.linspace(0, 1, len(number.characters)):
            index = round(fraction * (len(number.characters) - 1))
            x, y = number.place(index).tolist()
            points.append((x, y))
            start, end = np.array(side.number[0]), np.array(side.number[1])
            x, y = (start + fraction * (end - start)).tolist()
            places.append((x, y))
    if len(points) < 4 or len(anchors) + (number is not None) < 2:
        return None
    return _fitted(np.array(points, np.float32), np.array(places, np.float32))


def _anchor(line: Line, text: str, places: tuple[tuple[float, float], ...]) -> Anchor | None:
    if len(line.text) != len(line.characters):
        return None
    blocks = SequenceMatcher(None, line.text, text, autojunk=False).get_matching_blocks()
    pairs = [(block.a + step, block.b + step) for block in blocks for step in range(block.size)]
    # Scattered hits are another text: what was matched must lie together.
    if len(pairs) < max(2, _SHARE * len(text)) or pairs[-1][0] - pairs[0][0] > len(text) + 1:
        return None
    return Anchor(
        text,
        tuple((float(line.place(a)[0]), float(line.place(a)[1])) for a, _ in pairs),
        tuple(places[b] for _, b in pairs),
        len(pairs) / len(text),
    )


def _fitted(points: NDArray[np.float32], places: NDArray[np.float32]) -> Placement | None:
    """Similarity, affine map, homography: each on what the one before found to agree."""
    rough, kept = cv2.estimateAffinePartial2D(
        points, places, method=cv2.RANSAC, ransacReprojThreshold=5 * _NEAR
    )
    # Without a fit, OpenCV gives no matrix, whatever its types say; and a mask of zeros.
    if not np.any(kept):
        return None
    matrix = np.vstack([rough, [0, 0, 1]])
    inside = kept.ravel().astype(bool)
    for limit in (3 * _NEAR, 2 * _NEAR, _NEAR):
        finer = _finer(points[inside], places[inside])
        if finer is not None:
            matrix = finer
        distances = np.linalg.norm(_mapped(matrix, points) - places, axis=1)
        now = distances < limit
        if now.sum() < 4:
            return None
        inside = now
    distances = np.linalg.norm(_mapped(matrix, points) - places, axis=1)[inside]
    return Placement(
        np.asarray(matrix, np.float64),
        float(np.sqrt((distances**2).mean())),
        int(inside.sum()),
        float(inside.mean()),
    )


def _finer(points: NDArray[np.float32], places: NDArray[np.float32]) -> NDArray[np.float64] | None:
    spread = np.linalg.svd(places - places.mean(axis=0), compute_uv=False) if len(places) > 2 else np.zeros(2)
    if len(points) >= _ENOUGH and spread[-1] > 10:
        matrix, _ = cv2.findHomography(points, places, 0)
        if matrix is not None and _sane(np.asarray(matrix, np.float64), points):
            return np.asarray(matrix, np.float64)
    if len(points) >= 4 and spread[-1] > 5:
        affine, _ = cv2.estimateAffine2D(points, places, method=cv2.LMEDS)
        if affine is not None:
            return np.vstack([affine, [0, 0, 1]])
    return None


def _sane(matrix: NDArray[np.float64], points: NDArray[np.float32]) -> bool:
    """Whether it keeps the card's far corners in front of the camera and in proportion."""
    try:
        back = np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return False
    corners = np.array([[0, 0, 1], [WIDTH, 0, 1], [WIDTH, HEIGHT, 1], [0, HEIGHT, 1]]) @ back.T
    depth = corners[:, 2] / corners[:, 2].mean()
    if (depth < 0.4).any() or (depth > 2.2).any():
        return False
    flat = corners[:, :2] / corners[:, 2:]
    if not cv2.isContourConvex(flat.astype(np.float32)):
        return False
    area = cv2.contourArea(flat.astype(np.float32))
    return bool(area > cv2.contourArea(cv2.convexHull(points)))


def _mapped(matrix: NDArray[np.float64], points: NDArray[np.float32]) -> NDArray[np.float32]:
    moved = np.asarray(points, np.float64) @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(moved[:, :2] / moved[:, 2:], np.float32)
