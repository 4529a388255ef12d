"""What the faces on a document say about it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bonafide.document.check import DocumentCheck
from bonafide.document.reading import PortraitFaces
from bonafide.outcome import Reason

Box = tuple[float, float, float, float]


def ghost_checks(faces: PortraitFaces) -> tuple[DocumentCheck, ...]:
    """`document.ghost`, where there are faces beside the portrait: whether they show the same person."""
    if faces.alike is None:
        return ()
    return (DocumentCheck.of("document.ghost", faces.alike, Reason.DOCUMENT_PORTRAITS_DIFFER),)


def present_checks(faces: PortraitFaces) -> tuple[DocumentCheck, ...]:
    """`document.portrait` for documents whose portrait may stand in several places: there is one. None where
    no face was looked for.
    """
    if not faces.looked:
        return ()
    found = faces.portrait is not None
    return (DocumentCheck.of("document.portrait", found, Reason.DOCUMENT_PORTRAIT_MISPLACED),)


def face_box(faces: PortraitFaces) -> Box | None:
    """The portrait's face: x, y, width, height in pixels of the upright picture."""
    return None if faces.portrait is None else faces.portrait.box


def bounding_box(corners: NDArray[np.float32], scale: NDArray[np.float32]) -> Box:
    """The rectangle around a place on a page, in pixels of the upright picture: x, y, width, height."""
    low, high = (corners * scale).min(axis=0), (corners * scale).max(axis=0)
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])
