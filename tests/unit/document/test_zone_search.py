"""Rows of strokes found without a text detector, and rows of boxes put together to a zone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.unit.document.boxes import box, direction, turn

from bonafide.document.ocr import TextBox
from bonafide.document.zone_reading import _groups, _rows
from bonafide.document.zone_search import find_bars


def page(rows: int, degrees: float = 0) -> NDArray[np.uint8]:
    """Rows of widely set strokes on a light page, turned around its middle."""
    picture = np.full((900, 1200, 3), 220, np.uint8)
    for row in range(rows):
        for x in range(200, 1000, 18):
            cv2.rectangle(picture, (x, 400 + 50 * row), (x + 3, 418 + 50 * row), (30, 30, 30), -1)
    lay = cv2.getRotationMatrix2D((600, 450), -degrees, 1)
    turned = cv2.warpAffine(picture, lay, (1200, 900), borderValue=(220, 220, 220))
    return np.asarray(turned, np.uint8)


@pytest.mark.parametrize("rows", [2, 3])
@pytest.mark.parametrize("degrees", [0, 12, 90, 180])
def test_rows_of_strokes_are_bars(rows: int, degrees: float) -> None:
    bars = find_bars(page(rows, degrees), np.radians(degrees))
    assert len(bars) == rows
    for row, bar in enumerate(bars):
        expected = turn(degrees) @ [0, 409 + 50 * row - 450] + [600, 450]
        assert bar.centre == pytest.approx(expected, abs=8)
        assert bar.width == pytest.approx(790, abs=60)
        assert abs((direction(bar) - degrees + 180) % 360 - 180) < 2


@pytest.mark.parametrize("shape", [(1, 1), (1, 2000), (700, 3), (300, 400)])
def test_pages_without_rows_have_no_bars(shape: tuple[int, int]) -> None:
    assert find_bars(np.full((*shape, 3), 200, np.uint8), 0.3) == []


def lines(count: int, degrees: float = 0, spacing: float = 60) -> list[TextBox]:
    middles = np.array([[0, row * spacing] for row in range(count)]) @ turn(degrees).T + 600
    return [box(x, y, 800, 30, degrees) for x, y in middles.tolist()]


@pytest.mark.parametrize("degrees", [0, 20, 180])
def test_a_line_in_pieces_is_one_row(degrees: float) -> None:
    middles = np.array([[-250, 0], [0, 0], [250, 0], [0, 60]]) @ turn(degrees).T + 600
    widths = (200, 180, 200, 700)
    pieces = [box(x, y, w, 30, degrees) for (x, y), w in zip(middles.tolist(), widths, strict=True)]
    upper, lower = _rows(pieces, np.radians(degrees))
    assert upper.width == pytest.approx(700, abs=2)
    assert lower.width == pytest.approx(700, abs=2)
    assert upper.centre == pytest.approx(np.array([600, 600]), abs=2)


def test_short_print_is_no_row() -> None:
    assert _rows([box(100, 100, 200, 30), box(100, 200, 60, 30)], 0.0) == []


@pytest.mark.parametrize("degrees", [0, 20])
def test_three_rows_are_tried_before_their_two(degrees: float) -> None:
    groups = _groups(lines(3, degrees))
    assert [len(group) for group in groups] == [3, 2, 2]


def test_rows_too_far_apart_or_of_other_sizes_are_no_zone() -> None:
    assert _groups(lines(2, spacing=120)) == []
    assert _groups(lines(2, spacing=15)) == []
    assert _groups([box(600, 100, 800, 30), box(600, 160, 800, 110)]) == []
    assert _groups([box(600, 100, 800, 30), box(900, 160, 800, 30)]) == []
    assert _groups(lines(1)) == []


def test_rows_of_a_group_become_as_long_as_the_longest() -> None:
    ((upper, lower),) = _groups([box(600, 100, 800, 30), box(450, 160, 500, 30)])
    assert upper.width == pytest.approx(lower.width, abs=1)
    assert 800 < lower.width < 880
    assert upper.corners[0][0] == pytest.approx(lower.corners[0][0], abs=1)
