"""The doubts on drawn specimens and on synthetic pixels: both outcomes, not assessable, and no crash."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from bonafide.document.check import Result
from bonafide.document.cn.layout import RESIDENT_FRONT
from bonafide.document.doubts import (
    border_check,
    copy_check,
    edited_check,
    portrait_check,
    rectified,
    screen_check,
)
from bonafide.outcome import Reason
from specimens import resident
from specimens.people import random_resident

Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]

_SIZE = (856, 540)
_PLACES = {
    name: (area.left, area.top, area.right, area.bottom) for name, area in RESIDENT_FRONT.areas.items()
}
_AREA: Box = (56.4, 7.6, 82.4, 39.6)
_FACE: Box = (63.4, 13.0, 75.4, 29.0)
_EYES = 5.8


@cache
def _card(faults: resident.Faults = resident.SOUND, seed: int = 5) -> Pixels:
    """A drawn card as a camera in even light leaves it: 10 pixels to the millimetre, a little noise."""
    drawn = resident.draw_front(random_resident(np.random.default_rng([seed, 0])), width=1240, faults=faults)
    small = cv2.resize(drawn.pixels, _SIZE, interpolation=cv2.INTER_AREA).astype(np.float32) * 0.9
    noise = np.random.default_rng(seed).normal(0, 1.5, small.shape)
    return np.asarray((small + noise).clip(0, 255), np.uint8)


def _lit(card: Pixels, light: tuple[float, float, float]) -> Pixels:
    return np.asarray((card * np.array(light)).clip(0, 255), np.uint8)


def _page(card: Pixels, *, grid: bool = False) -> Pixels:
    """The card at twice the size, seen through a display's stripes if asked."""
    page = cv2.resize(card, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    if grid:
        x = np.arange(page.shape[1])
        for channel in range(3):
            page[..., channel] *= (1 + 0.15 * np.cos(2 * np.pi * (x / 2.8 + channel / 3))).astype(np.float32)
    return np.asarray(page.clip(0, 255), np.uint8)


def _corners(page: Pixels) -> NDArray[np.float32]:
    height, width = page.shape[:2]
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)


def test_rectified_sees_the_card_straight_on() -> None:
    card = _card()
    corners = np.array([[210, 90], [1380, 160], [1330, 905], [170, 800]], np.float32)
    flat = np.array([[0, 0], [85.6, 0], [85.6, 54], [0, 54]], np.float32)
    from_pixels = np.array([[0, 0], [856, 0], [856, 540], [0, 540]], np.float32)
    page = cv2.warpPerspective(card, cv2.getPerspectiveTransform(from_pixels, corners), (1600, 1000))
    to_mm = np.asarray(cv2.getPerspectiveTransform(corners, flat), np.float64)
    seen = rectified(np.asarray(page, np.uint8), to_mm, 85.6, 54.0)
    assert seen.shape == (540, 856, 3)
    assert seen.dtype == np.uint8
    inner = np.s_[20:-20, 20:-20]
    assert np.abs(seen[inner].astype(int) - card[inner]).mean() < 8


def test_rectified_averages_where_it_shrinks() -> None:
    stripes = np.zeros((400, 400, 3), np.uint8)
    stripes[:, ::2] = 200
    seen = rectified(stripes, np.diag([0.025, 0.025, 1.0]), 10.0, 10.0)
    assert seen.shape == (100, 100, 3)
    assert abs(float(seen[10:-10, 10:-10].mean()) - 100) < 5
    assert float(seen[10:-10, 10:-10].std()) < 10


@pytest.mark.parametrize("to_mm", [np.zeros((3, 3)), np.full((3, 3), np.nan), np.eye(2)])
def test_rectified_wants_a_homography(to_mm: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match="homography"):
        rectified(np.zeros((20, 20, 3), np.uint8), to_mm, 10, 10)


def test_a_display_shows() -> None:
    page = _page(_card(), grid=True)
    check = screen_check(page, _corners(page))
    assert (check.name, check.result, check.reason) == (
        "document.screen",
        Result.FAILED,
        Reason.DOCUMENT_SCREEN,
    )
    assert screen_check(page, None).result is Result.FAILED


def test_a_print_is_no_display() -> None:
    page = _page(_card())
    assert screen_check(page, _corners(page)).result is Result.PASSED


def test_a_soft_or_tiny_page_shows_no_display() -> None:
    page = np.asarray(cv2.GaussianBlur(_page(_card()), (0, 0), 4), np.uint8)
    for pixels in (page, page[:100, :100]):
        check = screen_check(pixels, None)
        assert (check.result, check.reason) == (Result.NOT_ASSESSABLE, Reason.DOCUMENT_UNREADABLE)


@pytest.mark.parametrize("light", [(1.0, 1.0, 1.0), (1.0, 0.88, 0.62), (0.4, 0.4, 0.4), (0.75, 0.9, 1.0)])
def test_a_copy_is_grey_in_any_light(light: tuple[float, float, float]) -> None:
    check = copy_check(_lit(_card(resident.Faults(grey=True)), light))
    assert (check.name, check.result, check.reason) == ("document.copy", Result.FAILED, Reason.DOCUMENT_COPY)
    assert copy_check(_lit(_card(), light)).result is Result.PASSED


@pytest.mark.parametrize("level", [0, 255])
def test_a_black_or_white_card_is_no_copy(level: int) -> None:
    assert copy_check(np.full((540, 856, 3), level, np.uint8)).result is Result.NOT_ASSESSABLE


@pytest.mark.parametrize("field", ["name", "birth_date", "number"])
def test_a_patch_is_found_where_it_is(field: str) -> None:
    text = {"name": "王小明", "birth_date": "1985", "number": "110101199003072316"}[field]
    finding = edited_check(_card(resident.Faults(edited=field, edited_to=text), seed=9), _PLACES)
    assert (finding.check.name, finding.check.result) == ("document.edited", Result.FAILED)
    assert finding.check.reason is Reason.DOCUMENT_TEXT_EDITED
    assert finding.fields == (field,)


@pytest.mark.parametrize("seed", range(4))
def test_a_sound_card_is_not_edited(seed: int) -> None:
    finding = edited_check(_card(seed=seed), _PLACES)
    assert (finding.check.result, finding.fields) == (Result.PASSED, ())


def test_a_shadow_is_no_edit() -> None:
    shade = np.linspace(1.0, 0.45, 856)[None, :, None]
    card = np.asarray((_card() * shade).clip(0, 255), np.uint8)
    assert edited_check(card, _PLACES).check.result is Result.PASSED


def test_no_text_is_not_assessable() -> None:
    blurred = np.asarray(cv2.GaussianBlur(_card(), (0, 0), 25), np.uint8)
    for card in (blurred, np.full((540, 856, 3), 200, np.uint8)):
        finding = edited_check(card, _PLACES)
        assert finding.check.result is Result.NOT_ASSESSABLE
        assert finding.check.reason is Reason.DOCUMENT_UNREADABLE
    assert edited_check(_card(), {}).check.result is Result.NOT_ASSESSABLE


def test_a_portrait_in_its_place_passes() -> None:
    check = portrait_check(_card(), _AREA, _FACE, _EYES)
    assert (check.name, check.result, check.reason) == ("document.portrait", Result.PASSED, None)


@pytest.mark.parametrize(
    ("face", "eyes"),
    [
        (None, None),
        ((55.9, 17.0, 67.9, 33.0), _EYES),
        ((63.4, 24.0, 75.4, 40.0), _EYES),
        (_FACE, 2.0),
        (_FACE, 12.0),
        ((50.0, 0.0, 89.0, 47.0), None),
    ],
)
def test_a_portrait_missing_or_elsewhere_is_doubted(face: Box | None, eyes: float | None) -> None:
    check = portrait_check(_card(), _AREA, face, eyes)
    assert (check.result, check.reason) == (Result.FAILED, Reason.DOCUMENT_PORTRAIT_MISPLACED)


def test_a_picture_stuck_over_the_portrait_is_doubted() -> None:
    card = _card().copy()
    card[92:400, 542:792] = 60
    assert portrait_check(card, _AREA, _FACE, _EYES).result is Result.FAILED
    # Its border tells by itself, where no face was looked for.
    assert border_check(card, _AREA).reason is Reason.DOCUMENT_PORTRAIT_MISPLACED
    assert border_check(_card(), _AREA).result is Result.PASSED


def test_an_area_off_the_card_is_not_assessable() -> None:
    check = portrait_check(_card(), (80.0, 7.6, 106.0, 39.6), _FACE, _EYES)
    assert (check.result, check.reason) == (Result.NOT_ASSESSABLE, Reason.DOCUMENT_OUTLINE_UNSURE)
    assert border_check(_card(), (80.0, 7.6, 106.0, 39.6)) == check


_SMALL = arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60), st.just(3)))


@settings(deadline=None, max_examples=60)
@given(_SMALL, st.integers(1, 6))
def test_no_small_picture_crashes(pixels: Pixels, times: int) -> None:
    larger = np.ascontiguousarray(np.kron(pixels, np.ones((times, times, 1), np.uint8)))
    for corners in (None, _corners(larger), np.full((4, 2), np.nan, np.float32)):
        screen_check(larger, corners)
    copy_check(larger)
    edited_check(
        larger, {"all": (0.0, 0.0, 30.0, 30.0), "none": (40.0, 40.0, 50.0, 50.0), "odd": (3, 3, 1, 1)}
    )
    portrait_check(larger, (0.1, 0.1, 0.4, 0.4), (0.0, 0.0, 0.3, 0.3), None)
    portrait_check(larger, (0.5, 0.5, 5.0, 5.0), (1.0, 1.0, 4.0, 4.0), 1.0)
    rectified(larger, np.diag([0.1, 0.1, 1.0]), 3.0, 2.0)


def test_every_limit_says_what_it_rests_on() -> None:
    text = files("bonafide.document.doubts").joinpath("limits.toml").read_text(encoding="utf-8")
    for check in tomllib.loads(text).values():
        for entry in check.values():
            assert set(entry) == {"value", "basis"}
            assert len(entry["basis"]) > 20
