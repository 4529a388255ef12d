"""Boxes that belong to one line.

A detector splits a line where characters stand far apart, as those of labels do, down to single characters in
a close photo. Read one by one they are poorer, and a label in pieces is no label.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bonafide.document.ocr.line import TextBox

# In heights of a box: how far the next one may begin after it, and how far above or below it may stand.
_GAP = 1.3
_OFFSET = 0.35
# How much higher one of them may be than the other.
_HEIGHTS = 1.6
# At least one of them is a piece, shorter than this in heights: whole lines stay apart, since a recogniser
# places the characters of two lines in one less exactly.
_PIECE = 2.6


def merge_rows(boxes: Sequence[TextBox], axis: float) -> list[TextBox]:
    """The upright boxes, those of one line made one; `axis` is their direction in radians."""
    along = np.array([np.cos(axis), np.sin(axis)], np.float32)
    down = np.array([-along[1], along[0]], np.float32)
    frame = np.stack([along, down])
    merged: list[TextBox] = []
    for box in sorted(boxes, key=lambda box: float(box.corners[0] @ along)):
        fitting = [index for index, other in enumerate(merged) if _follows(other, box, frame)]
        if fitting:
            nearest = min(fitting, key=lambda index: abs(_gap(merged[index], box, along)))
            merged[nearest] = _together(merged[nearest], box)
        else:
            merged.append(box)
    return merged


def _follows(before: TextBox, box: TextBox, frame: NDArray[np.float32]) -> bool:
    lower, higher = sorted((before.height, box.height))
    if higher > _HEIGHTS * lower or min(before.width / before.height, box.width / box.height) > _PIECE:
        return False
    gap = _gap(before, box, frame[0])
    if not -0.6 * lower < gap < _GAP * higher:
        return False
    # Where the one before would go on, rather than where its middle is: lines slope by a degree or two.
    end = before.corners[[1, 2]].mean(axis=0)
    start = box.corners[[0, 3]].mean(axis=0)
    return abs(float((start - end) @ frame[1])) < _OFFSET * higher


def _gap(before: TextBox, box: TextBox, along: NDArray[np.float32]) -> float:
    return float((box.corners[[0, 3]] @ along).mean() - (before.corners[[1, 2]] @ along).mean())


def _together(before: TextBox, box: TextBox) -> TextBox:
    corners = np.stack([before.corners[0], box.corners[1], box.corners[2], before.corners[3]])
    return TextBox(corners, min(before.confidence, box.confidence))
