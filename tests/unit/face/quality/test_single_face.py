from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from bonafide.face import Face
from bonafide.face.quality import FaceSample, Measure, Unassessed, single_face
from bonafide.outcome import Flaw, Subject

Box = tuple[float, float, float, float]
MINE: Box = (100, 100, 100, 120)


@pytest.fixture
def assess(
    sample: Callable[..., FaceSample], face_at: Callable[..., Face], frontal: NDArray[np.float32]
) -> Callable[..., Measure]:
    """The measure for a face in one box, beside faces in other boxes."""

    def run(*others: Box, mine: Box = MINE, subject: Subject = Subject.SELFIE) -> Measure:
        beside = tuple(face_at(frontal, box) for box in others)
        return single_face.assess(sample(face=face_at(frontal, mine), others=beside, subject=subject))

    return run


def test_alone_is_best(assess: Callable[..., Measure]) -> None:
    taken = assess()
    assert (taken.raw, taken.value, taken.flaw) == (0, 100, None)


def test_the_largest_other_face_counts_and_the_standard_maps_it(
    assess: Callable[..., Measure],
) -> None:
    taken = assess((0, 0, 10, 12), (300, 300, 25, 30))
    assert taken.raw == pytest.approx(0.25)
    assert taken.value == 75
    assert taken.flaw is None


def test_another_face_as_large_is_a_flaw(assess: Callable[..., Measure]) -> None:
    for subject in Subject:
        for other in ((300, 300, 100, 120), (250, 300, 900, 900)):
            taken = assess(other, subject=subject)
            assert (taken.raw, taken.value, taken.flaw) == (1, 0, Flaw.SEVERAL_FACES)


def test_a_ghost_image_is_no_flaw_on_a_document_only(assess: Callable[..., Measure]) -> None:
    ghost = (300, 300, 66, 79)
    assert assess(ghost, subject=Subject.DOCUMENT).flaw is None
    assert assess(ghost, subject=Subject.SELFIE).flaw is Flaw.SEVERAL_FACES


def test_the_same_face_seen_again_is_not_another(assess: Callable[..., Measure]) -> None:
    assert assess((105, 96, 96, 118)).raw == 0


def test_another_face_of_unknown_size_cannot_be_ruled_out(assess: Callable[..., Measure]) -> None:
    assert assess((300, 300, math.inf, 50)).flaw is Flaw.SEVERAL_FACES


@pytest.mark.parametrize("size", [0.0, -5.0, math.nan, math.inf])
def test_a_face_without_a_size_is_not_assessed(assess: Callable[..., Measure], size: float) -> None:
    taken = assess((0, 0, 10, 12), mine=(100, 100, size, 120))
    assert taken.unassessed is Unassessed.LANDMARKS
    assert taken.flaw is None
