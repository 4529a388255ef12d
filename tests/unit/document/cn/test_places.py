"""Placing a card by its labels: projected by a known map, read with errors, and found again."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.unit.document.boxes import box, line

from bonafide.document.cn.layout import (
    HEIGHT,
    PERMIT_BACK,
    RESIDENT_BACK,
    RESIDENT_FRONT,
    WIDTH,
    Side,
)
from bonafide.document.cn.places import Anchor, find_anchors, place
from bonafide.document.ocr import Line, TextBox

Points = NDArray[np.float32]
CARD = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
SEEN = {
    "straight": [[100, 80], [956, 80], [956, 620], [100, 620]],
    "turned": [[700, 100], [1100, 820], [650, 1080], [240, 350]],
    "tilted": [[100, 120], [900, 60], [990, 700], [60, 560]],
    "upside down": [[956, 620], [100, 620], [100, 80], [956, 80]],
}
SIDES = (RESIDENT_FRONT, RESIDENT_BACK, PERMIT_BACK)


def lay(corners: list[list[int]]) -> NDArray[np.float64]:
    """The map from millimetres to pixels."""
    return np.asarray(cv2.getPerspectiveTransform(CARD, np.array(corners, np.float32)), np.float64)


def mapped(matrix: NDArray[np.float64], points: Points) -> Points:
    return np.asarray(cv2.perspectiveTransform(points[None].astype(np.float64), matrix)[0], np.float32)


def printed(side: Side, matrix: NDArray[np.float64], labels: set[str] | None = None) -> list[Line]:
    """The lines of a side's labels as the picture shows them."""
    lines = []
    for label in side.labels:
        if labels is None or label.text in labels:
            left, right = label.x - label.pitch / 2, label.x + (len(label.text) - 0.5) * label.pitch
            corners = [(left, label.y - 2), (right, label.y - 2), (right, label.y + 2), (left, label.y + 2)]
            lines.append(line(label.text, TextBox(mapped(matrix, np.array(corners, np.float32)), 0.9)))
    return lines


@pytest.mark.parametrize("side", SIDES, ids=["resident-front", "resident-back", "permit-back"])
@pytest.mark.parametrize("view", SEEN)
def test_a_card_is_placed_by_its_labels(side: Side, view: str) -> None:
    matrix = lay(SEEN[view])
    anchors = find_anchors(printed(side, matrix), side)
    assert {anchor.label for anchor in anchors} == {label.text for label in side.labels}
    placement = place(anchors, None, side)
    assert placement is not None
    assert placement.share > 0.95
    assert placement.residual < 0.7
    assert placement.anchors > 10
    # Values stand beside their labels; a corner may be far from all of them. In millimetres.
    middles = [((area.left + area.right) / 2, (area.top + area.bottom) / 2) for area in side.areas.values()]
    places = np.array(middles, np.float32)
    assert placement.on_card(mapped(matrix, places)) == pytest.approx(places, abs=2.5)
    assert placement.on_card(placement.in_picture(places)) == pytest.approx(places, abs=1e-3)


def test_the_number_is_an_anchor_where_a_side_has_one() -> None:
    matrix = lay(SEEN["tilted"])
    corners = np.array([[29.2, 48], [76, 48], [76, 52], [29.2, 52]], np.float32)
    number = line("990101199001010170", TextBox(mapped(matrix, corners), 0.9))
    anchors = find_anchors(printed(RESIDENT_FRONT, matrix, {"姓名"}), RESIDENT_FRONT)
    assert place(anchors, None, RESIDENT_FRONT) is None
    placement = place(anchors, number, RESIDENT_FRONT)
    assert placement is not None
    assert placement.anchors >= 18
    assert place(anchors, number, RESIDENT_BACK) is None


def test_a_label_read_elsewhere_is_an_outlier() -> None:
    matrix = lay(SEEN["turned"])
    lines = [one for one in printed(RESIDENT_FRONT, matrix) if one.text != "住址"]
    placement = place(
        find_anchors([*lines, line("住址", box(1200, 1000, 80, 40))], RESIDENT_FRONT), None, RESIDENT_FRONT
    )
    assert placement is not None
    assert 0.8 < placement.share < 1
    assert placement.corners() == pytest.approx(np.array(SEEN["turned"]), abs=12)


def test_characters_read_a_little_off_show_in_the_residual() -> None:
    random = np.random.default_rng(1)
    matrix = lay(SEEN["straight"])
    exact = find_anchors(printed(RESIDENT_FRONT, matrix), RESIDENT_FRONT)
    shaken = [
        Anchor(
            anchor.label,
            tuple((x + float(random.normal(0, 5)), y + float(random.normal(0, 5))) for x, y in anchor.points),
            anchor.places,
            anchor.strength,
        )
        for anchor in exact
    ]
    sharp, rough = place(exact, None, RESIDENT_FRONT), place(shaken, None, RESIDENT_FRONT)
    assert sharp is not None
    assert rough is not None
    assert sharp.residual < 0.1
    assert 0.3 < rough.residual < 1


def test_one_label_or_scattered_ones_place_nothing() -> None:
    matrix = lay(SEEN["straight"])
    one = find_anchors(printed(RESIDENT_BACK, matrix, {"中华人民共和国"}), RESIDENT_BACK)
    assert len(one) == 1
    assert place(one, None, RESIDENT_BACK) is None
    assert place((), None, RESIDENT_BACK) is None
    assert find_anchors([line("公司姓甲乙丙名", box(50, 50, 200, 30))], RESIDENT_FRONT) == ()


def test_part_of_a_label_is_an_anchor_of_its_strength() -> None:
    anchors = find_anchors([line("公民身份号", box(50, 50, 200, 30))], RESIDENT_FRONT)
    (anchor,) = (anchor for anchor in anchors if anchor.label == "公民身份号码")
    assert anchor.strength == pytest.approx(5 / 6)
    assert len(anchor.points) == len(anchor.places) == 5
    assert find_anchors([line("公民", box(50, 50, 200, 30))], RESIDENT_FRONT) == ()


def test_the_best_line_says_where_a_label_is() -> None:
    lines = [line("公民身份号", box(50, 50, 200, 30)), line("公民身份号码", box(50, 500, 200, 30))]
    (anchor,) = find_anchors(lines, RESIDENT_FRONT)
    assert anchor.points[0][1] == pytest.approx(500)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), flat=st.booleans(), labels=st.integers(1, 6))
def test_labels_in_any_places_give_a_card_or_none(seed: int, flat: bool, labels: int) -> None:
    """What was read may be anything; corners that are no numbers would stop whatever comes after."""
    random = np.random.default_rng(seed)
    anchors = []
    for label in RESIDENT_FRONT.labels[:labels]:
        points = random.uniform(0, 400, (len(label.text), 2)) * (1, 0 if flat else 1)
        anchors.append(Anchor(label.text, tuple((float(x), float(y)) for x, y in points), label.places(), 1))
    placement = place(anchors, None, RESIDENT_FRONT)
    if placement is not None:
        assert np.isfinite(placement.corners()).all()
        assert 0 <= placement.share <= 1
