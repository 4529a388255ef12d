"""Which way text runs, from boxes placed by hand; what a detector gives has lost its beginning."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.document.boxes import box, direction, face, line, turn

from bonafide.document.ocr import Line, TextBox
from bonafide.document.orientation import axis_of, beside, upright

# Middles and widths of the lines of a card, from the eyes of a portrait on its right, 60 apart.
LINES = ((-400, -60, 160), (-400, 0, 120), (-380, 60, 200), (-380, 120, 260), (-300, 220, 420))


def card(degrees: float, x: float = 900, y: float = 700) -> list[TextBox]:
    """The lines as a detector gives them: the long side level or rising, wherever the text begins."""
    boxes = []
    for across, down, width in LINES:
        middle = turn(degrees) @ [across, down] + [x, y]
        there = box(float(middle[0]), float(middle[1]), width, 30, degrees)
        boxes.append(there if abs(direction(there)) < 90 else there.turned())
    return boxes


def never(_box: TextBox) -> Line:
    raise AssertionError("read")


def apart(one: float, other: float) -> float:
    return abs((one - other + 180) % 360 - 180)


@pytest.mark.parametrize("degrees", [0, 25, -30, 90, 180, 270, 155])
def test_text_runs_as_the_eyes_do(degrees: float) -> None:
    boxes = card(degrees)
    found = upright(boxes[::-1], face(900, 700, degrees=degrees), never)
    assert len(found) == len(boxes)
    assert all(apart(direction(one), degrees) < 1 for one in found)
    # From the top of the text, not of the picture.
    assert [round(one.width) for one in found] == [width for _, _, width in LINES]
    assert apart(np.degrees(axis_of(found, None)), degrees) < 1


@pytest.mark.parametrize("straighter", [4, 25, 40])
def test_a_turned_head_may_seem_straighter_than_it_is(straighter: float) -> None:
    found = upright(card(25), face(900, 700, degrees=straighter), never)
    assert all(apart(direction(one), 25) < 1 for one in found)


def test_lines_on_what_lies_below_are_left_out() -> None:
    away = [box(200, 60 + 50 * row, 1500, 30, 70) for row in range(4)]
    found = upright(card(0) + away, face(900, 700), never)
    assert len(found) == len(LINES)
    assert all(apart(direction(one), 0) < 1 for one in found)


def test_a_page_beside_the_card_does_not_turn_it() -> None:
    # Much more text than the card's, at an angle that eyes would allow, but too far away.
    away = [box(900, 2200 + 60 * row, 1200, 30, 30) for row in range(8)]
    found = upright(card(0) + away, face(900, 700), never)
    assert len(found) == len(LINES)


def reader_of(degrees: float, asked: list[TextBox] | None = None) -> object:
    """Reads fully what is turned so, and a character of what is not."""

    def read(asked_box: TextBox) -> Line:
        if asked is not None:
            asked.append(asked_box)
        right = apart(direction(asked_box), degrees) < 20
        return line("中华人民共和国" if right else "H", asked_box, 0.9 if right else 0.4)

    return read


@pytest.mark.parametrize("degrees", [0, 80, 100, 180, 270])
def test_without_a_face_the_largest_lines_are_read_both_ways(degrees: float) -> None:
    asked: list[TextBox] = []
    read = reader_of(degrees, asked)
    assert callable(read)
    found = upright(card(degrees), None, read)
    assert all(apart(direction(one), degrees) < 1 for one in found)
    assert [round(one.width) for one in found] == [width for _, _, width in LINES]
    # One line is enough where it is clear, and each is read twice.
    assert len(asked) == 2


def test_a_face_too_small_for_a_direction_is_none() -> None:
    read = reader_of(180)
    assert callable(read)
    found = upright(card(180), face(900, 700, eyes=5), read)
    assert all(apart(direction(one), 180) < 1 for one in found)


def test_a_single_character_is_turned_with_the_lines() -> None:
    # Nearly square: its long side says nothing.
    single = TextBox(np.roll(box(200, 900, 30, 28, 90).corners, 1, axis=0), 0.9)
    found = upright([*card(90), single], face(900, 700, degrees=90), never)
    assert all(apart(direction(one), 90) < 5 for one in found)
    assert len(found) == len(LINES) + 1


def test_without_any_line_boxes_stay_as_they_are() -> None:
    square = box(50, 50, 30, 30)
    assert upright([square], None, never) == (square,)
    assert upright([], face(900, 700), never) == ()


def test_the_direction_of_no_lines_is_that_of_the_eyes() -> None:
    assert np.degrees(axis_of([], face(100, 100, degrees=30))) == pytest.approx(30, abs=0.1)
    assert axis_of([], None) == 0


def test_what_is_beside_a_portrait() -> None:
    portrait = face(900, 700)
    assert beside(box(300, 700, 200, 30), portrait)
    assert not beside(box(900, 1700, 200, 30), portrait)
    assert not beside(box(300, 700, 200, 8), portrait)
    assert not beside(box(300, 700, 400, 120), portrait)
