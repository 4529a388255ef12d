from __future__ import annotations

from collections.abc import Iterator

import cv2
import pytest

from bonafide.capture import use_one_thread


@pytest.fixture
def restored() -> Iterator[None]:
    before = cv2.getNumThreads()
    yield
    cv2.setNumThreads(before)


@pytest.mark.usefixtures("restored")
def test_opencv_keeps_to_the_callers_thread() -> None:
    cv2.setNumThreads(4)
    use_one_thread()
    assert cv2.getNumThreads() == 1
