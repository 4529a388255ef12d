"""What a passive model is shown, and what is made of its answer; and the cue of it."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.unit.liveness.looked import frame

from bonafide.capture.challenge import Mode, draw_challenge
from bonafide.errors import UnreadableData
from bonafide.face import Face
from bonafide.liveness.finding import CannotTell, Cue, Measured, Unmeasured
from bonafide.liveness.model import measure
from bonafide.liveness.observation import Observation
from bonafide.liveness.passive import NamedValue, PassiveModel, crop_around
from bonafide.models import InputContract, ModelEntry, PassiveContract, Precision, Role

ENTRY = ModelEntry(
    name="passive",
    role=Role.PASSIVE,
    profile=None,
    precision=Precision.FP32,
    licence="MIT",
    commercial_use=True,
    remarks="",
    source=None,
    recipe="as-is",
    recipe_version=1,
    built_sha256="0" * 64,
    input=InputContract(8, "bgr", 100.0, 0.5, None, None),
    calibration=None,
    passive=PassiveContract(crop_scale=2.0, classes=3, live_class=1, softmax=True),
)
NOBODY = np.zeros((5, 2), np.float32)


class Answers:
    """A session that gives these numbers and keeps what it was shown."""

    name = "input"

    def __init__(self, *values: float) -> None:
        self.values = np.array([values], np.float32)
        self.shown: NDArray[np.float32] = np.zeros(0, np.float32)

    def get_inputs(self) -> list[NamedValue]:
        return [self]

    def run(
        self, output_names: None, input_feed: dict[str, NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        assert output_names is None
        self.shown = input_feed["input"]
        return [self.values]


def face(x: float, y: float, width: float, height: float) -> Face:
    return Face((x, y, width, height), NOBODY, 0.9)


GREY = np.full((40, 40, 3), 128, np.uint8)


def said(*values: float, passive: PassiveContract | None = ENTRY.passive) -> float:
    return PassiveModel(replace(ENTRY, passive=passive), Answers(*values)).live(GREY, face(10, 10, 20, 20))


def test_the_live_class_is_meant() -> None:
    assert said(0, math.log(8), 0) == pytest.approx(0.8)
    assert said(1000, 0, -1000) == 0
    assert said(-1000, 1000, 0) == 1
    assert ENTRY.passive is not None
    plain = replace(ENTRY.passive, softmax=False, live_class=2)
    assert said(0.1, 0.2, 0.7, passive=plain) == pytest.approx(0.7)


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("values", [(math.nan, 0, 0), (math.inf, 0, 0), (0, math.inf, 0)])
def test_what_is_no_number_is_not_alive(values: tuple[float, ...]) -> None:
    assert said(*values) == 0


def test_probabilities_stay_in_range() -> None:
    assert ENTRY.passive is not None
    plain = replace(ENTRY.passive, softmax=False)
    assert said(0, 1.5, 0, passive=plain) == 1
    assert said(0, -0.5, 0, passive=plain) == 0


def test_colour_order_mean_and_scale_are_the_entry_s() -> None:
    session = Answers(0, 0, 0)
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[:] = (110, 120, 130)
    PassiveModel(ENTRY, session).live(pixels, face(10, 10, 20, 20))
    assert list(session.shown.shape) == [1, 3, 8, 8]
    assert session.shown[0, :, 4, 4] == pytest.approx([15, 10, 5])


def test_a_recogniser_is_none() -> None:
    with pytest.raises(UnreadableData, match="no passive liveness model"):
        PassiveModel(replace(ENTRY, passive=None), Answers(0, 0, 0))


Pixels = NDArray[np.uint8]


def published(pixels: Pixels, box: tuple[float, float, float, float], scale: float, size: int) -> Pixels:
    """The crop by Silent-Face-Anti-Spoofing's description: its steps one by one."""
    height, width = pixels.shape[:2]
    x, y, across, down = box
    middle = (x + across / 2, y + down / 2)
    scale = min((height - 1) / down, (width - 1) / across, scale)
    across, down = across * scale, down * scale
    left, top = middle[0] - across / 2, middle[1] - down / 2
    right, bottom = middle[0] + across / 2, middle[1] + down / 2
    if left < 0:
        left, right = 0, right - left
    if top < 0:
        top, bottom = 0, bottom - top
    if right > width - 1:
        left, right = left - (right - width + 1), width - 1
    if bottom > height - 1:
        top, bottom = top - (bottom - height + 1), height - 1
    part = pixels[int(top) : int(bottom) + 1, int(left) : int(right) + 1]
    return np.asarray(cv2.resize(part, (size, size)), np.uint8)


@pytest.mark.parametrize(
    "box",
    [
        (100, 80, 40, 60),
        (0, 0, 40, 60),
        (280, 180, 40, 60),
        (-20, 100, 50, 60),
        (100, 80, 150, 200),
        (10, 20, 300, 10),
    ],
)
@pytest.mark.parametrize("scale", [1, 2.7, 4])
def test_the_crop_is_the_published_one(box: tuple[int, int, int, int], scale: float) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    ours = crop_around(pixels, face(*box), scale, 80)
    np.testing.assert_array_equal(ours, published(pixels, box, scale, 80))


@pytest.mark.parametrize("box", [(0, 0, 0, 0), (500, 500, 10, 10), (-50, -50, 10, 10), (0, 0, 1e4, 1e4)])
def test_any_box_has_a_crop(box: tuple[float, float, float, float]) -> None:
    assert crop_around(GREY, face(*box), 2.7, 80).shape == (80, 80, 3)


def session(*probabilities: float | None) -> Observation:
    frames = tuple(replace(frame(0, float(index)), passive=each) for index, each in enumerate(probabilities))
    return Observation(draw_challenge(Mode.LIGHT, random.Random(1)), (), frames)  # noqa: S311 - no secret


def test_the_cue_is_the_log_odds_of_the_median() -> None:
    cases: list[tuple[tuple[float | None, ...], float]] = [
        ((0.5, None, 0.5), 1),
        ((0.9, 0.9, 0.001), 9),
        ((0.1,), 1 / 9),
    ]
    for probabilities, odds in cases:
        measured = measure(session(*probabilities))
        assert isinstance(measured, Measured)
        assert measured.cue is Cue.MODEL
        assert measured.value == pytest.approx(math.log(odds))


def test_the_surest_models_have_finite_odds() -> None:
    sure, none = measure(session(1.0)), measure(session(0.0))
    assert isinstance(sure, Measured)
    assert isinstance(none, Measured)
    assert sure.value == pytest.approx(-none.value)
    assert 13 < sure.value < 14
    assert measure(session(math.nan)) == none


def test_without_a_model_it_cannot_tell() -> None:
    assert measure(session(None, None)) == Unmeasured(Cue.MODEL, CannotTell.NO_MODEL)
