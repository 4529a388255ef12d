"""What is found of text in a picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class TextBox:
    """Where a line of text lies.

    `corners` is float32 (4, 2), x and y in pixels: top left, top right, bottom right, bottom left of the text
    as it is read, if it is not upside down. `confidence` is 0 to 1.
    """

    corners: NDArray[np.float32]
    confidence: float

    @property
    def width(self) -> float:
        """Length along the line in pixels, the mean of both long sides."""
        sides = self.corners[[1, 2]] - self.corners[[0, 3]]
        return float(np.linalg.norm(sides, axis=1).mean())

    @property
    def height(self) -> float:
        """Height of the line in pixels, the mean of both short sides."""
        sides = self.corners[[3, 2]] - self.corners[[0, 1]]
        return float(np.linalg.norm(sides, axis=1).mean())

    @property
    def centre(self) -> NDArray[np.float32]:
        """The middle, float32 (2,)."""
        return np.asarray(self.corners.mean(axis=0), np.float32)

    def turned(self) -> TextBox:
        """The same place read upside down."""
        return TextBox(np.roll(self.corners, 2, axis=0), self.confidence)

    def at(self, along: float, across: float = 0.5) -> NDArray[np.float32]:
        """The point at fractions (0 to 1) along and across the line, float32 (2,)."""
        top = self.corners[0] + along * (self.corners[1] - self.corners[0])
        bottom = self.corners[3] + along * (self.corners[2] - self.corners[3])
        return np.asarray(top + across * (bottom - top), np.float32)


@dataclass(frozen=True, slots=True, repr=False)
class Character:
    """One character, its middle as a fraction along the line (0 to 1) and the model's probability for it."""

    text: str
    along: float
    probability: float


@dataclass(frozen=True, eq=False, repr=False)
class Line:
    """A line of text as read: its characters in order, and where it lies."""

    box: TextBox
    characters: tuple[Character, ...]

    @cached_property
    def text(self) -> str:
        """The characters together."""
        return "".join(character.text for character in self.characters)

    @cached_property
    def confidence(self) -> float:
        """The mean probability of the characters; 0 for none."""
        if not self.characters:
            return 0.0
        return sum(character.probability for character in self.characters) / len(self.characters)

    def place(self, index: int) -> NDArray[np.float32]:
        """The middle of a character in the picture, float32 (2,)."""
        return self.box.at(self.characters[index].along)
