from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from bonafide.face import Face
from bonafide.face.quality import FaceSample, Measure, Quality, Unassessed, assess_quality
from bonafide.outcome import Flaw, Subject

NAMES = [
    "single_face",
    "border",
    "eye_distance",
    "yaw",
    "pitch",
    "roll",
    "eyes_visible",
    "mouth_visible",
    "under_exposure",
    "over_exposure",
    "contrast",
    "sharpness",
]


@pytest.mark.parametrize("subject", Subject)
def test_the_drawn_face_has_no_flaw(sample: Callable[..., FaceSample], subject: Subject) -> None:
    quality = assess_quality(sample(subject=subject))
    assert [measure.name for measure in quality.measures] == NAMES
    assert quality.flaws == ()
    assert quality.unassessed == ()


def test_each_flaw_is_named_once_and_in_order() -> None:
    quality = Quality(
        (
            Measure("border", 0.1, 0, Flaw.CUT_OFF),
            Measure("yaw", 80.0, 0, Flaw.TURNED_AWAY),
            Measure("pitch", 70.0, 0, Flaw.TURNED_AWAY),
            Measure("contrast", 90.0, 100, None),
            Measure.failed("sharpness", Unassessed.TOO_FLAT),
        )
    )
    assert quality.flaws == (Flaw.CUT_OFF, Flaw.TURNED_AWAY)
    assert [measure.name for measure in quality.unassessed] == ["sharpness"]


def test_nothing_to_see_is_flawed_though_ratios_cannot_be_taken(sample: Callable[..., FaceSample]) -> None:
    quality = assess_quality(sample(crop=np.zeros((112, 112, 3), np.uint8)))
    assert {measure.name for measure in quality.unassessed} == {"eyes_visible", "mouth_visible", "sharpness"}
    assert quality.flaws == (Flaw.TOO_DARK, Flaw.LOW_CONTRAST)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("point", range(5))
def test_a_face_with_a_lost_landmark_fails_its_measures_and_only_those(
    sample: Callable[..., FaceSample], frontal: NDArray[np.float32], bad: float, point: int
) -> None:
    landmarks = frontal.copy()
    landmarks[point, 0] = bad
    quality = assess_quality(sample(face=Face((120, 150, 160, 200), landmarks, 0.9)))
    failed = {measure.name for measure in quality.unassessed}
    assert failed - {"eye_distance"} == {"border", "yaw", "pitch", "roll"}
    assert ("eye_distance" in failed) == (Flaw.TOO_SMALL in quality.flaws) == (point < 2)


_FLOATS = st.floats(width=32) | st.sampled_from([0.0, 1e-30, 3e38, 50.0])
_LANDMARKS = arrays.arrays(np.float32, (5, 2), elements=_FLOATS)
_BOXES = st.tuples(*[st.floats() | st.floats(-500, 500)] * 4)
_FACES = st.builds(Face, box=_BOXES, landmarks=_LANDMARKS, confidence=st.just(0.9))
_CROPS = st.one_of(
    arrays.arrays(np.uint8, (112, 112, 3), fill=st.integers(0, 255)),
    st.integers(0, 2**32 - 1).map(
        lambda seed: np.random.default_rng(seed).integers(0, 256, (112, 112, 3), np.uint8)
    ),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.data_too_large])
@given(
    crop=_CROPS,
    face=_FACES,
    others=st.lists(_FACES, max_size=3),
    size=st.tuples(st.integers(1, 5000), st.integers(1, 5000)),
    subject=st.sampled_from(Subject),
)
def test_nothing_raises_and_every_measure_is_taken_or_says_why(
    crop: NDArray[np.uint8], face: Face, others: list[Face], size: tuple[int, int], subject: Subject
) -> None:
    quality = assess_quality(FaceSample(crop, face, (face, *others), *size, subject))
    assert [measure.name for measure in quality.measures] == NAMES
    for measure in quality.measures:
        if measure.assessed:
            assert measure.raw is not None
            assert measure.value is not None
            assert np.isfinite(measure.raw)
            assert 0 <= measure.value <= 100
        else:
            assert (measure.raw, measure.value) == (None, None)
            # What could not be measured accuses nobody, but a face of unknown size may not pass.
            assert measure.flaw is (Flaw.TOO_SMALL if measure.name == "eye_distance" else None)
