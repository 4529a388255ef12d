"""What a card lies on or is held before: procedural, and busy on purpose."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from specimens.drawn import Pixels

Scene = Callable[[np.random.Generator, int, int], Pixels]


def background(name: str, random: np.random.Generator, width: int, height: int) -> Pixels:
    """A named background, uint8 RGB (height, width, 3). Drawn at a third of the size: it is out of focus
    anyway.
    """
    small = BACKGROUNDS[name](random, -(-width // 3), -(-height // 3))
    # Few tables are as colourful as chance makes them.
    grey = cv2.cvtColor(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    colourful = float(random.uniform(0.2, 0.8))
    small = np.asarray(cv2.addWeighted(small, colourful, grey, 1 - colourful, 0), np.uint8)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _wood(random: np.random.Generator, width: int, height: int) -> Pixels:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    bend = 18 * np.sin(x / random.uniform(150, 400) + y / 260)
    grain = np.sin((y + bend) / random.uniform(3, 9)) + 0.6 * np.sin((y + 2 * bend) / 21)
    grain += 0.5 * _cloud(random, width, height, 60)
    base = np.array([random.uniform(90, 190), random.uniform(70, 140), random.uniform(45, 100)], np.float32)
    planks = np.where(y % random.uniform(110, 220) < 2, np.float32(-45), np.float32(0))
    return _clipped(base + (grain * random.uniform(5, 12) + planks)[..., None])


def _page(random: np.random.Generator, width: int, height: int) -> Pixels:
    """A printed page: lines of grey marks the size of words."""
    picture = np.full((height, width, 3), 0, np.uint8)
    picture[:] = random.integers(205, 248, 3)
    step = int(random.integers(11, 24))
    for y in range(step, height, step):
        x = int(random.integers(4, 20))
        while x < width - 20:
            long = int(random.integers(step // 2, 4 * step))
            ink = int(random.integers(20, 110))
            for at in range(x, x + long, max(step // 3, 3)):
                top, bottom = y - int(random.integers(step // 4, step // 2 + 1)), y
                cv2.line(
                    picture, (at, top), (at + int(random.integers(-2, 3)), bottom), (ink, ink, ink + 4), 1
                )
                cv2.line(picture, (at, bottom), (at + step // 4, bottom), (ink, ink, ink + 4), 1)
            x += long + step // 2
    return picture


def _fabric(random: np.random.Generator, width: int, height: int) -> Pixels:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    pitch = random.uniform(3, 8)
    weave = np.sin(x / pitch * 3.1) * np.sin(y / pitch * 3.1)
    check = np.sign(np.sin(x / random.uniform(20, 60))) + np.sign(np.sin(y / random.uniform(20, 60)))
    base = random.uniform(40, 200, 3).astype(np.float32)
    tint = random.uniform(-22, 22, 3).astype(np.float32)
    folds = 20 * _cloud(random, width, height, 140)
    return _clipped(base + check[..., None] * tint + (14 * weave + folds)[..., None])


def _keys(random: np.random.Generator, width: int, height: int) -> Pixels:
    """A grid of keys, as a keyboard or a shop's terminal shows."""
    dark = random.random() < 0.6
    picture = np.full((height, width, 3), 30 if dark else 190, np.uint8)
    pitch = int(random.integers(34, 72))
    for row, top in enumerate(range(-pitch // 2, height, pitch)):
        for left in range(-pitch // 2 - (row * pitch // 4) % pitch, width, pitch):
            shade = int(random.integers(46, 66) if dark else random.integers(222, 244))
            key = (left + 3, top + 3), (left + pitch - 4, top + pitch - 4)
            cv2.rectangle(picture, *key, (shade, shade, shade + 3), -1)
            ink = 210 if dark else 60
            place = (left + pitch // 3, top + pitch // 2)
            letter = chr(int(random.integers(65, 91)))
            cv2.putText(
                picture, letter, place, cv2.FONT_HERSHEY_SIMPLEX, pitch / 90, (ink, ink, ink), 1, cv2.LINE_AA
            )
    return picture


def _things(random: np.random.Generator, width: int, height: int) -> Pixels:
    """Other rectangles: cards, notes, phones and sheets lying about."""
    picture = np.full((height, width, 3), 0, np.uint8)
    picture[:] = random.integers(40, 220, 3)
    for _ in range(int(random.integers(5, 12))):
        size = random.uniform(0.15, 0.6) * width
        place = (float(random.uniform(0, width)), float(random.uniform(0, height)))
        sides = (float(size), float(size * random.uniform(0.4, 0.9)))
        corners = cv2.boxPoints((place, sides, float(random.uniform(0, 90)))).astype(np.int32)
        colour = [int(value) for value in random.integers(20, 250, 3)]
        shadow = np.asarray(corners + 4, np.int32)
        cv2.fillPoly(picture, [shadow], [int(value) // 2 for value in picture[0, 0]], cv2.LINE_AA)
        cv2.fillPoly(picture, [corners], colour, cv2.LINE_AA)
        if random.random() < 0.5:
            cv2.polylines(picture, [corners], True, [255 - value for value in colour], 2, cv2.LINE_AA)
    return picture


def _plain(random: np.random.Generator, width: int, height: int) -> Pixels:
    """A table top that may be nearly the card's own colour."""
    base = random.uniform(60, 245, 3) if random.random() < 0.6 else random.uniform(195, 245, 1).repeat(3)
    return _clipped(base.astype(np.float32) + 9 * _cloud(random, width, height, 90)[..., None])


def _speckle(random: np.random.Generator, width: int, height: int) -> Pixels:
    """Stone, or a terrazzo counter."""
    base = random.uniform(90, 210, 3).astype(np.float32)
    grains = sum(
        _cloud(random, width, height, size) * weight for size, weight in ((3, 16), (9, 14), (40, 10))
    )
    return _clipped(base + np.asarray(grains, np.float32)[..., None])


BACKGROUNDS: dict[str, Scene] = {
    "wood": _wood,
    "page": _page,
    "fabric": _fabric,
    "keys": _keys,
    "things": _things,
    "plain": _plain,
    "speckle": _speckle,
}


def _cloud(random: np.random.Generator, width: int, height: int, size: int) -> NDArray[np.float32]:
    """Smooth noise, about -1..1, of patches some `size` pixels across."""
    coarse = random.standard_normal((height // size + 3, width // size + 3)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _clipped(values: NDArray[np.float32]) -> Pixels:
    return np.asarray(values.clip(0, 255).astype(np.uint8))
