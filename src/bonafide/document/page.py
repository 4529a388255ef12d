"""One side of a document as photographed: its pixels, where text is, and what it says when asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.capture import Picture
from bonafide.document.ocr import Line, TextBox, TextDetector, TextRecogniser
from bonafide.document.ocr.recognise import LINE_HEIGHT, strip
from bonafide.document.orientation import axis_of, beside, upright
from bonafide.face import Face

# What the text detector sees; at 480 the small print of a card that fills half the photo is lost, at 736 it
# costs a third more and finds no more (measured on development seeds).
LONG_SIDE = 640
# Lines are read from a decoding in which a card is at least this wide, if the picture has it: 12 pixels to
# the millimetre, 30 to a character.
_CARD_WIDTH = 1000
# Eye distances to the width of an identity card whose portrait is 26 mm wide. Portraits of passports are
# larger, and so are their pages.
_CARD_BY_EYES = 12.0
# In eye distances from between the eyes: how far a document reaches whose portrait is on its right, or on its
# left, and above and below.
_SIDES = ((-12.5, 4.0), (-4.5, 16.0))
_ABOVE, _BELOW = -5.5, 9.0
# Without a face, what the long side should have.
_WORKING_SIDE = 1500
# Where no face was looked for: a window around print that is this much smaller than the page shows more; else
# the middle, of this share, for print lies all over.
_MARGIN, _CLOSER, _PART = 0.15, 0.8, 0.6
# A card narrower than this in what the detector saw is looked at again, closer.
_SMALL_CARD = 330

Reduction = Literal[1, 2, 4, 8]


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a page in its pixels: left, top, right, bottom."""

    left: int
    top: int
    right: int
    bottom: int

    def holds(self, points: NDArray[np.float32]) -> bool:
        """Whether all points, float32 (n, 2), lie in it."""
        low, high = points.min(axis=0), points.max(axis=0)
        return bool(
            low[0] >= self.left and low[1] >= self.top and high[0] <= self.right and high[1] <= self.bottom
        )

    @property
    def long_side(self) -> int:
        """The longer side in pixels."""
        return max(self.right - self.left, self.bottom - self.top)


class Page:
    """A photographed side and what was found on it so far. Not shared between threads.

    `pixels` is uint8 RGB, the upright picture reduced; `scale` float32 (2,) leads from them to the picture's
    own pixels. `face` is the largest face, in `pixels`. `boxes` are where text is, in `pixels`, in reading
    direction, from the top.
    """

    def __init__(
        self, picture: Picture, faces: tuple[Face, ...], detector: TextDetector, recogniser: TextRecogniser
    ) -> None:
        """Decode the picture and look for text. Raises `UnreadablePicture` for damaged data."""
        self.recogniser = recogniser
        self._detector = detector
        self._lines: dict[bytes, Line] = {}
        face = faces[0] if faces else None
        self.pixels = picture.decode(_reduction(picture, face))
        self.scale = np.array(
            [picture.width / self.pixels.shape[1], picture.height / self.pixels.shape[0]], np.float32
        )
        self.face = face.scaled(np.float32(1) / self.scale) if face else None
        self.window = Window(0, 0, self.pixels.shape[1], self.pixels.shape[0])
        self.boxes: tuple[TextBox, ...] = ()
        self.look(self.window)

    def look(self, window: Window) -> None:
        """Look for text in a part of the page, closer the smaller it is, and forget what was found before."""
        part = self.pixels[window.top : window.bottom, window.left : window.right]
        corner = np.array([window.left, window.top], np.float32)
        found = [
            TextBox(box.corners + corner, box.confidence) for box in self._detector.detect(part, LONG_SIDE)
        ]
        self.window = window
        self.boxes = upright(found, self.face, self.read)

    def read(self, box: TextBox) -> Line:
        """What a box says; each is read once."""
        key = box.corners.tobytes()
        if key not in self._lines:
            self._lines[key] = self.recogniser.read(self.pixels, box)
        return self._lines[key]

    def probabilities(self, box: TextBox, squeeze: float = 1.0) -> NDArray[np.float32]:
        """Of each class along a line, float32 (steps, classes); `squeeze` narrows a widely set line."""
        width = round(LINE_HEIGHT * squeeze * box.width / max(box.height, 1.0))
        return self.recogniser.probabilities(strip(self.pixels, box, LINE_HEIGHT, width))

    @property
    def lines(self) -> tuple[Line, ...]:
        """What was read so far."""
        return tuple(self._lines.values())

    def read_all(self, boxes: Iterable[TextBox]) -> list[Line]:
        """What several boxes say."""
        return [self.read(box) for box in boxes]

    @property
    def axis(self) -> float:
        """The direction of the text in radians, clockwise from the picture's right."""
        return axis_of(self.boxes, self.face)

    def printed_area(self) -> NDArray[np.float32] | None:
        """The corners of the rectangle around all print that may be the document's: float32 (4, 2)."""
        corners = [box.corners for box in self.boxes if self.may_hold(box)]
        if not corners:
            return None
        return np.asarray(cv2.boxPoints(cv2.minAreaRect(np.concatenate(corners))), np.float32)

    def may_hold(self, box: TextBox) -> bool:
        """Whether a box is as near to the portrait, and as high, as a document's print is; always without
        one.
        """
        return self.face is None or beside(box, self.face)

    def is_small(self, width: float) -> bool:
        """Whether a card `width` pixels wide was too small for the detector's last look."""
        return width * LONG_SIDE / self.window.long_side < _SMALL_CARD

    def from_eyes(self, point: NDArray[np.float32]) -> tuple[float, float]:
        """A point of the page in eye distances from the middle between the eyes, along them and down.

        Raises `ValueError` without a face.
        """
        middle, frame = self._eyes()
        x, y = (point - middle) @ frame.T / (frame[0] @ frame[0])
        return float(x), float(y)

    def closer(self, *, looked: bool = True) -> Iterator[Window]:
        """Where to look again, closer, for a document too small for the first look: left and right of its
        portrait; around all print or in the middle, once, where no face was `looked` for.
        """
        if not looked:
            yield self._part()
            return
        if self.face is None or not self.is_small(_CARD_BY_EYES * self.face.eye_distance):
            return
        middle, frame = self._eyes()
        for left, right in _SIDES:
            corners = np.array([(left, _ABOVE), (right, _ABOVE), (right, _BELOW), (left, _BELOW)], np.float32)
            yield self.window_around(np.asarray(corners @ frame + middle, np.float32), 0)

    def _part(self) -> Window:
        height, width = self.pixels.shape[:2]
        area = self.printed_area()
        if area is not None:
            around = self.window_around(area, _MARGIN)
            if around.long_side < _CLOSER * max(height, width):
                return around
        left, top = round((1 - _PART) / 2 * width), round((1 - _PART) / 2 * height)
        return Window(left, top, width - left, height - top)

    def _eyes(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The point between the eyes and the vectors (2, 2) of one eye distance along them and down."""
        if self.face is None:
            raise ValueError("the page has no face")
        eyes = self.face.landmarks[:2]
        along = eyes[1] - eyes[0]
        return eyes.mean(axis=0), np.array([along, [-along[1], along[0]]], np.float32)

    def window_around(self, points: NDArray[np.float32], margin: float) -> Window:
        """The part of the page that holds the points, and a margin as a share of its size."""
        low, high = points.min(axis=0), points.max(axis=0)
        border = margin * (high - low).max()
        height, width = self.pixels.shape[:2]
        left, top = (int(max(0, value)) for value in low - border)
        right, bottom = (int(value) for value in np.minimum(high + border, [width, height]))
        return Window(min(left, width - 1), min(top, height - 1), max(right, left + 1), max(bottom, top + 1))


def _reduction(picture: Picture, face: Face | None) -> Reduction:
    if face is None:
        share = max(picture.width, picture.height) / _WORKING_SIDE
    else:
        share = face.eye_distance * _CARD_BY_EYES / _CARD_WIDTH
    steps: tuple[Reduction, ...] = (8, 4, 2)
    return next((step for step in steps if share >= step), 1)
