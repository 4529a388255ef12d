from __future__ import annotations

import numpy as np
import pytest
from tests.unit.document.boxes import box, turn

from bonafide.document.ocr import TextBox
from bonafide.document.ocr.rows import merge_rows


@pytest.mark.parametrize("degrees", [0, 25, 90, 180])
def test_single_characters_of_a_label_become_one_line(degrees: float) -> None:
    middles = np.array([[0, 0], [40, 0], [80, 0], [120, 0]]) @ turn(degrees).T + 500
    pieces = [box(x, y, 26, 24, degrees) for x, y in middles.tolist()]
    (merged,) = merge_rows(pieces[::-1], np.radians(degrees))
    assert merged.width == pytest.approx(146, abs=0.5)
    assert merged.height == pytest.approx(24, abs=0.5)
    assert merged.centre == pytest.approx(middles.mean(axis=0), abs=0.5)


def test_whole_lines_stay_apart() -> None:
    assert len(merge_rows([box(100, 50, 160, 24), box(280, 50, 160, 24)], 0.0)) == 2


def test_a_piece_joins_the_line_that_it_follows() -> None:
    label, value = box(30, 50, 50, 24), box(160, 52, 160, 24)
    (merged,) = merge_rows([value, label], 0.0)
    assert merged.confidence == min(label.confidence, value.confidence)


@pytest.mark.parametrize(
    "other",
    [
        box(40, 80, 26, 24),  # a row below
        box(120, 50, 26, 24),  # too far on
        box(40, 50, 40, 44),  # much higher
    ],
    ids=["below", "far", "higher"],
)
def test_what_is_of_another_line_stays_apart(other: TextBox) -> None:
    assert len(merge_rows([box(13, 50, 26, 24), other], 0.0)) == 2


def test_a_sloping_row_goes_on_as_it_began() -> None:
    slope = 3
    middles = np.array([[0, 0], [60, 0], [120, 0]]) @ turn(slope).T + 100
    pieces = [box(x, y, 44, 24, slope) for x, y in middles.tolist()]
    assert len(merge_rows(pieces, 0.0)) == 1


def test_nothing_is_nothing() -> None:
    assert merge_rows([], 0.0) == []
