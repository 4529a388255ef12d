from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from bonafide.face.quality import FaceSample, Unassessed, eye_distance
from bonafide.face.quality.mapping import mapping
from bonafide.outcome import Flaw, Subject

Landmarks = NDArray[np.float32]


def test_it_is_the_distance_in_the_picture(sample: Callable[..., FaceSample]) -> None:
    taken = eye_distance.assess(sample())
    assert taken.raw == pytest.approx(70.5, abs=0.1)
    assert taken.flaw is None


def test_smaller_is_worse_and_at_last_a_flaw(
    sample: Callable[..., FaceSample], frontal: Landmarks, one_way: Callable[..., bool]
) -> None:
    taken = [eye_distance.assess(sample(landmarks=frontal * size)) for size in (2, 1, 0.6, 0.3, 0.05)]
    assert one_way(taken, raws="down")
    assert taken[-1].flaw is Flaw.TOO_SMALL


def test_the_standard_maps_it(sample: Callable[..., FaceSample], frontal: Landmarks) -> None:
    for distance, component in ((40, 18), (70, 50), (100, 82)):
        taken = eye_distance.assess(sample(landmarks=frontal * (distance / 70.5)))
        assert taken.value == pytest.approx(component, abs=1)


def test_a_portrait_on_a_document_may_be_smaller_than_a_selfie(
    sample: Callable[..., FaceSample], frontal: Landmarks
) -> None:
    least = mapping(eye_distance.NAME).least
    between = (least[Subject.DOCUMENT] + least[Subject.SELFIE]) / 2
    small = frontal * (between / 70.5)
    assert eye_distance.assess(sample(landmarks=small, subject=Subject.DOCUMENT)).flaw is None
    assert eye_distance.assess(sample(landmarks=small, subject=Subject.SELFIE)).flaw is Flaw.TOO_SMALL


def test_coincident_eyes_are_too_small(sample: Callable[..., FaceSample]) -> None:
    taken = eye_distance.assess(sample(landmarks=np.zeros((5, 2), np.float32)))
    assert (taken.raw, taken.flaw) == (0, Flaw.TOO_SMALL)


@pytest.mark.parametrize("subject", Subject)
def test_a_face_of_unknown_size_is_not_large_enough(
    sample: Callable[..., FaceSample], frontal: Landmarks, subject: Subject
) -> None:
    lost = frontal.copy()
    lost[1, 0] = np.nan
    taken = eye_distance.assess(sample(landmarks=lost, subject=subject))
    assert taken.unassessed is Unassessed.LANDMARKS
    assert taken.flaw is Flaw.TOO_SMALL
