"""Is the portrait where the kind of card has it, of its size, and printed into the card rather than stuck
on?
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.document.check import DocumentCheck
from bonafide.document.doubts.limits import limit
from bonafide.outcome import Reason

NAME = "document.portrait"
Box = tuple[float, float, float, float]

_PX_PER_MM = 10
# Pixels: how far from the place's sides a border is looked for, how far from the card's edge it must stay
# (that edge is as straight), and over how much a sharp and a blended border change.
_REACH = 38
_CARD_EDGE = 12
_SHARP, _BLENDED = 2, 10
# A border is cut into so many stretches, and the medians of what they show put together under several
# slants, for the card is placed to about a degree.
_STRETCHES = 20
_SLANTS = range(-6, 7, 2)
_LEAST_LIGHT = 30.0


def portrait_check(
    card: NDArray[np.uint8], area_mm: Box, face_box_mm: Box | None, eye_distance_mm: float | None
) -> DocumentCheck:
    """Whether the portrait's place holds one face, rightly placed, without the border of a second picture.

    `card` is uint8 RGB (h, w, 3) at 10 px/mm; boxes are left, top, right, bottom in millimetres on the
    card: `area_mm` where the kind has its portrait, `face_box_mm` the detected face, None where there is
    none. A face's middle may be a share of the area's size off the area's middle, and the distance of its
    eyes must be a share of the area's width: `limits.toml`. Not assessable for a card whose picture does
    not hold the area.
    """
    if not _holds(card, area_mm):
        return DocumentCheck.not_assessable(NAME, Reason.DOCUMENT_OUTLINE_UNSURE)
    sound = (
        face_box_mm is not None
        and _well_placed(area_mm, face_box_mm, eye_distance_mm)
        and border(card, area_mm) <= limit("portrait", "border")
    )
    return DocumentCheck.of(NAME, sound, Reason.DOCUMENT_PORTRAIT_MISPLACED)


def border_check(card: NDArray[np.uint8], area_mm: Box) -> DocumentCheck:
    """The same where no face was looked for: only that the area is without the border of a second picture."""
    if not _holds(card, area_mm):
        return DocumentCheck.not_assessable(NAME, Reason.DOCUMENT_OUTLINE_UNSURE)
    sound = border(card, area_mm) <= limit("portrait", "border")
    return DocumentCheck.of(NAME, sound, Reason.DOCUMENT_PORTRAIT_MISPLACED)


def _holds(card: NDArray[np.uint8], area: Box) -> bool:
    """Whether a card's picture holds an area."""
    left, top, right, bottom = area
    height, width = card.shape[:2]
    across = 0 <= left < right <= width / _PX_PER_MM
    return bool(across and 0 <= top < bottom <= height / _PX_PER_MM)


def _well_placed(area: Box, face: Box, eyes: float | None) -> bool:
    wide, high = area[2] - area[0], area[3] - area[1]
    across, down = offset(area, face)
    if abs(across) > limit("portrait", "across") or abs(down) > limit("portrait", "down"):
        return False
    if eyes is None:
        return face[2] - face[0] <= wide and face[3] - face[1] <= high
    return limit("portrait", "least_eyes") <= eyes / wide <= limit("portrait", "most_eyes")


def offset(area: Box, face: Box) -> tuple[float, float]:
    """How far the face's middle is right of and below the area's, as shares of its width and height."""
    wide, high = area[2] - area[0], area[3] - area[1]
    across = (face[0] + face[2] - area[0] - area[2]) / 2 / wide
    return across, (face[1] + face[3] - area[1] - area[3]) / 2 / high


def border(card: NDArray[np.uint8], area: Box) -> float:
    """The strongest sharp straight border near a side of the area: its height relative to the card's white,
    0..1.5.

    A border that is blended in over more than a millimetre counts nothing.
    """
    left, top, right, bottom = (round(value * _PX_PER_MM) for value in area)
    white = np.maximum(np.percentile(card[::8, ::8], 80, axis=(0, 1)), _LEAST_LIGHT).astype(np.float32)
    rows = slice(top + (bottom - top) * 15 // 100, bottom - (bottom - top) * 15 // 100)
    columns = slice(left + (right - left) * 15 // 100, right - (right - left) * 15 // 100)
    turned = card.transpose(1, 0, 2)
    strips = [_strip(card[rows], side) for side in (left, right)]
    strips += [_strip(turned[columns], side) for side in (top, bottom)]
    return max((_sharp_step(strip / white) for strip in strips), default=0.0)


def _strip(part: NDArray[np.uint8], side: int) -> NDArray[np.float32]:
    """Means of the stretches along a side, float32 (stretches, pixels across it, 3)."""
    start, end = max(side - _REACH, _CARD_EDGE), min(side + _REACH, part.shape[1] - _CARD_EDGE)
    if end - start < 1 or len(part) < 1:
        return np.zeros((_STRETCHES, 1, 3), np.float32)
    wide = np.ascontiguousarray(part[:, start:end])
    return np.asarray(
        cv2.resize(wide, (end - start, _STRETCHES), interpolation=cv2.INTER_AREA).reshape(_STRETCHES, -1, 3),
        np.float32,
    )


def _sharp_step(strip: NDArray[np.float32]) -> float:
    best = 0.0
    if strip.shape[1] < 2 * (_BLENDED + max(_SLANTS)) + 4:
        return best
    edge = max(_SLANTS)
    for slant in _SLANTS:
        shifts = np.rint(np.linspace(-slant, slant, _STRETCHES)).astype(int)
        level = np.stack([np.roll(row, shift, axis=0) for row, shift in zip(strip, shifts, strict=True)])
        line = np.median(level, axis=0)[edge:-edge]
        count, gap = len(line), _BLENDED - _SHARP
        near = np.linalg.norm(
            line[gap + 2 * _SHARP : count - gap] - line[gap : count - gap - 2 * _SHARP], axis=1
        )
        wide = np.linalg.norm(line[2 * _BLENDED :] - line[: count - 2 * _BLENDED], axis=1)
        share = np.clip(2 * near / np.maximum(np.maximum(wide, near), 1e-6) - 1, 0, 1)
        best = max(best, float((near * share).max()))
    return best
