"""Is this a black-and-white copy? Then no place of it differs in colour from any other, whatever the lamp."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from bonafide.document.check import DocumentCheck
from bonafide.document.doubts.limits import limit
from bonafide.document.doubts.slope import fitted
from bonafide.outcome import Reason

NAME = "document.copy"
# Pixels are averaged by so many, which leaves a hundredth of the colour noise of a cheap sensor; a border
# of 2 mm is left out, for what lies beside the card has colours too.
_AVERAGED = 6
_BORDER = 20
_LEVELS = (24.0, 242.0)
_SHARE = 75


def copy_check(card: NDArray[np.uint8]) -> DocumentCheck:
    """Whether a rectified card has any colours, as those of its kind have. uint8 RGB (h, w, 3), 10 px/mm.

    Not assessable where too little of it is neither dark nor blown out.
    """
    spread = colour_spread(card)
    if spread is None:
        return DocumentCheck.not_assessable(NAME, Reason.DOCUMENT_UNREADABLE)
    return DocumentCheck.of(NAME, spread >= limit("copy", "spread"), Reason.DOCUMENT_COPY)


def colour_spread(card: NDArray[np.uint8]) -> float | None:
    """How much colours differ over the card: the upper quartile of their distance from the middle colour.

    In logarithms of R / G and B / G, where any lamp shifts all colours alike; a plane is taken off for two
    lamps of different colours. None where too little is seen.
    """
    inner = card[_BORDER:-_BORDER, _BORDER:-_BORDER]
    height, width = (side // _AVERAGED for side in inner.shape[:2])
    if height < 8 or width < 8:
        return None
    small = cv2.resize(inner, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    seen = (small.min(axis=2) > _LEVELS[0]) & (small.max(axis=2) < _LEVELS[1])
    if float(seen.mean()) < limit("copy", "seen"):
        return None
    logs = np.log(small[seen])
    tints = np.asarray(np.stack([logs[:, 0] - logs[:, 1], logs[:, 2] - logs[:, 1]], axis=1), np.float32)
    y, x = np.nonzero(seen)
    plane = np.stack([np.ones(len(x)), x / 100, y / 100], axis=1).astype(np.float32)
    rest = tints - plane @ fitted(plane, tints)
    return float(np.percentile(np.linalg.norm(rest - np.median(rest, axis=0), axis=1), _SHARE))
