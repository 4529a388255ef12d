"""OCR-B, the machine-readable typeface (ISO 1073-2), drawn from its outlines in ocr_b.toml."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

_TOKEN = re.compile(r"[MLHVCZ]|-?\d+")
_OPERANDS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Z": 0}
_STEPS = 8  # of a Bezier curve; a character is some 40 pixels high
_OVER = 4  # drawn at this multiple and reduced, for soft edges
CAP_HEIGHT = 0.70  # of an em


def ocr_b(text: str, pitch: float, ink: tuple[int, int, int], em: float | None = None) -> Image.Image:
    """Text as an RGBA picture, one character each `pitch` pixels, the base line 0.9 em below its top.

    The em defaults to what the pitch gives, as machine-readable zones have it; the picture is 1.1 em high.
    """
    advance, outlines = _outlines()
    em = pitch / advance if em is None else em
    width, height = round(len(text) * pitch) + 1, round(1.1 * em)
    mask = Image.new("L", (width * _OVER, height * _OVER))
    draw = ImageDraw.Draw(mask)
    for place, character in enumerate(text):
        start = place * pitch + (pitch - advance * em) / 2
        for contour, hole in outlines[character]:
            points = (contour * (em, -em) + (start, 0.9 * em)) * _OVER
            draw.polygon([(float(x), float(y)) for x, y in points], fill=0 if hole else 255)
    alpha = mask.resize((width, height), Image.Resampling.BOX)
    picture = Image.new("RGBA", (width, height), (*ink, 0))
    picture.putalpha(alpha)
    return picture


@cache
def _outlines() -> tuple[float, dict[str, list[tuple[NDArray[np.float64], bool]]]]:
    """The advance in ems, and per character its contours, each with whether it is a hole; holes come last."""
    table = tomllib.loads((Path(__file__).parent / "ocr_b.toml").read_text("utf-8"))
    glyphs = {}
    for character, path in table["outlines"].items():
        contours = _flattened(path)
        # The outlines turn clockwise (y upwards) around holes and the other way around ink.
        signed = [(contour, _area(contour) < 0) for contour in contours]
        glyphs[character] = sorted(signed, key=lambda item: item[1])
    return table["advance"] / 1000, glyphs


def _flattened(path: str) -> list[NDArray[np.float64]]:
    tokens = _TOKEN.findall(path)
    contours: list[NDArray[np.float64]] = []
    points: list[tuple[float, float]] = []
    command, at = "", 0
    while at < len(tokens):
        if tokens[at] in _OPERANDS:
            command, at = tokens[at], at + 1
        values = [float(token) / 1000 for token in tokens[at : at + _OPERANDS[command]]]
        at += len(values)
        if command == "Z":
            contours.append(np.array(points))
            points = []
        elif command == "C":
            points += _curve(points[-1], values)
        elif command == "H":
            points.append((values[0], points[-1][1]))
        elif command == "V":
            points.append((points[-1][0], values[0]))
        else:
            points.append((values[0], values[1]))
    return contours


def _curve(start: tuple[float, float], rest: list[float]) -> list[tuple[float, float]]:
    ends = np.array([*start, *rest]).reshape(4, 2)
    t = (np.arange(1, _STEPS + 1) / _STEPS)[:, None]
    weights = np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])
    return [(float(x), float(y)) for x, y in weights @ ends]


def _area(contour: NDArray[np.float64]) -> float:
    x, y = contour.T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
