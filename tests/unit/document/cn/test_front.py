"""A card's fields by where their characters stand, on a page that says what it is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.unit.document.boxes import box, line
from tests.unit.document.cn.test_number import number

from bonafide.document.cn.back import read_back
from bonafide.document.cn.find import FoundSide, number_line
from bonafide.document.cn.front import read_front
from bonafide.document.cn.layout import PERMIT_BACK, RESIDENT_BACK, RESIDENT_FRONT, Side
from bonafide.document.cn.places import Placement
from bonafide.document.cn.text import CardText, Printed, joined
from bonafide.document.ocr import Line, TextBox
from bonafide.document.page import Page

SCALE = 12.0  # pixels to the millimetre
SYMBOLS = ("", *"0123456789Xx")


class Alphabet:
    """As much of a recogniser as decoding asks for."""

    alphabet = SYMBOLS


class ToldPage(Page):
    """A page of lines; `strip` is what it says where nobody saw text, `digits` where a number is read."""

    def __init__(self, digits: str = "", strip: str = "") -> None:
        self.recogniser = Alphabet()  # type: ignore[assignment]
        self.digits = digits
        self.strip = strip
        self.asked: list[TextBox] = []

    def read(self, box: TextBox) -> Line:
        self.asked.append(box)
        return line(self.strip, box) if self.strip else Line(box, ())

    def probabilities(self, box: TextBox, squeeze: float = 1.0) -> NDArray[np.float32]:  # noqa: ARG002
        self.asked.append(box)
        table = np.zeros((2 * len(self.digits) + 1, len(SYMBOLS)), np.float32)
        table[::2, 0] = 1
        for place, digit in enumerate(self.digits):
            table[2 * place + 1, SYMBOLS.index(digit)] = 0.98
            table[2 * place + 1, 0] = 0.02
        return table


def at(text: str, left: float, y: float, pitch: float, height: float = 3.6) -> Line:
    """A line of evenly set characters by millimetres."""
    width = pitch * len(text)
    return line(text, box((left + width / 2) * SCALE, y * SCALE, width * SCALE, height * SCALE))


def found(side: Side, lines: Sequence[Line]) -> FoundSide:
    placement = Placement(np.diag([1 / SCALE, 1 / SCALE, 1]), 0.1, 12, 1.0)
    return FoundSide(side, placement, tuple(lines), ())


NUMBER = number()
BIRTH = [at("1990", 15.4, 24.2, 1.8), at("年", 24.4, 24.2, 2.7), at("1", 29.5, 24.2, 1.8)]
BIRTH += [at("月", 33.2, 24.2, 2.7), at("12", 37.6, 24.2, 1.8), at("日", 42.2, 24.2, 2.7)]
FIELDS = [
    at("姓名", 5.6, 10.5, 3.6),
    at("王小明", 15.6, 10.5, 3.8),
    at("性别男", 5.6, 17.5, 5.0),
    at("民族维吾尔", 27.0, 17.5, 3.4),
    at("住址", 5.6, 31.0, 3.6),
    at("云岚省星河市青石区样本", 15.6, 31.0, 3.2),
    at("路1号", 15.6, 35.5, 3.2),
    at(NUMBER, 29.2, 49.5, 2.45),
]


def test_every_field_of_a_front() -> None:
    page = ToldPage(NUMBER)
    front = read_front(page, found(RESIDENT_FRONT, FIELDS + BIRTH))
    assert front.name is not None
    assert front.name.text == "王小明"
    assert front.sex is not None
    assert front.sex.text == "男"
    assert front.ethnicity is not None
    assert front.ethnicity.text == "维吾尔"
    assert front.address is not None
    assert front.address.text == "云岚省星河市青石区样本路1号"
    assert front.birth_date == date(1990, 1, 12)
    assert front.number is not None
    assert front.number.text == NUMBER
    assert front.number.agrees
    # Where its digits were seen, and a little beyond.
    place = page.asked[-1]
    assert place.centre / SCALE == pytest.approx([29.2 + 9 * 2.45, 49.5], abs=0.5)
    assert 46 < place.width / SCALE < 50


def test_a_card_of_which_nothing_was_read() -> None:
    front = read_front(ToldPage(), found(RESIDENT_FRONT, []))
    fields = (front.name, front.sex, front.ethnicity, front.birth_date, front.birth_text, front.address)
    assert set(fields) == {None}
    assert front.number is None


def test_a_number_that_nobody_saw_is_read_at_its_place() -> None:
    page = ToldPage(NUMBER)
    front = read_front(page, found(RESIDENT_FRONT, []))
    assert front.number is not None
    assert front.number.text == NUMBER
    assert page.asked[-1].centre[1] / SCALE == pytest.approx(50, abs=1)


def test_seventeen_digits_are_no_number_that_agrees() -> None:
    front = read_front(ToldPage(NUMBER[1:]), found(RESIDENT_FRONT, FIELDS))
    assert front.number is None or not front.number.agrees


@pytest.mark.parametrize(
    ("rows", "born"),
    [
        (BIRTH, date(1990, 1, 12)),
        # The labels were not read: by where the digits stand.
        ([one for one in BIRTH if one.text not in "年月日"], date(1990, 1, 12)),
        ([one for one in BIRTH if one.text != "1"], None),
        ([at("199", 15.4, 24.2, 1.8), *BIRTH[1:]], None),
        ([at("1990", 15.4, 24.2, 1.8), at("13", 28.6, 24.2, 1.8), at("40", 37.6, 24.2, 1.8)], None),
        ([], None),
    ],
    ids=["labels", "positions", "no month", "three digits", "no such day", "nothing"],
)
def test_a_row_of_birth(rows: list[Line], born: date | None) -> None:
    front = read_front(ToldPage(NUMBER), found(RESIDENT_FRONT, rows))
    assert front.birth_date == born
    assert (front.birth_text is None) == (born is None)


def test_a_label_out_of_place_says_where_the_year_ends() -> None:
    moved = [at("1990", 17.6, 24.2, 2.2), at("年", 27.0, 24.2, 2.7), at("1", 30.8, 24.2, 1.8)]
    moved += [at("月", 35.8, 24.2, 2.7), at("12", 39.6, 24.2, 1.8)]
    front = read_front(ToldPage(NUMBER), found(RESIDENT_FRONT, moved))
    assert front.birth_date == date(1990, 1, 12)


def test_two_sexes_are_none() -> None:
    both = [at("性别男女", 5.6, 17.5, 4.0)]
    assert read_front(ToldPage(NUMBER), found(RESIDENT_FRONT, both)).sex is None


def test_what_lies_across_the_card_is_none_of_its_fields() -> None:
    watermark = at("样本", 20, 10.5, 9, height=11)
    assert CardText(ToldPage(), found(RESIDENT_FRONT, [watermark])).within(RESIDENT_FRONT.areas["name"]) == []


def test_a_place_without_text_is_read_all_the_same() -> None:
    page = ToldPage(strip="男")
    value = CardText(page, found(RESIDENT_FRONT, [])).value(RESIDENT_FRONT.areas["sex"])
    assert value is not None
    assert value.text == "男"
    assert len(page.asked) == 1


def test_every_field_of_a_back() -> None:
    lines = [at("星河市公安局青石分局", 35.2, 42.5, 3.1), at("2016.01.31-2036.01.31", 35.2, 49.4, 1.7)]
    back = read_back(ToldPage(), found(RESIDENT_BACK, lines))
    assert back.authority is not None
    assert back.authority.text == "星河市公安局青石分局"
    assert (back.valid_from, back.valid_until) == (date(2016, 1, 31), date(2036, 1, 31))
    assert (back.long_term, back.pass_number) == (False, None)
    nothing = read_back(ToldPage(), found(RESIDENT_BACK, []))
    assert (nothing.authority, nothing.valid_from, nothing.valid_until) == (None, None, None)
    assert not nothing.long_term


def test_a_permits_back_has_the_pass_number() -> None:
    back = read_back(ToldPage(), found(PERMIT_BACK, [at("H12345678", 34.6, 48.2, 1.8)]))
    assert back.pass_number is not None
    assert back.pass_number.text == "H12345678"


def test_characters_are_joined_with_the_least_of_their_probabilities() -> None:
    said = [Printed("民", 1, 1, 0.1), Printed("回", 2, 1, 0.7), Printed("族", 3, 1, 0.9)]
    value = joined(said, unwanted="民族")
    assert value is not None
    assert (value.text, value.weakest) == ("回", 0.7)
    assert joined(said[:1], unwanted="民") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NUMBER, NUMBER),
        (f"公民身份号码{NUMBER}", NUMBER),
        (NUMBER + "1", None),
        (NUMBER[:9] + "年" + NUMBER[9:], None),
        ("", None),
    ],
)
def test_a_number_within_a_line(text: str, expected: str | None) -> None:
    said = Line(box(0, 0, 10, 1), ()) if not text else line(text, box(0, 0, 100, 10))
    cut = number_line([line("样本", box(0, 0, 10, 5)), said])
    assert (cut.text if cut else None) == expected
    if cut and text != expected:
        assert cut.place(0) == pytest.approx(said.place(6))
