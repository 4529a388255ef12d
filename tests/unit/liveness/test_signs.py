"""Signs of another medium, on the sample portraits seen through one: which way each goes, and what none
shows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.unit.liveness.media import BOXES, HEIGHT, WIDTH, Pixels, Studio, compressed

from bonafide.face import Face
from bonafide.liveness.observation import PictureSigns
from bonafide.liveness.signs import signs

Shown = Callable[[Studio], Pixels]


@pytest.fixture(scope="module")
def studios(sample_pictures: Path) -> list[Studio]:
    return [Studio(sample_pictures, name, seed) for seed, name in enumerate(BOXES)]


@pytest.fixture(scope="module")
def plain(studios: list[Studio]) -> list[PictureSigns]:
    return [signs(studio.plain(), studio.found) for studio in studios]


def shown(studios: list[Studio], how: Shown) -> list[PictureSigns]:
    return [signs(how(studio), studio.found) for studio in studios]


def test_a_screen_s_pixels_make_moire(studios: list[Studio], plain: list[PictureSigns]) -> None:
    seen = shown(studios, lambda studio: studio.screen(pitch=0.8 + 0.3 * studio.seed))
    assert min(each.moire for each in seen) > max(each.moire for each in plain) + 2


def test_a_print_s_dots_make_pairs_of_peaks(studios: list[Studio], plain: list[PictureSigns]) -> None:
    seen = shown(studios, lambda studio: studio.dots(pitch=3 + studio.seed / 2))
    assert min(each.halftone for each in seen) > max(each.halftone for each in plain) + 3


def test_a_rim_makes_a_border(studios: list[Studio], plain: list[PictureSigns]) -> None:
    seen = shown(studios, lambda studio: studio.framed(shade=10 if studio.seed % 2 else 245))
    assert min(each.border for each in seen) > max(0.5, np.median([each.border for each in plain]))


def test_an_older_compression_shows(studios: list[Studio], plain: list[PictureSigns]) -> None:
    seen = shown(studios, lambda studio: studio.recorded(quality=40 + 5 * studio.seed))
    assert min(each.blocking for each in seen) > max(each.blocking for each in plain) + 1


def test_the_frame_s_own_compression_does_not(studios: list[Studio], plain: list[PictureSigns]) -> None:
    # Two passes on the same grid are what a camera that sends JPEG and a browser do.
    seen = shown(studios, lambda studio: compressed(studio.plain(), 40))
    assert max(each.blocking for each in seen) < 3
    assert max(each.moire for each in seen) < max(each.moire for each in plain) + 1


def test_a_soft_focus_hides_the_pixels(studios: list[Studio], plain: list[PictureSigns]) -> None:
    """No claim, but a limit: what the lens blurs away no spectrum finds."""
    blurred = shown(studios[:2], lambda studio: soft(studio.screen(pitch=0.8, depth=0.1)))
    assert np.median([each.moire for each in blurred]) < max(each.moire for each in plain) + 1


def soft(pixels: Pixels) -> Pixels:
    noise = np.random.default_rng(5).normal(0, 2, pixels.shape)
    return np.clip(cv2.GaussianBlur(pixels, (0, 0), 2.5) + noise, 0, 255).astype(np.uint8)


def test_a_scaled_recording_hides_its_blocks(studios: list[Studio]) -> None:
    """The same of recordings: scaled by a tenth, the older blocks are not every eight pixels."""

    def scaled(studio: Studio) -> Pixels:
        larger = cv2.resize(studio.recorded(quality=40), None, fx=1.1, fy=1.1)
        return compressed(np.asarray(larger[:HEIGHT, :WIDTH], np.uint8), 85)

    assert max(each.blocking for each in shown(studios[:2], scaled)) < 3


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_even_frame_has_no_sign(grey: int, studios: list[Studio]) -> None:
    found = signs(np.full((HEIGHT, WIDTH, 3), grey, np.uint8), studios[0].found)
    assert (found.moire, found.halftone, found.border, found.blocking) == pytest.approx(
        (0, 0, 0, 0), abs=1e-3
    )


@pytest.mark.parametrize(
    ("box", "size"),
    [
        ((-100.0, -50.0, 300.0, 400.0), (640, 480)),
        ((400.0, 600.0, 300.0, 300.0), (640, 480)),
        ((10.0, 10.0, 8.0, 8.0), (32, 40)),
        ((0.0, 0.0, 1.0, 1.0), (9, 9)),
        ((0.0, 0.0, 3000.0, 3000.0), (1280, 720)),
    ],
)
def test_faces_over_the_edge_and_small_frames_have_numbers(
    box: tuple[float, float, float, float], size: tuple[int, int]
) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (*size, 3), dtype=np.uint8)
    found = signs(pixels, Face(box, np.zeros((5, 2), np.float32), 0.9))
    assert all(np.isfinite(getattr(found, field.name)) for field in fields(found))


def test_a_frame_takes_a_few_milliseconds(studios: list[Studio]) -> None:
    pixels, face = studios[0].plain(), studios[0].found
    least = min(timed(pixels, face) for _ in range(10))
    assert least < 0.02  # measured: 0.005


def timed(pixels: Pixels, face: Face) -> float:
    start = time.process_time()
    signs(pixels, face)
    return time.process_time() - start
