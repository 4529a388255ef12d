"""The foreign permanent resident's card of 2023: from pages to a reading.

Its labels stand in two languages over their values, and its number has the citizen number's form with a 9
first. The card of 2017 is read by the zone on its back. The layout's measures are not public, so values are
found below their labels rather than by millimetres.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

import numpy as np

from bonafide.document.check import DocumentCheck
from bonafide.document.cn.back import parse_term
from bonafide.document.cn.number import CitizenNumber, parse_number
from bonafide.document.doubts import screen_check
from bonafide.document.kind import Kind
from bonafide.document.ocr import Line
from bonafide.document.ocr.fixed import CERTAIN
from bonafide.document.page import Page
from bonafide.document.portraits import face_box, ghost_checks, present_checks
from bonafide.document.reading import FieldValue, PortraitFaces, Reading
from bonafide.document.term import age, validity
from bonafide.outcome import Reason

_TITLE = re.compile(r"永久居留|PERMANENT\s*RESIDENT", re.IGNORECASE)
_LABELS = {
    "name": "姓名/Name",
    "sex": "性别/Sex",
    "birth_date": "出生日期/Date of Birth",
    "nationality": "国籍/Nationality",
    "validity": "有效期限/Period of Validity",
    "authority": "签发机关/Issuing Authority",
}
_OLD_NUMBER = re.compile(r"[A-Z]{3}\d{12}")
_NUMBER = re.compile(r"9\d{16}[\dX]")
_DATE = re.compile(r"(\d{4})\D(\d{2})\D(\d{2})")
# How much of a label must be read, the lines that are tried, and the least certain character of a value.
_LIKE = 0.7
_MOST_LINES = 24
_CERTAIN = 0.40


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Card:
    """The lines by what they are: the values that stand below each label, and the number."""

    values: dict[str, Line]
    number_text: str | None
    number_weakest: float
    number: CitizenNumber | None


def read_foreigner(
    pages: Sequence[Page], faces: PortraitFaces, today: date, minimum_age: int | None
) -> Reading | None:
    """A card whose title is read on one of the pages; None without one."""
    if not any(is_foreigners(page) for page in pages):
        return None
    lines = [page.read_all([box for box in page.boxes if page.may_hold(box)][:_MOST_LINES]) for page in pages]
    card = _card(lines)
    old = any(_OLD_NUMBER.search(line.text) for page_lines in lines for line in page_lines)
    if card.number_text is None and (old or len(card.values) < 2):
        return None
    return Reading(
        Kind.CN_FOREIGN_PERMANENT,
        dict(_fields(card)),
        (
            DocumentCheck.passed("document.kind"),
            *_checks(card, today, minimum_age),
            screen_check(pages[0].pixels, pages[0].printed_area()),
            *present_checks(faces),
            *ghost_checks(faces),
        ),
        face_box(faces),
    )


def is_foreigners(page: Page) -> bool:
    """Whether what was read so far of a page has the card's title."""
    return any(_TITLE.search(line.text) for line in page.lines)


def _card(pages: Sequence[Sequence[Line]]) -> _Card:
    values: dict[str, Line] = {}
    found: tuple[str | None, float] = (None, 0.0)
    for lines in pages:
        labels = {index: name for index, line in enumerate(lines) if (name := _label(line.text))}
        for index, name in labels.items():
            below = [
                other
                for other, line in enumerate(lines)
                if other not in labels and line.characters and _is_below(lines[index], line)
            ]
            if below:
                values.setdefault(
                    name, min((lines[other] for other in below), key=lambda line: _down(lines[index], line))
                )
        for line in lines:
            kept = [character for character in line.characters if not character.text.isspace()]
            match = _NUMBER.search("".join(character.text for character in kept))
            if match:
                found = (match[0], min(one.probability for one in kept[match.start() : match.end()]))
    text, weakest = found
    return _Card(values, text, weakest, parse_number(text) if text else None)


def _label(text: str) -> str | None:
    shares = {
        name: SequenceMatcher(None, text, label, autojunk=False).ratio() for name, label in _LABELS.items()
    }
    best = max(shares, key=shares.__getitem__)
    return best if shares[best] >= _LIKE else None


def _frame(line: Line) -> tuple[np.ndarray, np.ndarray]:
    along = (line.box.corners[1] - line.box.corners[0]) / max(line.box.width, 1.0)
    return along, np.array([-along[1], along[0]])


def _down(label: Line, line: Line) -> float:
    """How far a line begins below a label, in the label's heights."""
    _, down = _frame(label)
    return float((line.box.corners[0] - label.box.corners[0]) @ down) / max(label.box.height, 1.0)


def _is_below(label: Line, line: Line) -> bool:
    along, _ = _frame(label)
    aside = float((line.box.corners[0] - label.box.corners[0]) @ along) / max(label.box.height, 1.0)
    return 0.5 < _down(label, line) < 3.0 and abs(aside) < 2.0


def _fields(card: _Card) -> Iterator[tuple[str, FieldValue]]:
    for name in ("name", "nationality", "authority"):
        if name in card.values:
            yield name, card.values[name].text.strip()
    sex = _sex(card)
    if sex:
        yield "sex", sex
    born, (first, last) = _born(card), _term(card)
    for name, day in (("birth_date", born), ("valid_from", first), ("valid_until", last)):
        if day is not None:
            yield name, day.isoformat()
    if card.number_text is not None:
        yield "number", card.number_text


def _checks(card: _Card, today: date, minimum_age: int | None) -> Iterator[DocumentCheck]:
    number = card.number if card.number and card.number.plausible(today) else None
    if card.number_text is None:
        yield DocumentCheck.not_assessable("cn.number", Reason.DOCUMENT_UNREADABLE)
    elif card.number_weakest < CERTAIN:
        yield DocumentCheck.not_assessable("cn.number", Reason.DOCUMENT_READING_UNSURE)
    else:
        yield DocumentCheck.of("cn.number", number is not None, Reason.DOCUMENT_NUMBER_WRONG)
    born, sex = _born(card), _sex(card)
    yield _same("cn.birth", born, number.birth_date if number else None, Reason.DOCUMENT_BIRTH_DIFFERS)
    yield _same("cn.sex", sex, number.sex if number else None, Reason.DOCUMENT_SEX_DIFFERS)
    if "name" not in card.values:
        yield DocumentCheck.not_assessable("cn.certain", Reason.DOCUMENT_UNREADABLE)
    else:
        weakest = min(one.probability for line in card.values.values() for one in line.characters)
        yield DocumentCheck.of("cn.certain", weakest >= _CERTAIN, Reason.DOCUMENT_READING_UNSURE)
    first, last = _term(card)
    yield validity("cn.validity", last, today, first)
    if minimum_age is not None:
        agreed = born if number is not None and number.birth_date == born else None
        yield age("cn.age", agreed, agreed, minimum_age, today)


def _same(name: str, printed: object, numbered: object, reason: Reason) -> DocumentCheck:
    if printed is None or numbered is None:
        return DocumentCheck.not_assessable(name, Reason.DOCUMENT_UNREADABLE)
    return DocumentCheck.of(name, printed == numbered, reason)


def _sex(card: _Card) -> str | None:
    text = card.values["sex"].text if "sex" in card.values else ""
    return next((sex for sex in "男女" if sex in text), None)


def _born(card: _Card) -> date | None:
    match = _DATE.search(card.values["birth_date"].text) if "birth_date" in card.values else None
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _term(card: _Card) -> tuple[date | None, date | None]:
    first, last, _ = (
        parse_term(card.values["validity"].text) if "validity" in card.values else (None, None, False)
    )
    return first, last
