"""Which side of which card a page shows, where it lies, and the lines printed on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bonafide.document.cn.layout import Side
from bonafide.document.cn.places import Anchor, Placement, find_anchors, place
from bonafide.document.ocr import Line, TextBox
from bonafide.document.page import Page

# Lines that are read before giving up on a page, and on a card: no card has as many.
_MOST_TRIED = 18
_MOST_ON_CARD = 30
_AT_A_TIME = 6
# Characters of labels that must be read for a side to be known, and the share of what is read of them that
# must fit.
_LEAST_READ = 4
_LEAST_SHARE = 0.6
# Around the eyes, in eye distances: where a card's text may be whose portrait is on its right, and how high
# it is.
_BY_EYES = (-12.5, 3.0, -5.0, 8.5)
_TEXT_HEIGHT = (0.22, 1.7)
# Millimetres that a line may lie beyond its place, for the fit is not exact.
_MARGIN = 2.0
_DIGITS = frozenset("0123456789Xx")
_NUMBER_LENGTH = 18


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FoundSide:
    """A side of a card on a page: where it lies and what is printed on it, from the top."""

    side: Side
    placement: Placement
    lines: tuple[Line, ...]
    anchors: tuple[Anchor, ...]


def find_side(
    page: Page, sides: Sequence[Side], is_another: Callable[[Page], bool] = lambda _page: False
) -> FoundSide | None:
    """The side that the page shows, or None. The page is looked at again, closer, where that is worth it.

    `is_another` tells from what was read of a page that it shows a card of another kind, with labels alike.
    """
    found = _try(page, sides)
    if found is None or is_another(page):
        return None
    corners = found.placement.corners()
    if page.is_small(float(np.linalg.norm(corners[1] - corners[0]))):
        page.look(page.window_around(corners, 0.06))
        found = _settled(page, found) or found
    return found


def _try(page: Page, sides: Sequence[Side]) -> FoundSide | None:
    boxes = _likeliest(page)[:_MOST_TRIED]
    for end in range(_AT_A_TIME, len(boxes) + _AT_A_TIME, _AT_A_TIME):
        # What lies beside a card costs as much to read: as soon as it is found, only what is on it is read.
        found = _among(page.read_all(boxes[:end]), sides)
        if found is not None and (settled := _settled(page, found)) is not None:
            return settled
    return _among(page.read_all(boxes), sides)


def _among(tried: Sequence[Line], sides: Sequence[Side]) -> FoundSide | None:
    """The side whose labels most of the lines hold."""
    found = [placed for side in sides if (placed := _placed(tried, side)) and _has_title(placed)]
    return max(found, key=lambda placed: _strength(placed.anchors), default=None)


def _settled(page: Page, found: FoundSide) -> FoundSide | None:
    """The same side from all the lines on the card, and only those."""
    return _placed(page.read_all(_on_card(page.boxes, found)[:_MOST_ON_CARD]), found.side)


def _placed(lines: Sequence[Line], side: Side) -> FoundSide | None:
    """A side as the labels among the lines place it; None where too few are read, or too few of them fit."""
    anchors = find_anchors(lines, side)
    placement = place(anchors, number_line(lines), side)
    if placement is None or _strength(anchors) < _LEAST_READ or placement.share < _LEAST_SHARE:
        return None
    return FoundSide(side, placement, tuple(lines), anchors)


def _has_title(found: FoundSide) -> bool:
    titles = found.side.titles
    return not titles or any(anchor.label in titles for anchor in found.anchors)


def number_line(lines: Iterable[Line]) -> Line | None:
    """The 18 characters of a number, cut out of the line that has exactly so many; None without one."""
    for line in lines:
        run: list[int] = []
        for index, character in enumerate((*line.characters, None)):
            if character is not None and character.text in _DIGITS:
                run.append(index)
                continue
            if len(run) == _NUMBER_LENGTH:
                return Line(line.box, tuple(line.characters[place] for place in run))
            run = []
    return None


def _strength(anchors: Iterable[Anchor]) -> int:
    """Characters of labels that were read."""
    return sum(len(anchor.points) for anchor in anchors)


def _on_card(boxes: Iterable[TextBox], found: FoundSide) -> list[TextBox]:
    """The boxes where the card has print: its fields and its labels."""
    kept = []
    for box in boxes:
        left, middle, right = found.placement.on_card(
            np.stack([box.at(0.0), box.centre, box.at(1.0)]).astype(np.float32)
        )
        if any(_has_print(found.side, float(x), float(y)) for x, y in (left, middle, right)):
            kept.append(box)
    return kept


def _has_print(side: Side, x: float, y: float) -> bool:
    if any(area.grown(_MARGIN).holds(x, y) for area in side.areas.values()):
        return True
    return any(
        label.x - 2 * _MARGIN < x < label.x + len(label.text) * label.pitch + _MARGIN
        and abs(y - label.y) < 1.5 * _MARGIN
        for label in side.labels
    )


def _likeliest(page: Page) -> list[TextBox]:
    """The boxes in the order in which to read them: those near the eyes, else all, the largest first."""
    if page.face is None:
        return sorted(page.boxes, key=lambda box: box.height, reverse=True)
    unit = page.face.eye_distance
    left, right, top, bottom = _BY_EYES
    near = []
    for box in page.boxes:
        x, y = page.from_eyes(box.centre)
        if (
            left <= x <= right
            and top <= y <= bottom
            and _TEXT_HEIGHT[0] * unit <= box.height <= _TEXT_HEIGHT[1] * unit
        ):
            near.append(box)
    return sorted(near, key=lambda box: box.width * box.height, reverse=True)
