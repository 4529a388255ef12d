"""What a line says: PP-OCRv6's recogniser, and connectionist temporal classification undone greedily."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.document.ocr.detect import Session, prepared
from bonafide.document.ocr.line import Character, Line, TextBox
from bonafide.errors import SetupBroken
from bonafide.models import InputContract

# The height of a line as the network was trained, and widths it is given. Below the least there is no
# character; beyond the most a line of any document is squeezed, which costs less than a network that takes
# all memory for a hostile picture.
LINE_HEIGHT: Final = 48
_LEAST_WIDTH: Final = 24
_MOST_WIDTH: Final = 1600
# Chinese documents are printed in simplified characters, those of GB 2312 but for rare ones in names. So of
# two that look alike the common one is likelier, by far if the other is a traditional form (in Big5 and not
# in GB 2312). A rare character still wins where it is read clearly: then the others have less than a
# hundredth.
_RARE: Final = np.float32(0.4)
_TRADITIONAL: Final = np.float32(0.03)


class Metadata(Protocol):
    """What is used of a model's metadata."""

    custom_metadata_map: Mapping[str, str]


class MetaSession(Session, Protocol):
    """What is used of an onnxruntime session whose metadata is needed too."""

    def get_modelmeta(self) -> Metadata:
        """The model's metadata."""


class TextRecogniser:
    """Reads lines; safe to share between threads. The alphabet comes with the model's own metadata."""

    def __init__(self, contract: InputContract, session: MetaSession) -> None:
        self._contract = contract
        self._session = session
        known = session.get_modelmeta().custom_metadata_map.get("character", "")
        # Class 0 is the blank, the last one the space, as PaddleOCR counts them.
        self.alphabet: Final = ("", *known.split("\n"), " ")
        if len(self.alphabet) < 1000:
            raise SetupBroken("The text recogniser knows no alphabet", "Run `bonafide models pull`")
        self._weights = np.array([_prior(text) for text in self.alphabet], np.float32)

    def read(self, pixels: NDArray[np.uint8], box: TextBox) -> Line:
        """Read the line in a box of uint8 RGB (h, w, 3) pixels."""
        return self.decode(box, self.probabilities(strip(pixels, box, self._contract.size)))

    def probabilities(self, line: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Of each class at each step of an upright line, uint8 RGB (48, w, 3): float32 (steps, classes)."""
        (found,) = self._session.run(None, {"x": prepared(line, self._contract)})
        return np.asarray(found[0], np.float32)

    def decode(self, box: TextBox, probabilities: NDArray[np.float32]) -> Line:
        """The likeliest class at each step, repetitions and blanks dropped."""
        best = (probabilities * self._weights).argmax(axis=1)
        steps = len(best)
        characters = []
        start = 0
        for step in range(1, steps + 1):
            if step < steps and best[step] == best[start]:
                continue
            if best[start]:
                certain = probabilities[start:step, best[start]]
                middle = (start + step) / 2 / steps
                characters.append(Character(self.alphabet[best[start]], middle, float(certain.max())))
            start = step
        return Line(box, tuple(characters))


def _prior(text: str) -> np.float32:
    """How much likelier than others a document prints a character, by the character sets that have it."""
    if not "\u4e00" <= text <= "\u9fff" or _has("gb2312", text):
        return np.float32(1)
    return _TRADITIONAL if _has("big5", text) else _RARE


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def strip(
    pixels: NDArray[np.uint8], box: TextBox, height: int, width: int | None = None
) -> NDArray[np.uint8]:
    """The line in a box, upright and stretched to `height` x `width` pixels, uint8 RGB.

    Without a width, the one that keeps the proportions.
    """
    if width is None:
        width = round(height * box.width / max(box.height, 1e-3))
    width = min(max(width, _LEAST_WIDTH), _MOST_WIDTH)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    shrink = box.height / height
    source, corners = pixels, box.corners
    if shrink >= 2:
        # Warping takes single pixels; where several fall into one they have to be averaged first.
        source, corners = _reduced_around(pixels, corners, int(shrink))
    lay = cv2.getPerspectiveTransform(corners, target)
    laid = cv2.warpPerspective(
        source, lay, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(laid, np.uint8)


def _reduced_around(
    pixels: NDArray[np.uint8], corners: NDArray[np.float32], factor: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    limit = np.array(pixels.shape[1::-1])
    low = np.clip(np.floor(corners.min(axis=0)).astype(int) - factor, 0, limit - 1)
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int) + factor, low + 1, limit)
    window = pixels[low[1] : high[1], low[0] : high[0]]
    size = (max(1, window.shape[1] // factor), max(1, window.shape[0] // factor))
    small = np.asarray(cv2.resize(window, size, interpolation=cv2.INTER_AREA), np.uint8)
    scale = np.array([size[0] / window.shape[1], size[1] / window.shape[0]], np.float32)
    return small, ((corners - low) * scale).astype(np.float32)
