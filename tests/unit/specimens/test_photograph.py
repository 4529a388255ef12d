from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from specimens.attacks import photocopied, rephotographed_from_screen
from specimens.cases import resident_case
from specimens.people import random_resident
from specimens.photograph import Photo, photograph
from specimens.resident import draw_front
from specimens.seeds import DEVELOPMENT, MEASURED
from specimens.shot import random_shot

CARD = draw_front(random_resident(np.random.default_rng(0)), width=900)


def test_one_seed_one_photograph() -> None:
    one, other = resident_case(5), resident_case(5)
    assert one.photo.jpeg == other.photo.jpeg
    assert one.drawn.truth == other.drawn.truth
    assert resident_case(6).photo.jpeg != one.photo.jpeg
    assert rephotographed_from_screen(CARD.pixels, 2).jpeg == rephotographed_from_screen(CARD.pixels, 2).jpeg
    assert photocopied(CARD.pixels, 2).jpeg == photocopied(CARD.pixels, 2).jpeg


@pytest.mark.parametrize("seeds", [range(2), pytest.param(range(2, 6), marks=pytest.mark.long)], ids=str)
@pytest.mark.parametrize("take", [photograph, rephotographed_from_screen, photocopied])
def test_the_corners_lie_in_the_picture_and_go_round(take: Callable[..., Photo], seeds: range) -> None:
    for seed in seeds:
        photo = take(CARD.pixels, seed, "hard")
        width, height = Image.open(io.BytesIO(photo.jpeg)).size
        assert (width, height) == (photo.options.width, photo.options.height)
        assert (photo.corners >= 0).all()
        assert (photo.corners <= np.array([width, height])).all()
        assert _area(photo.corners) > 0.02 * width * height


def test_the_corners_are_the_cards() -> None:
    """A card in one colour, on a ground of another: inside the corners there is nothing else."""
    card = np.full((540, 856, 3), (220, 30, 30), np.uint8)
    shot = replace(
        random_shot(np.random.default_rng(3), "easy"),
        background="plain",
        gradient=0,
        shadow=0,
        glare=0,
        streak=0,
        fingers=0,
    )
    photo = photograph(card, 3, shot=shot)
    seen = np.asarray(Image.open(io.BytesIO(photo.jpeg)).convert("RGB"), np.int16)
    middle = photo.corners.mean(axis=0)
    for corner in photo.corners:
        # The corners are round, so look a little inside and a little outside.
        x, y = (corner + 0.09 * (middle - corner)).astype(int)
        assert seen[y, x, 0] - seen[y, x, 1] > 100
        x, y = (corner - 0.03 * (middle - corner)).astype(int)
        assert seen[y, x, 0] - seen[y, x, 1] < 100


def test_readable_says_what_hides_the_text() -> None:
    shot = replace(
        random_shot(np.random.default_rng(0), "easy"),
        width=2000, height=1500, share=0.9, tilt=0.0, turn=0.0,
        defocus=0.8, motion=0.0, glare=0.0, streak=0.0, fingers=0,
    )  # fmt: skip
    fields = list(CARD.fields.values())
    assert photograph(CARD.pixels, 0, shot=shot, fields=fields).readable
    for worse in (
        replace(shot, share=0.2),
        replace(shot, defocus=9.0),
        replace(shot, motion=40.0),
    ):
        assert not photograph(CARD.pixels, 0, shot=worse, fields=fields).readable
    streaked = [
        photograph(CARD.pixels, seed, shot=replace(shot, streak=1.0), fields=fields) for seed in range(4)
    ]
    assert not all(photo.readable for photo in streaked)


def test_the_measured_seeds_are_apart() -> None:
    assert set(DEVELOPMENT).isdisjoint(MEASURED)


def _area(corners: NDArray[np.float32]) -> float:
    x, y = corners.T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
