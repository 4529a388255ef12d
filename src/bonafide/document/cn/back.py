"""The fields of a back: who issued the card, and for how long it is valid."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from bonafide.document.cn.find import FoundSide
from bonafide.document.cn.text import CardText, Value
from bonafide.document.page import Page

LONG_TERM: Final = "长期"
# Points are read as commas or middle dots, the dash as any stroke.
_TERM: Final = re.compile(r"(\d{4})\D?(\d{2})\D?(\d{2})\D{0,3}?(?:(\d{4})\D?(\d{2})\D?(\d{2})|(长期?))")


@dataclass(frozen=True, slots=True, repr=False)
class Back:
    """What the back says; None for what could not be read. `valid_until` None with `long_term` means for
    life.
    """

    authority: Value | None
    valid_from: date | None
    valid_until: date | None
    long_term: bool
    validity: Value | None
    pass_number: Value | None = None


def read_back(page: Page, found: FoundSide) -> Back:
    """Read every field by its place."""
    areas, text = found.side.areas, CardText(page, found)
    validity = text.value(areas["validity"])
    first, last, for_life = parse_term(validity.text) if validity else (None, None, False)
    number = text.value(areas["pass_number"]) if "pass_number" in areas else None
    return Back(text.value(areas["authority"]), first, last, for_life, validity, number)


def parse_term(text: str) -> tuple[date | None, date | None, bool]:
    """From when, until when, and whether for life, as `2016.01.31-2036.01.31` or `2016.01.31-长期` say."""
    match = _TERM.search(text)
    if not match:
        return None, None, False
    first = _date(match[1], match[2], match[3])
    if match[7]:
        return first, None, True
    return first, _date(match[4], match[5], match[6]), False


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
