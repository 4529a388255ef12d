from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from bonafide.face.quality import FaceSample, Unassessed, border
from bonafide.outcome import Flaw

Landmarks = NDArray[np.float32]


def test_a_face_inside_the_picture_is_whole(sample: Callable[..., FaceSample]) -> None:
    taken = border.assess(sample())
    assert (taken.raw, taken.value, taken.flaw) == (1, 100, None)


@pytest.mark.parametrize("way", [(-1, 0), (1, 0), (0, -1), (0, 1)])
def test_leaving_the_picture_on_any_side_is_worse_and_at_last_a_flaw(
    sample: Callable[..., FaceSample],
    frontal: Landmarks,
    one_way: Callable[..., bool],
    way: tuple[int, int],
) -> None:
    taken = [
        border.assess(sample(landmarks=frontal + np.array(way, np.float32) * step))
        for step in range(0, 480, 60)
    ]
    assert one_way(taken, raws="down")
    assert taken[-1].raw == 0
    assert taken[-1].flaw is Flaw.CUT_OFF


def test_half_a_face_is_about_half(sample: Callable[..., FaceSample], frontal: Landmarks) -> None:
    half = frontal - np.array([frontal[:, 0].mean(), 0], np.float32)
    assert border.assess(sample(landmarks=half)).raw == pytest.approx(0.5, abs=0.06)


def test_a_head_on_its_side_is_measured_on_its_side(
    sample: Callable[..., FaceSample], frontal: Landmarks
) -> None:
    lying = np.stack((frontal[:, 1], 400 - frontal[:, 0]), axis=1).astype(np.float32)
    assert border.assess(sample(landmarks=lying, width=500, height=400)).raw == 1


def test_landmarks_that_span_no_face_are_not_assessed(
    sample: Callable[..., FaceSample], frontal: Landmarks
) -> None:
    lost = frontal.copy()
    lost[0, 0] = np.inf
    for landmarks in (lost, np.zeros((5, 2), np.float32)):
        taken = border.assess(sample(landmarks=landmarks))
        assert taken.unassessed is Unassessed.LANDMARKS
        assert taken.flaw is None
