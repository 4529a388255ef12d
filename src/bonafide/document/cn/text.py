"""What is printed in each place of a card: characters by where they stand, not by what they look like."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bonafide.document.cn.find import FoundSide
from bonafide.document.cn.layout import Area
from bonafide.document.ocr import Line, TextBox
from bonafide.document.page import Page

# Millimetres between two rows of an address at least; rows are 4.5 apart.
_ROW = 2.4
# Characters of fields are 2.6 to 3.6 mm high; the detector's boxes are half as high again. What is higher
# lies across the card and is none of its fields.
_HIGHEST = 8.5
# Millimetres of a strip that is read where the detector saw no text.
_STRIP = 4.6
# Millimetres of a row that is read again: beyond the middle of its first and last character, and above and
# below its middle.
_BESIDE = 2.4
_HALVES = (2.3, 2.7)


@dataclass(frozen=True, slots=True, repr=False)
class Printed:
    """One character of a card: where its middle stands in millimetres, and the probability of its reading."""

    text: str
    x: float
    y: float
    probability: float


@dataclass(frozen=True, slots=True, repr=False)
class Value:
    """What a place says, and the least probability of its characters (0 to 1)."""

    text: str
    weakest: float


class CardText:
    """The characters of one side."""

    def __init__(self, page: Page, found: FoundSide) -> None:
        self._page = page
        self._placement = found.placement
        self._characters = tuple(self._printed(found.lines))

    def within(self, area: Area) -> list[Printed]:
        """The characters in an area, from left to right."""
        return sorted(
            (character for character in self._characters if area.holds(character.x, character.y)),
            key=lambda character: character.x,
        )

    def value(self, area: Area, unwanted: str = "") -> Value | None:
        """One row of text in an area. Where the detector saw none, what the area says all the same."""
        return joined(self.row(area), unwanted)

    def row(self, area: Area) -> list[Printed]:
        """The characters of one row, which is read without the detector where it saw none."""
        return self.within(area) or [
            character for character in self.read_strip(area) if area.holds(character.x, character.y)
        ]

    def read_strip(self, area: Area) -> list[Printed]:
        """What the middle of an area says, whether text was detected there or not."""
        middle = (area.top + area.bottom) / 2
        strip = Area(area.left, middle - _STRIP / 2, area.right, middle + _STRIP / 2)
        return self._printed([self._page.read(self.box(strip))])

    def reread(self, area: Area) -> Value | None:
        """One row of text in an area, read from strips cut higher and lower as well: the surest reading.

        Where a cut runs through a stroke, a rare character is taken for a common one that lacks it.
        """
        row = self.row(area)
        readings = [joined(row)]
        if row:
            left, right = row[0].x - _BESIDE, row[-1].x + _BESIDE
            middle = float(np.mean([character.y for character in row]))
            for half in _HALVES:
                strip = Area(left, middle - half, right, middle + half)
                again = self._printed([self._page.read(self.box(strip))])
                readings.append(joined([one for one in again if one.x >= area.left]))
        # A strip may miss a character at its end, and what is missing is never uncertain: the longest first.
        found = [one for one in readings if one]
        return max(found, key=lambda one: (len(one.text), one.weakest), default=None)

    def box(self, area: Area) -> TextBox:
        """An area's place in the page's pixels."""
        return self.quad(
            [
                (area.left, area.top),
                (area.right, area.top),
                (area.right, area.bottom),
                (area.left, area.bottom),
            ]
        )

    def quad(self, corners: Sequence[tuple[float, float]]) -> TextBox:
        """The place in the page's pixels of four corners in millimetres, from the top left clockwise."""
        return TextBox(self._placement.in_picture(np.array(corners, np.float32)), 0.0)

    def rows(self, area: Area) -> Value | None:
        """Several rows of text in an area, one after the other."""
        rows: list[list[Printed]] = []
        for character in sorted(self.within(area), key=lambda character: character.y):
            if rows and character.y - np.mean([other.y for other in rows[-1]]) < _ROW:
                rows[-1].append(character)
            else:
                rows.append([character])
        return joined(
            [character for row in rows for character in sorted(row, key=lambda character: character.x)]
        )

    def _printed(self, lines: Iterable[Line]) -> list[Printed]:
        printed = []
        for line in lines:
            if not line.characters:
                continue
            corners = self._placement.on_card(line.box.corners)
            if float(np.linalg.norm(corners[3] - corners[0])) > _HIGHEST:
                continue
            points = np.stack([line.place(index) for index in range(len(line.characters))])
            for character, (x, y) in zip(line.characters, self._placement.on_card(points), strict=True):
                if not character.text.isspace():
                    printed.append(Printed(character.text, float(x), float(y), character.probability))
        return printed


def joined(characters: Sequence[Printed], unwanted: str = "") -> Value | None:
    """Characters put together, but for some; None where none is left."""
    kept = [character for character in characters if character.text not in unwanted]
    if not kept:
        return None
    return Value(
        "".join(character.text for character in kept), min(character.probability for character in kept)
    )
