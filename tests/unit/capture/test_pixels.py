from __future__ import annotations

import numpy as np
import pytest

from bonafide.capture.pixels import over_white, reduce


@pytest.mark.parametrize("rows", [1, 255, 256, 257])
def test_transparency_shows_white(rows: int) -> None:
    pixels = np.zeros((rows, 3, 4), np.uint8)
    pixels[:, 1] = (10, 20, 30, 255)
    pixels[:, 2] = (0, 100, 200, 51)
    expected = [[255, 255, 255], [10, 20, 30], [204, 224, 244]]
    assert np.array_equal(over_white(pixels), np.broadcast_to(np.array(expected, np.uint8), (rows, 3, 3)))


def test_reducing_averages() -> None:
    pixels = np.zeros((4, 4, 3), np.uint8)
    pixels[::2, ::2] = 200
    assert np.array_equal(reduce(pixels, 2), np.full((2, 2, 3), 50, np.uint8))
