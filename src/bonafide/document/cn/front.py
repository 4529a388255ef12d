"""The fields of a front: resident card, and the permits that are laid out like it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Final

import numpy as np

from bonafide.document.cn.find import FoundSide, number_line
from bonafide.document.cn.layout import Area
from bonafide.document.cn.text import CardText, Printed, Value
from bonafide.document.ocr import TextBox
from bonafide.document.ocr.fixed import FixedAlphabet, FixedReading, decode_fixed
from bonafide.document.page import Page

_DIGITS: Final = "0123456789"
_NUMBER: Final = (_DIGITS,) * 17 + (_DIGITS + "X",)
# Millimetres: where 年, 月 and 日 stand, so that a row without them can still be told apart.
_YEAR_ENDS, _MONTH_ENDS = 25.7, 34.5
_DATE_LABELS = "年月日"
# Digits of a number that must have been seen to say where its row lies; millimetres beyond the middle of its
# first and last digit, and above and below its middle, that are read.
_ENOUGH = 10
_BESIDE = 2.6
_HALF = 2.5


@dataclass(frozen=True, slots=True, repr=False)
class Front:
    """What the front says; None for what could not be read. `number` is held to its 18 places."""

    name: Value | None
    sex: Value | None
    ethnicity: Value | None
    birth_date: date | None
    birth_text: Value | None
    address: Value | None
    number: FixedReading | None


def read_front(page: Page, found: FoundSide) -> Front:
    """Read every field by its place."""
    areas, text = found.side.areas, CardText(page, found)
    row = text.row(areas["birth_date"])
    birth = _birth(row)
    return Front(
        name=text.reread(areas["name"]),
        sex=_sex(text.row(areas["sex"])),
        ethnicity=_ethnicity(text, areas),
        birth_date=birth,
        birth_text=_weakest(row) if birth else None,
        address=text.rows(areas["address"]),
        number=_number(page, found, text, areas["number"]),
    )


@cache
def ethnicities() -> frozenset[str]:
    """The 56 names that a card may print (GB/T 3304)."""
    return frozenset((resources.files(__package__) / "ethnicities.txt").read_text("utf-8").split())


def _sex(row: list[Printed]) -> Value | None:
    found = [character for character in row if character.text in "男女"]
    return Value(found[0].text, found[0].probability) if len(found) == 1 else None


def _ethnicity(text: CardText, areas: Mapping[str, Area]) -> Value | None:
    if "ethnicity" not in areas:
        return None
    return text.value(areas["ethnicity"], unwanted="民族")


def _birth(row: list[Printed]) -> date | None:
    """Year, month and day by what stands between them, or by where they stand."""
    parts = {"year": "", "month": "", "day": ""}
    labels = {character.text: character.x for character in row if character.text in _DATE_LABELS}
    year_ends, month_ends = labels.get("年", _YEAR_ENDS), labels.get("月", _MONTH_ENDS)
    for character in row:
        if character.text in _DIGITS:
            part = "year" if character.x < year_ends else "month" if character.x < month_ends else "day"
            parts[part] += character.text
    try:
        return date(*(int(part) for part in parts.values())) if len(parts["year"]) == 4 else None
    except ValueError:
        return None


def _weakest(row: list[Printed]) -> Value | None:
    digits = [character for character in row if character.text in _DIGITS]
    if not digits:
        return None
    return Value(
        "".join(character.text for character in digits), min(character.probability for character in digits)
    )


def _number(page: Page, found: FoundSide, text: CardText, area: Area) -> FixedReading | None:
    """The number, read once more by itself and held to 18 places of digits, X being possible at the last.

    Where that is not what the strip freely says, the box in which 18 digits and nothing else were seen may
    say it better.
    """
    reading = read_number(page, _strip(text, area))
    if reading is None or not reading.agrees:
        line = number_line(found.lines)
        if line is not None and any(
            len(seen.characters) == len(_NUMBER) for seen in found.lines if seen.box is line.box
        ):
            again = read_number(page, line.box)
            if again is not None and again.agrees:
                return again
    return reading


def _strip(text: CardText, area: Area) -> TextBox:
    """Where the number stands: about its digits as far as they were seen, else where cards have it."""
    seen = [character for character in text.within(area) if character.text in _DIGITS + "Xx"]
    if len(seen) >= _ENOUGH:
        # Rows bend a little with the card; what was seen says best where this one lies.
        across = np.polyfit([one.x for one in seen], [one.y for one in seen], 1)
        left, right = seen[0].x - _BESIDE, seen[-1].x + _BESIDE
        ends = np.polyval(across, [left, right])
    else:
        left, right = area.left + 0.5, area.right - 2
        ends = np.full(2, (area.top + area.bottom) / 2 + 0.4)
    corners = [
        (left, ends[0] - _HALF),
        (right, ends[1] - _HALF),
        (right, ends[1] + _HALF),
        (left, ends[0] + _HALF),
    ]
    return text.quad(corners)


def read_number(page: Page, place: TextBox) -> FixedReading | None:
    """An 18-place number in a box."""
    alphabet = FixedAlphabet(_DIGITS + "X", page.recogniser.alphabet)
    return decode_fixed(page.probabilities(place), alphabet, _NUMBER)
