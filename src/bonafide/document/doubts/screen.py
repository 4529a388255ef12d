"""Is this a photograph of a display? Its pixels and their coloured stripes are a grid that no print has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bonafide.document.check import DocumentCheck
from bonafide.document.doubts.limits import limit
from bonafide.document.doubts.spectrum import Peaks, peaks
from bonafide.outcome import Reason

NAME = "document.screen"


def screen_check(pixels: NDArray[np.uint8], corners: NDArray[np.float32] | None) -> DocumentCheck:
    """Whether a page shows traces of a display: its grid, or the moire of that grid with the camera's.

    `pixels` is uint8 RGB (h, w, 3) at the full resolution that is to be had; `corners` float32 (4, 2) the
    document's, clockwise from its top left, None for the middle of the picture. Not assessable where no
    grid is found but the picture is too small or too soft to show one. A halftone print may be taken for a
    display.
    """
    return judged(peaks(pixels, _middle(pixels) if corners is None else corners))


def judged(found: Peaks) -> DocumentCheck:
    """The check for the peaks of a page."""
    if found.tiles and (
        found.middle_light > limit("screen", "middle_light")
        or found.fine_light > limit("screen", "fine_light")
        or found.fine_colour > limit("screen", "fine_colour")
        or found.coarse_colour > limit("screen", "coarse_colour")
    ):
        return DocumentCheck.failed(NAME, Reason.DOCUMENT_SCREEN)
    if not found.tiles or found.blur > limit("screen", "blur"):
        return DocumentCheck.not_assessable(NAME, Reason.DOCUMENT_UNREADABLE)
    return DocumentCheck.passed(NAME)


def _middle(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    height, width = pixels.shape[:2]
    frame = np.array([[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]], np.float32)
    return frame * np.array([width, height], np.float32)
