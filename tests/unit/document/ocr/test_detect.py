from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.unit.document.boxes import direction

from bonafide.document.ocr import TextDetector
from bonafide.document.ocr.detect import prepared
from bonafide.models import InputContract

CONTRACT = InputContract(32, "bgr", 127.5, 2.0, None, None)


class Drawn:
    """A session that says where a map was painted, whatever it sees."""

    def __init__(self, *rectangles: tuple[slice, slice], probability: float = 0.9) -> None:
        self.rectangles = rectangles
        self.probability = probability
        self.seen: tuple[int, ...] = ()

    def run(self, _names: None, feed: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        self.seen = feed["x"].shape
        text = np.zeros(self.seen[2:], np.float32)
        for where in self.rectangles:
            text[where] = self.probability
        return [text[None, None]]


def test_a_line_is_found_where_it_lies_in_the_picture_and_grown() -> None:
    session = Drawn(np.s_[100:120, 60:260])
    (found,) = TextDetector(CONTRACT, session).detect(np.zeros((960, 1280, 3), np.uint8), 640)
    assert session.seen == (1, 3, 480, 640)
    assert found.centre == pytest.approx([320, 220], abs=4)
    assert found.width > 400
    assert found.height > 40
    assert direction(found) == pytest.approx(0, abs=1)


def test_a_standing_line_is_read_along_its_long_side() -> None:
    session = Drawn(np.s_[40:240, 100:120])
    (found,) = TextDetector(CONTRACT, session).detect(np.zeros((320, 320, 3), np.uint8), 320)
    assert found.width > 4 * found.height
    assert abs(direction(found)) == pytest.approx(90, abs=1)


def test_specks_and_faint_marks_are_no_lines() -> None:
    blank = np.zeros((320, 320, 3), np.uint8)
    assert TextDetector(CONTRACT, Drawn(np.s_[10:11, 10:11])).detect(blank, 320) == []
    faint = Drawn(np.s_[100:120, 60:260], probability=0.4)
    assert TextDetector(CONTRACT, faint).detect(blank, 320) == []


def test_a_page_of_small_print_has_an_end() -> None:
    rows = [np.s_[y : y + 4, x : x + 8] for y in range(0, 640, 8) for x in range(0, 640, 16)]
    assert len(TextDetector(CONTRACT, Drawn(*rows)).detect(np.zeros((640, 640, 3), np.uint8), 640)) <= 200


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1)])
def test_pictures_of_any_shape_are_looked_at(shape: tuple[int, int]) -> None:
    session = Drawn()
    assert TextDetector(CONTRACT, session).detect(np.zeros((*shape, 3), np.uint8), 640) == []
    assert all(side % 32 == 0 and side >= 32 for side in session.seen[2:])


def test_pixels_are_prepared_as_the_contract_says() -> None:
    pixels = np.array([[[255, 0, 10]]], np.uint8)
    assert prepared(pixels, CONTRACT)[0, :, 0, 0] == pytest.approx([-235, -255, 255])
