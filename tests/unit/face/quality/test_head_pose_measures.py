from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bonafide.face.quality import FaceSample, Unassessed, pitch, roll, yaw
from bonafide.outcome import Flaw, Subject

Landmarks = NDArray[np.float32]
MEASURES = pytest.mark.parametrize("measure", [yaw, pitch, roll], ids=lambda module: module.NAME)


def turned(landmarks: Landmarks, measure: ModuleType, amount: float) -> Landmarks:
    """The face turned further in one of three ways; `amount` runs from 0 to 1, either sign."""
    if measure is roll:
        x, y = landmarks.mean(axis=0).tolist()
        turn = cv2.getRotationMatrix2D((x, y), amount * 90, 1)
        return (landmarks @ turn[:, :2].T + turn[:, 2]).astype(np.float32)
    moved = landmarks.copy()
    moved[2, 0 if measure is yaw else 1] += amount * 100
    return moved


@MEASURES
def test_further_from_frontal_is_worse_and_at_last_a_flaw(
    measure: ModuleType,
    sample: Callable[..., FaceSample],
    frontal: Landmarks,
    one_way: Callable[..., bool],
) -> None:
    taken = [
        measure.assess(sample(landmarks=turned(frontal, measure, amount))) for amount in (0, 0.3, 0.6, 0.9)
    ]
    assert one_way(taken, raws="up")
    assert taken[0].raw < 8
    assert taken[0].value > 90
    assert taken[0].flaw is None
    assert taken[-1].flaw is Flaw.TURNED_AWAY


@pytest.mark.parametrize("measure", [yaw, roll], ids=lambda module: module.NAME)
def test_both_sides_count_alike(
    measure: ModuleType, sample: Callable[..., FaceSample], frontal: Landmarks
) -> None:
    one, other = (
        measure.assess(sample(landmarks=turned(frontal, measure, amount))).raw for amount in (-0.5, 0.5)
    )
    assert one == pytest.approx(other, abs=2)


@MEASURES
def test_landmarks_that_span_no_face_are_not_assessed(
    measure: ModuleType, sample: Callable[..., FaceSample], frontal: Landmarks
) -> None:
    lost = frontal.copy()
    lost[4, 0] = np.nan
    for landmarks in (lost, np.full((5, 2), 7, np.float32)):
        taken = measure.assess(sample(landmarks=landmarks, subject=Subject.DOCUMENT))
        assert (taken.raw, taken.value, taken.flaw) == (None, None, None)
        assert taken.unassessed is Unassessed.LANDMARKS
