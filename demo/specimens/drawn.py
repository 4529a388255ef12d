"""What every drawing returns: the picture, and the truth about what is printed on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Truth_co = TypeVar("Truth_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the drawn card: left and top edges, width and height."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Drawn(Generic[Truth_co]):
    """One side of a card, seen straight on.

    `pixels` is uint8 RGB (h, w, 3). `width_mm` is the card's real width and `text_mm` the height of the
    smallest text that a reader needs, for judging whether a photograph can be read. `fields` holds where each
    printed value stands, `portrait` where the main portrait does (None on a side without one, or if it was
    left out).
    """

    pixels: Pixels
    truth: Truth_co
    portrait: Box | None
    fields: Mapping[str, Box]
    width_mm: float
    text_mm: float
