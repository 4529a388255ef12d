"""Where a page is looked at again, closer, for a document that the first look did not show."""

from __future__ import annotations

import io
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bonafide.capture import read_picture
from bonafide.document.ocr import Line, TextBox, TextDetector, TextRecogniser
from bonafide.document.page import Page, Window


class _Seen:
    """A detector that sees boxes, and a recogniser that reads nothing in them."""

    def __init__(self, *corners: tuple[int, int]) -> None:
        self._corners = corners

    def detect(self, _pixels: NDArray[np.uint8], _long_side: int) -> list[TextBox]:
        return [
            TextBox(np.array([[x, y], [x + 200, y], [x + 200, y + 20], [x, y + 20]], np.float32), 0.9)
            for x, y in self._corners
        ]

    def read(self, _pixels: NDArray[np.uint8], box: TextBox) -> Line:
        return Line(box, ())


def page(*corners: tuple[int, int]) -> Page:
    file = io.BytesIO()
    Image.new("RGB", (1400, 1000)).save(file, "PNG")
    seen = _Seen(*corners)
    detector, recogniser = cast(TextDetector, seen), cast(TextRecogniser, seen)
    return Page(read_picture(file.getvalue()), (), detector, recogniser)


MIDDLE = Window(280, 200, 1120, 800)


@pytest.mark.parametrize(
    ("corners", "window"),
    [
        # Print in one corner: there, with a margin.
        (((100, 100), (100, 160), (100, 220)), Window(70, 70, 330, 270)),
        # Print all over, or none: the middle.
        (((10, 10), (1180, 10), (10, 970), (1180, 970)), MIDDLE),
        ((), MIDDLE),
    ],
)
def test_where_no_face_was_looked_for_it_is_around_print_or_in_the_middle(
    corners: tuple[tuple[int, int], ...], window: Window
) -> None:
    (found,) = page(*corners).closer(looked=False)
    assert found == window


def test_where_there_is_no_face_it_is_nowhere() -> None:
    assert list(page((100, 100)).closer()) == []
