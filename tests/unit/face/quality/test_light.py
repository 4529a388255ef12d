"""Under-exposure, over-exposure and contrast: what light and glare do to a face."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bonafide.face.quality import FaceSample, contrast, over_exposure, under_exposure
from bonafide.face.quality.region import face_levels, face_mask, level_at
from bonafide.outcome import Flaw, Subject

Pixels = NDArray[np.uint8]


def levels(pixels: Pixels, gain: float = 1, offset: float = 0) -> Pixels:
    """The same picture with other levels."""
    return np.asarray(np.clip(np.round(pixels * gain + offset), 0, 255), np.uint8)


def test_the_drawn_face_is_well_lit(sample: Callable[..., FaceSample]) -> None:
    for measure in (under_exposure, over_exposure, contrast):
        for subject in Subject:
            assert measure.assess(sample(subject=subject)).flaw is None


def test_less_light_is_worse_and_at_last_a_flaw(
    sample: Callable[..., FaceSample], drawn: Pixels, one_way: Callable[..., bool]
) -> None:
    taken = [under_exposure.assess(sample(crop=levels(drawn, gain))) for gain in (1, 0.5, 0.2, 0.1, 0.02)]
    assert one_way(taken, raws="down")
    assert taken[-1].value == 0
    assert taken[-1].flaw is Flaw.TOO_DARK


def test_a_dark_skin_in_ordinary_light_is_not_too_dark(
    sample: Callable[..., FaceSample], drawn: Pixels
) -> None:
    # Skin reflects between about 1/2 and 1/30 of what white paper does: 0.75 to 0.2 of white's level in sRGB.
    skin = levels(drawn, 0.2 * 255 / 175)
    for subject in Subject:
        for measure in (under_exposure, contrast):
            assert measure.assess(sample(crop=skin, subject=subject)).flaw is None


def test_a_dark_background_and_dark_hair_do_not_count(
    sample: Callable[..., FaceSample], drawn: Pixels
) -> None:
    surrounded = drawn.copy()
    surrounded[face_mask() == 0] = 0
    assert under_exposure.assess(sample(crop=surrounded)).raw == under_exposure.assess(sample()).raw


def test_more_glare_is_worse_and_at_last_a_flaw(
    sample: Callable[..., FaceSample], drawn: Pixels, one_way: Callable[..., bool]
) -> None:
    taken = []
    for radius in (0, 10, 20, 30, 60):
        burnt = drawn.copy()
        cv2.circle(burnt, (56, 70), radius, (255, 255, 255), -1)
        taken.append(over_exposure.assess(sample(crop=burnt)))
    assert one_way(taken, raws="up")
    # The whites of the drawn eyes are nearly so.
    assert taken[0].raw == pytest.approx(0, abs=0.001)
    assert taken[-1].raw == 1
    assert taken[-1].flaw is Flaw.TOO_BRIGHT


def test_burnt_out_starts_where_the_standard_says(sample: Callable[..., FaceSample]) -> None:
    for level, share in ((246, 0), (247, 1)):
        flat = np.full((112, 112, 3), level, np.uint8)
        assert over_exposure.assess(sample(crop=flat)).raw == share


def test_less_contrast_is_worse_and_at_last_a_flaw(
    sample: Callable[..., FaceSample], drawn: Pixels, one_way: Callable[..., bool]
) -> None:
    taken = [
        contrast.assess(sample(crop=levels(drawn, gain, 140 * (1 - gain)))) for gain in (1, 0.5, 0.2, 0.05, 0)
    ]
    assert one_way(taken, raws="down")
    assert (taken[-1].raw, taken[-1].value) == (0, 0)
    assert taken[-1].flaw is Flaw.LOW_CONTRAST


@pytest.mark.parametrize(
    ("measure", "gain"), [(under_exposure, 0.12), (contrast, 0.11)], ids=["under_exposure", "contrast"]
)
def test_a_dim_portrait_on_a_document_may_pass_where_a_selfie_does_not(
    sample: Callable[..., FaceSample], drawn: Pixels, measure: ModuleType, gain: float
) -> None:
    dim = levels(drawn, gain)
    assert measure.assess(sample(crop=dim, subject=Subject.DOCUMENT)).flaw is None
    assert measure.assess(sample(crop=dim, subject=Subject.SELFIE)).flaw is not None


def test_levels_are_shares_of_the_face() -> None:
    crop = np.zeros((112, 112, 3), np.uint8)
    crop[70:] = 200
    shares = face_levels(crop)
    assert shares[255] == 1
    assert shares[0] == shares[199] == pytest.approx(0.5, abs=0.02)
    assert level_at(shares, 0.95) == 200
    assert level_at(shares, 0.05) == 0
