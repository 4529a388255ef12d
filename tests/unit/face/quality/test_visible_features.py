"""Eyes and mouth: covered or to be seen."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bonafide.face.quality import FaceSample, Unassessed, eyes_visible, mouth_visible
from bonafide.outcome import Flaw, Subject

Pixels = NDArray[np.uint8]
MEASURES = pytest.mark.parametrize("measure", [eyes_visible, mouth_visible], ids=lambda module: module.NAME)


def glasses(drawn: Pixels) -> Pixels:
    """The face with dark glasses."""
    crop = drawn.copy()
    for x in (38, 74):
        cv2.ellipse(crop, (x, 52), (16, 12), 0, 0, 360, (20, 20, 24), -1)
    return crop


def mask(drawn: Pixels) -> Pixels:
    """The face with a mask over mouth and nose."""
    crop = drawn.copy()
    outline = np.array([(14, 66), (56, 60), (98, 66), (92, 104), (56, 124), (20, 104)])
    cv2.fillPoly(crop, [outline], (190, 205, 215))
    return crop


@MEASURES
@pytest.mark.parametrize("subject", Subject)
def test_a_bare_face_hides_nothing(
    measure: ModuleType, sample: Callable[..., FaceSample], subject: Subject
) -> None:
    taken = measure.assess(sample(subject=subject))
    assert taken.raw > 1
    assert taken.flaw is None


@pytest.mark.parametrize("subject", Subject)
def test_dark_glasses_cover_the_eyes_only(
    sample: Callable[..., FaceSample], drawn: Pixels, subject: Subject
) -> None:
    worn = sample(crop=glasses(drawn), subject=subject)
    assert eyes_visible.assess(worn).flaw is Flaw.COVERED
    assert mouth_visible.assess(worn).flaw is None


@pytest.mark.parametrize("subject", Subject)
def test_a_mask_covers_the_mouth_only(
    sample: Callable[..., FaceSample], drawn: Pixels, subject: Subject
) -> None:
    worn = sample(crop=mask(drawn), subject=subject)
    assert mouth_visible.assess(worn).flaw is Flaw.COVERED
    assert eyes_visible.assess(worn).flaw is None


@pytest.mark.parametrize("left", [24, 60])
def test_the_poorer_eye_counts(sample: Callable[..., FaceSample], drawn: Pixels, left: int) -> None:
    patched = drawn.copy()
    patched[40:64, left : left + 28] = (150, 120, 105)
    assert eyes_visible.assess(sample(crop=patched)).flaw is Flaw.COVERED


@MEASURES
def test_the_more_shows_through_the_better(
    measure: ModuleType, sample: Callable[..., FaceSample], drawn: Pixels
) -> None:
    covered = glasses(drawn) if measure is eyes_visible else mask(drawn)
    values = [
        measure.assess(
            sample(crop=np.asarray(cv2.addWeighted(covered, cover, drawn, 1 - cover, 0), np.uint8))
        ).value
        for cover in (0, 0.4, 0.7, 0.9, 1)
    ]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[-1]


@MEASURES
def test_contrast_does_not_matter(
    measure: ModuleType, sample: Callable[..., FaceSample], drawn: Pixels
) -> None:
    faint = np.asarray(90 + drawn * 0.4, np.uint8)
    expected = measure.assess(sample()).raw
    assert measure.assess(sample(crop=faint)).raw == pytest.approx(expected, rel=0.1)


@MEASURES
def test_a_flat_crop_is_not_assessed(measure: ModuleType, sample: Callable[..., FaceSample]) -> None:
    taken = measure.assess(sample(crop=np.full((112, 112, 3), 200, np.uint8)))
    assert (taken.raw, taken.value, taken.flaw) == (None, None, None)
    assert taken.unassessed is Unassessed.TOO_FLAT
