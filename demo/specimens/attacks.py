"""What is held before the camera instead of a card: a screen that shows it, or a black-and-white copy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np

from specimens.drawn import Box, Pixels
from specimens.photograph import ID1_MM, RESIDENT_TEXT_MM, Photo, take
from specimens.portraits import fitted
from specimens.shot import random_shot

_SHINE = 1.9
_SUBPIXELS = 3  # points of the simulated display per pixel, each way: one per colour across


def rephotographed_from_screen(
    card: Pixels,
    seed: int,
    difficulty: str = "mixed",
    *,
    width_mm: float = ID1_MM,
    text_mm: float = RESIDENT_TEXT_MM,
    fields: Iterable[Box] = (),
) -> Photo:
    """A photograph of a display that shows the card, in a browser, a picture viewer or filling the screen.

    The card takes 560 to 1100 of the display's pixels across: some 0.1 to 0.25 mm of pitch as it is held. The
    camera's own grid against the display's gives the moire.
    """
    random = np.random.default_rng([seed, 2])
    shot = random_shot(random, difficulty)
    # Whoever does this frames the card, fills the picture, and keeps other lamps off the screen.
    shot = replace(shot, share=float(random.uniform(0.62, 0.95)), fingers=0, shadow=0.0)
    shown = int(random.integers(560, 1100))
    rows, columns = card.shape[:2]
    tall = round(shown * rows / columns)
    page, place = _window(fitted(card, shown, tall), random)
    display = _display(page, random)
    inner = Box(*(value * _SUBPIXELS for value in (place.left, place.top, place.width, place.height)))
    moved = [_moved(box, inner, inner.width / columns) for box in fields]
    return take(
        display, inner, None, random, shot, width_mm=width_mm, text_mm=text_mm, fields=moved, gain=_SHINE
    )


def photocopied(
    card: Pixels,
    seed: int,
    difficulty: str = "mixed",
    *,
    width_mm: float = ID1_MM,
    text_mm: float = RESIDENT_TEXT_MM,
    fields: Iterable[Box] = (),
) -> Photo:
    """A photograph of a black-and-white copy on paper."""
    random = np.random.default_rng([seed, 3])
    shot = random_shot(random, difficulty)
    sheet, place = copy_of(card, random)
    moved = [_moved(box, place, 1.0) for box in fields]
    return take(sheet, place, None, random, shot, width_mm=width_mm, text_mm=text_mm, fields=moved)


def copy_of(card: Pixels, random: np.random.Generator) -> tuple[Pixels, Box]:
    """The sheet with the copy, uint8 RGB, and where on it the card is: grey, hard, toner in dots."""
    grey = cv2.cvtColor(card, cv2.COLOR_RGB2GRAY).astype(np.float32)
    height, width = grey.shape
    hard = 255 / (1 + np.exp(-(grey - random.uniform(110, 150)) / random.uniform(22, 45)))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    pitch = width / random.uniform(330, 620)  # 100 to 180 lines an inch on an ID-1 card
    turn = np.float32(np.pi / 4 / pitch * np.sqrt(2))
    dots = np.cos((x + y) * turn) * np.cos((x - y) * turn) * 100
    toner = np.asarray(cv2.GaussianBlur((hard + dots > 128).astype(np.float32), (0, 0), pitch / 3.4))
    copied = 34 + 212 * (0.75 * toner + 0.25 * hard / 255)
    copied += (
        random.normal(0, 4, (height // 4 + 1, width // 4 + 1))
        .astype(np.float32)
        .repeat(4, 0)
        .repeat(4, 1)[:height, :width]
    )
    margin = round(width * random.uniform(0.15, 0.5))
    sheet = np.full((height + 2 * margin, width + 2 * margin), 246, np.float32)
    sheet[margin : margin + height, margin : margin + width] = copied
    # The gap around the card on the glass leaves a faint line.
    cv2.rectangle(sheet, (margin - 2, margin - 2), (margin + width + 1, margin + height + 1), 190, 3)
    for _ in range(int(random.integers(20, 90))):
        spot = (int(random.integers(sheet.shape[1])), int(random.integers(sheet.shape[0])))
        cv2.circle(sheet, spot, int(random.integers(1, 4)), 90, -1)
    paper = np.repeat(sheet.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
    return paper, Box(margin, margin, width, height)


def _window(picture: Pixels, random: np.random.Generator) -> tuple[Pixels, Box]:
    """The card among what else the screen shows, and where it is."""
    rows, columns = picture.shape[:2]
    left, right, below = (int(value) for value in random.integers(20, 160, 3))
    above = int(random.integers(60, 140))
    page = np.full((rows + above + below, columns + left + right, 3), 0, np.uint8)
    kind = random.random()
    page[:] = int(random.integers(236, 256)) if kind < 0.5 else int(random.integers(8, 40))
    page[above : above + rows, left : left + columns] = picture
    if kind < 0.5:  # a browser's bar, with its buttons and address
        page[:44] = 214
        for place, ink in enumerate(((236, 96, 88), (244, 190, 80), (98, 196, 84))):
            cv2.circle(page, (18 + 20 * place, 22), 6, ink, -1, cv2.LINE_AA)
        cv2.rectangle(page, (90, 9), (page.shape[1] - 30, 35), (250, 250, 250), -1)
        ink = (120, 120, 124)
        cv2.putText(page, "picture.jpg", (102, 27), cv2.FONT_HERSHEY_SIMPLEX, 0.45, ink, 1, cv2.LINE_AA)
    if random.random() < 0.4:  # the bezel, where the window fills the screen
        bezel = int(random.integers(16, 40))
        page = np.asarray(cv2.copyMakeBorder(page, *(bezel,) * 4, cv2.BORDER_CONSTANT, value=(14, 14, 16)))
        left, above = left + bezel, above + bezel
    return page, Box(left, above, columns, rows)


def _display(page: Pixels, random: np.random.Generator) -> Pixels:
    """Each pixel as a red, a green and a blue stripe with dark gaps, a little bluer and deeper than paper."""
    gamma = random.uniform(1.0, 1.25)
    levels = (255 * (np.arange(256) / 255) ** gamma + 9).clip(0, 255)
    lit = levels[page].astype(np.float32) * np.array([0.93, 0.98, 1.06], np.float32)
    stripes = np.repeat(np.repeat(lit, _SUBPIXELS, axis=0), _SUBPIXELS, axis=1)
    leak = random.uniform(0.25, 0.5)  # of a stripe's light beside it, so that the mean stays white
    for channel in range(3):
        share = np.full(_SUBPIXELS, leak, np.float32)
        share[channel] = 3 - 2 * leak
        stripes[..., channel] *= np.tile(share, page.shape[1])
    rows = np.tile(np.array([1.12, 1.12, random.uniform(0.4, 0.75)], np.float32), page.shape[0])
    stripes *= rows[:, None, None]
    # Lit stripes are brighter than what a byte holds; `take` makes up for it once they have run together.
    return np.asarray((stripes / 2).clip(0, 255).astype(np.uint8))


def _moved(box: Box, inner: Box, scale: float) -> Box:
    left, top = inner.left + round(box.left * scale), inner.top + round(box.top * scale)
    return Box(left, top, round(box.width * scale), round(box.height * scale))
