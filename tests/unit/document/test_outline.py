from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bonafide.document.outline import likely_outline


def drawn(corners: list[list[int]], size: tuple[int, int] = (900, 1200)) -> NDArray[np.uint8]:
    picture = np.full(size, 60, np.uint8)
    cv2.fillConvexPoly(picture, np.array(corners, np.int32), 210)
    return picture


@pytest.mark.parametrize(
    "corners",
    [
        [[200, 200], [1000, 200], [1000, 700], [200, 700]],
        [[250, 150], [1050, 230], [980, 760], [180, 640]],
    ],
)
def test_a_card_on_a_table(corners: list[list[int]]) -> None:
    found = likely_outline(drawn(corners))
    assert found is not None
    assert found.dtype == np.float32
    assert found == pytest.approx(np.array(corners), abs=8)


def test_a_small_one_and_one_with_another_shape_are_none() -> None:
    assert likely_outline(drawn([[500, 400], [600, 400], [600, 460], [500, 460]])) is None
    assert likely_outline(drawn([[200, 700], [600, 100], [1000, 700]])) is None
    assert likely_outline(np.full((600, 800), 128, np.uint8)) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 2000), (2000, 1), (3, 5000)])
def test_pictures_of_any_shape_are_looked_at(shape: tuple[int, int]) -> None:
    assert likely_outline(np.random.default_rng(0).integers(0, 256, shape, np.uint8)) is None
