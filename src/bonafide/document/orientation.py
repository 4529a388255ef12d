"""Which way text runs.

A detector of text gives the line's axis but not its direction: a line upside down is as good a line. On every
document that carries a portrait the text runs as the eyes do. Without a face, the likeliest lines are read
both ways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from bonafide.document.ocr import Line, TextBox
from bonafide.document.ocr.rows import merge_rows
from bonafide.face import Face

# A box less than this many times as long as high may be a single character, whose long side says nothing.
_LINE = 2.2
# Lines further than this from the others lie on something else: a page below, a keyboard, a receipt.
_SPREAD = np.radians(20)
_ALIKE = np.radians(8)
# Heads are held straight on portraits, but a detector trained on upright faces makes a turned one straighter
# than it is: 25 degrees read as 4 (measured).
_BY_EYES = np.radians(40)
# In eye distances: how far from the eyes the text of a document is at most, and how high.
_NEAR = 14.0
_HEIGHTS = (0.2, 1.7)
# Largest lines that are read both ways where no face tells, until one way reads this much better: the mean
# probability times the characters, of which an upside-down line has few.
_TRIED = 4
_CLEAR = 2.0
# Eyes nearer than this in pixels give no direction.
_EYES_APART = 6


def upright(
    boxes: Iterable[TextBox], face: Face | None, read: Callable[[TextBox], Line]
) -> tuple[TextBox, ...]:
    """The boxes that run with the document's text, each in reading direction, from the top.

    `read` reads one box as it is given.
    """
    boxes = list(boxes)
    lines = [box for box in boxes if box.width >= _LINE * box.height]
    if not lines:
        return tuple(boxes)
    axis = _axis(lines, face)
    turned = [_along(box, axis) for box in boxes]
    kept = [box for box in turned if _apart(_direction(box), axis) < _SPREAD]
    if _eyes(face) is None and _upside_down([box for box in kept if box.width >= _LINE * box.height], read):
        kept = [box.turned() for box in kept]
        axis = axis + np.pi
    down = np.array([-np.sin(axis), np.cos(axis)])
    kept = merge_rows(kept, axis)
    return tuple(sorted(kept, key=lambda box: float(box.centre @ down)))


def axis_of(boxes: Iterable[TextBox], face: Face | None) -> float:
    """The direction of upright boxes in radians: of the eyes where there are no lines, 0 where there is
    neither.
    """
    lines = [box for box in boxes if box.width >= _LINE * box.height]
    if not lines:
        return _eyes(face) or 0.0
    angles = np.array([_direction(line) for line in lines])
    mean = float(np.arctan2(np.sin(angles).mean(), np.cos(angles).mean()))
    offsets = np.arctan2(np.sin(angles - mean), np.cos(angles - mean))
    return mean + _weighted_median(offsets, np.array([line.width for line in lines]))


def _axis(lines: list[TextBox], face: Face | None) -> float:
    """The angle of the text in radians; without eyes it may be the opposite one."""
    eyes = _eyes(face)
    if eyes is None or face is None:
        return _peak(lines, 0.0, np.pi)
    near = [line for line in lines if beside(line, face)]
    along = [line for line in near or lines if abs(np.sin(_direction(line) - eyes)) < np.sin(_BY_EYES)]
    return _peak(along, eyes, _BY_EYES) if along else eyes


def _peak(lines: list[TextBox], around: float, within: float) -> float:
    """The angle that most of the lines' length runs along, as it lies nearest to `around`."""
    angles = np.array([_direction(line) for line in lines])
    # Modulo half a turn: a line's box does not tell its beginning.
    offsets = np.clip((angles - around + np.pi / 2) % np.pi - np.pi / 2, -within, within)
    weights = np.array([line.width for line in lines])
    shares = [weights[_alike(offsets - offset)].sum() for offset in offsets]
    best = offsets[int(np.argmax(shares))]
    kept = _alike(offsets - best)
    turns = (offsets[kept] - best + np.pi / 2) % np.pi - np.pi / 2
    return around + float(best) + _weighted_median(turns, weights[kept])


def _alike(turns: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether two lines with this angle between them may be of one document, seen in perspective."""
    return np.asarray(np.abs(np.sin(turns)) < np.sin(_ALIKE))


def beside(line: TextBox, face: Face) -> bool:
    """Whether a line is as near to a portrait, and as high, as those of its document are."""
    unit = face.eye_distance
    away = float(np.linalg.norm(line.centre - face.landmarks[:2].mean(axis=0)))
    return away < _NEAR * unit and _HEIGHTS[0] * unit < line.height < _HEIGHTS[1] * unit


def _upside_down(lines: list[TextBox], read: Callable[[TextBox], Line]) -> bool:
    """Whether the largest lines read better the other way round."""
    likelier = 0.0
    for line in sorted(lines, key=lambda box: box.height, reverse=True)[:_TRIED]:
        there, back = (_legible(read(way)) for way in (line, line.turned()))
        likelier += back - there
        if abs(likelier) > _CLEAR:
            break
    return likelier > 0


def _legible(line: Line) -> float:
    """How well a line reads: upside down, characters are fewer and less certain."""
    return line.confidence * min(len(line.characters), 20)


def _along(box: TextBox, axis: float) -> TextBox:
    """The box, started from the side where the axis begins; one as high as wide is turned by quarters."""
    ways = [TextBox(np.roll(box.corners, turn, axis=0), box.confidence) for turn in range(4)]
    if box.width >= _LINE * box.height:
        ways = ways[::2]
    return min(ways, key=lambda way: _apart(_direction(way), axis))


def _direction(box: TextBox) -> float:
    along = box.corners[[1, 2]].mean(axis=0) - box.corners[[0, 3]].mean(axis=0)
    return float(np.arctan2(along[1], along[0]))


def _apart(angle: float, other: float) -> float:
    return abs(float(np.arctan2(np.sin(angle - other), np.cos(angle - other))))


def _eyes(face: Face | None) -> float | None:
    """The angle from the eye at the left of the picture's face to the one at the right."""
    if face is None or face.eye_distance < _EYES_APART:
        return None
    across = face.landmarks[1] - face.landmarks[0]
    return float(np.arctan2(across[1], across[0]))


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    order = np.argsort(values)
    below = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(below, below[-1] / 2)])
