from __future__ import annotations

import numpy as np
import pytest
from tests.unit.document.boxes import box, direction, line

from bonafide.document.ocr import Line, TextBox


@pytest.mark.parametrize("degrees", [0, 25, 90, 180, -130])
def test_a_turned_box_keeps_its_measures(degrees: float) -> None:
    turned = box(300, 200, 120, 30, degrees)
    assert turned.width == pytest.approx(120, abs=1e-3)
    assert turned.height == pytest.approx(30, abs=1e-3)
    assert turned.centre == pytest.approx([300, 200], abs=1e-3)


def test_upside_down_twice_is_as_it_was() -> None:
    level = box(50, 40, 80, 20)
    assert abs(direction(level.turned())) == pytest.approx(180)
    assert np.array_equal(level.turned().turned().corners, level.corners)
    assert level.turned().at(0, 0) == pytest.approx(level.at(1, 1))


def test_points_along_and_across() -> None:
    level = box(50, 40, 80, 20)
    assert level.at(0, 0) == pytest.approx([10, 30])
    assert level.at(1) == pytest.approx([90, 40])
    assert level.at(0.25, 1) == pytest.approx([30, 50])
    keystone = TextBox(np.array([[0, 0], [100, 10], [100, 30], [0, 40]], np.float32), 1.0)
    assert keystone.at(0.5) == pytest.approx([50, 20])


def test_a_line_says_its_characters_and_where_they_are() -> None:
    said = line("abcd", box(50, 40, 80, 20), 0.5)
    assert said.text == "abcd"
    assert said.confidence == pytest.approx(0.5)
    assert said.place(0) == pytest.approx([20, 40])
    assert said.place(3) == pytest.approx([80, 40])
    assert Line(said.box, ()).text == ""
    assert Line(said.box, ()).confidence == 0
