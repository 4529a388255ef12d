"""Boxes of text and faces for the tests, placed by hand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bonafide.document.ocr import Character, Line, TextBox
from bonafide.face import Face

Points = NDArray[np.float32]


def box(x: float, y: float, width: float, height: float, degrees: float = 0) -> TextBox:
    """A box by its middle, turned clockwise."""
    half = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    return TextBox((half @ turn(degrees).T + [x, y]).astype(np.float32), 0.9)


def turn(degrees: float) -> NDArray[np.float64]:
    """The matrix that turns clockwise in a picture."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cos, -sin], [sin, cos]])


def face(x: float, y: float, eyes: float = 60, degrees: float = 0) -> Face:
    """A face by the middle between its eyes, its head turned clockwise."""
    upright = np.array([[-0.5, 0], [0.5, 0], [0, 0.6], [-0.4, 1.1], [0.4, 1.1]]) * eyes
    landmarks = (upright @ turn(degrees).T + [x, y]).astype(np.float32)
    return Face((x - eyes, y - eyes, 2 * eyes, 3 * eyes), landmarks, 0.95)


def direction(of: TextBox) -> float:
    """The way a box is read, in degrees clockwise from the picture's right."""
    across, down = of.corners[1] - of.corners[0]
    return float(np.degrees(np.arctan2(down, across)))


def line(text: str, place: TextBox, probability: float = 0.99) -> Line:
    """A line whose characters stand evenly."""
    return Line(
        place,
        tuple(
            Character(character, (index + 0.5) / len(text), probability)
            for index, character in enumerate(text)
        ),
    )
