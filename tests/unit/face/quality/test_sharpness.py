from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bonafide.face.quality import FaceSample, Unassessed, sharpness
from bonafide.face.quality.mapping import mapping
from bonafide.outcome import Flaw, Subject

Pixels = NDArray[np.uint8]


def raw(sample: FaceSample) -> float:
    """The raw value, which must be there."""
    taken = sharpness.assess(sample)
    assert taken.raw is not None
    return taken.raw


def test_more_blur_is_worse_and_at_last_a_flaw(
    sample: Callable[..., FaceSample], drawn: Pixels, one_way: Callable[..., bool]
) -> None:
    crops = [drawn, *(cv2.GaussianBlur(drawn, (0, 0), sigma) for sigma in (1, 2, 3, 4))]
    taken = [sharpness.assess(sample(crop=crop)) for crop in crops]
    assert one_way(taken, raws="down")
    assert taken[0].flaw is None
    assert taken[-1].flaw is Flaw.BLURRED


@pytest.mark.parametrize("angle", [0, 45, 90, 135])
def test_movement_in_any_direction_is_seen(
    sample: Callable[..., FaceSample], drawn: Pixels, angle: int
) -> None:
    line = np.zeros((25, 25), np.float32)
    line[12] = 1
    turn = cv2.getRotationMatrix2D((12, 12), angle, 1)
    kernel = cv2.warpAffine(line, turn, (25, 25))
    shaken = np.asarray(cv2.filter2D(drawn, -1, kernel / kernel.sum()), np.uint8)
    assert raw(sample(crop=shaken)) < 0.5 * raw(sample())
    assert sharpness.assess(sample(crop=shaken)).flaw is Flaw.BLURRED


def test_dim_light_is_not_blur(sample: Callable[..., FaceSample], drawn: Pixels) -> None:
    dim = np.asarray(drawn * 0.4, np.uint8)
    assert raw(sample(crop=dim)) == pytest.approx(raw(sample()), rel=0.1)


def test_a_soft_portrait_on_a_document_may_pass_where_a_selfie_does_not(
    sample: Callable[..., FaceSample], drawn: Pixels
) -> None:
    least = mapping(sharpness.NAME).least
    soft = next(
        crop
        for crop in (cv2.GaussianBlur(drawn, (0, 0), sigma / 4) for sigma in range(1, 80))
        if raw(sample(crop=crop)) < least[Subject.SELFIE]
    )
    assert sharpness.assess(sample(crop=soft)).flaw is Flaw.BLURRED
    assert sharpness.assess(sample(crop=soft, subject=Subject.DOCUMENT)).flaw is None


def test_a_flat_crop_is_not_assessed(sample: Callable[..., FaceSample]) -> None:
    taken = sharpness.assess(sample(crop=np.full((112, 112, 3), 90, np.uint8)))
    assert (taken.raw, taken.value, taken.flaw) == (None, None, None)
    assert taken.unassessed is Unassessed.TOO_FLAT
