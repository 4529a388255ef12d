"""Drawn pictures to measure with, for whoever has none at hand: nobody's face, detected like one, and a
passport of the state that ICAO invented for specimens.

What a verification costs depends on the pictures' sizes, on where the face is and on how much detail the JPEG
carries. So the drawings have the sizes of the benchmark's case, a portrait that needs the closer look as most
do, and grain that makes decoding cost what a photo's does (measured: within 10 %).
"""

from __future__ import annotations

import cv2
import numpy as np
import simplejpeg  # type: ignore[import-untyped]  # its stubs are not marked as such
from numpy.typing import NDArray

Colour = tuple[int, int, int]

_QUALITY = 88
# The same drawing in every run, so that two runs decode the same bytes.
_SEED = 20261124
# Standard deviation of the grain, in levels, by the size of its specks in pixels: sensor noise, cloth and
# paper, shadows.
_GRAIN = {1: 3.0, 2: 3.0, 8: 6.0, 64: 12.0}
# OpenCV draws in whole numbers with this many binary places.
_PLACES = 4

_INK: Colour = (60, 60, 70)
_JACKET: Colour = (70, 80, 110)

# A face in the coordinates of the alignment template (112 x 112): centre, half axes, colour.
_FACE: tuple[tuple[tuple[int, int], tuple[int, int], Colour], ...] = (
    ((56, 50), (47, 56), (50, 40, 35)),  # hair
    ((56, 62), (42, 54), (205, 170, 150)),
    *(
        feature
        for eye in (38, 74)
        for feature in (
            ((eye, 42), (10, 2), (60, 45, 40)),
            ((eye, 52), (8, 4), (235, 230, 228)),
            ((eye, 52), (4, 4), (45, 35, 30)),
        )
    ),
    ((56, 68), (6, 8), (218, 184, 164)),
    ((56, 76), (7, 2), (140, 90, 80)),
    ((56, 92), (15, 4), (170, 80, 80)),
)
_FACE_WIDTH = 84

# Utopia's passport of ICAO 9303-4, appendix A; 12.8 pixels to the millimetre.
_PRINT = ("PASSPORT  UTOPIA  SPECIMEN", "ERIKSSON", "ANNA MARIA", "12 AUG 1974", "15 APR 2012")
_ZONE = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
_PITCH, _ZONE_SIZE = 32.5, 1.3


def draw_document() -> bytes:
    """A card of 1600 x 1000 pixels with a portrait and some lines of print, as JPEG."""
    pixels = np.full((1000, 1600, 3), (198, 208, 214), np.uint8)
    cv2.rectangle(pixels, (1040, 220), (1440, 740), (232, 232, 236), cv2.FILLED)
    _draw_person(pixels, (1240, 450), width=230)
    for row in range(200, 800, 70):
        cv2.putText(
            pixels, "SPECIMEN SPECIMEN", (110, row), cv2.FONT_HERSHEY_SIMPLEX, 1.4, _INK, 3, cv2.LINE_AA
        )
    return _photographed(pixels)


def draw_selfie() -> bytes:
    """A person in a picture of 960 x 1280 pixels, as JPEG."""
    pixels = np.full((1280, 960, 3), (150, 160, 160), np.uint8)
    _draw_person(pixels, (480, 560), width=430)
    return _photographed(pixels)


def draw_passport() -> bytes:
    """A passport's page of 1600 x 1126 pixels with a portrait, names and a zone, as JPEG."""
    pixels = np.full((1126, 1600, 3), (214, 216, 206), np.uint8)
    cv2.rectangle(pixels, (64, 180), (486, 717), (232, 232, 236), cv2.FILLED)
    _draw_person(pixels, (275, 420), width=230)
    for row, text in enumerate(_PRINT):
        _write(pixels, text, (560, 240 + 90 * row), 1.4)
    for row, line in enumerate(_ZONE):
        # Characters of a zone stand ten to the inch, whatever their own widths are.
        for place, character in enumerate(line):
            (width, _), _ = cv2.getTextSize(character, cv2.FONT_HERSHEY_SIMPLEX, _ZONE_SIZE, 3)
            middle = 64 + _PITCH * (place + 0.5)
            _write(pixels, character, (round(middle - width / 2), 970 + 81 * row), _ZONE_SIZE)
    return _photographed(pixels)


def _write(pixels: NDArray[np.uint8], text: str, start: tuple[int, int], size: float) -> None:
    cv2.putText(pixels, text, start, cv2.FONT_HERSHEY_SIMPLEX, size, _INK, 3, cv2.LINE_AA)


def _draw_person(pixels: NDArray[np.uint8], centre: tuple[int, int], width: int) -> None:
    """Draw head and shoulders; `width` is the face's, in pixels."""
    scale = width / _FACE_WIDTH
    x, y = centre
    shoulders = (x, y + round(1.6 * width))
    cv2.ellipse(pixels, shoulders, (round(0.9 * width), round(0.7 * width)), 0, 180, 360, _JACKET, cv2.FILLED)
    for (u, v), half_axes, colour in _FACE:
        cv2.ellipse(
            pixels,
            _fine(x + (u - 56) * scale, y + (v - 60) * scale),
            _fine(half_axes[0] * scale, half_axes[1] * scale),
            *(0, 0, 360),
            colour,
            cv2.FILLED,
            cv2.LINE_AA,
            _PLACES,
        )


def _fine(first: float, second: float) -> tuple[int, int]:
    return round(first * 2**_PLACES), round(second * 2**_PLACES)


def _photographed(pixels: NDArray[np.uint8]) -> bytes:
    """Lens blur, grain, JPEG with halved chroma: what makes a drawing cost as much as a photo."""
    height, width = pixels.shape[:2]
    random = np.random.default_rng(_SEED)
    grain = np.zeros((height, width), np.float32)
    for size, deviation in _GRAIN.items():
        shape = (-(-height // size), -(-width // size))
        specks = random.standard_normal(shape, np.float32) * deviation
        grain += cv2.resize(specks, (width, height), interpolation=cv2.INTER_CUBIC)
    blurred = cv2.GaussianBlur(pixels, (0, 0), 2).astype(np.float32)
    taken = np.clip(blurred + grain[..., None], 0, 255).astype(np.uint8)
    return bytes(simplejpeg.encode_jpeg(taken, _QUALITY, "RGB", "420"))
