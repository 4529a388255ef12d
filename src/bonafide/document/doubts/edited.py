"""Was a field printed over? A patch hides the ground's colour and its fine pattern; other letters have
other strokes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from statistics import median

import numpy as np
from numpy.typing import NDArray

from bonafide.document.check import DocumentCheck
from bonafide.document.doubts.ground import Mask, ground_of
from bonafide.document.doubts.limits import limit
from bonafide.document.doubts.trace import Box, Trace, trace
from bonafide.outcome import Reason

NAME = "document.edited"


@dataclass(frozen=True, slots=True)
class EditedFinding:
    """The check, and the names of the fields that look different from the rest of the card."""

    check: DocumentCheck
    fields: tuple[str, ...]


def edited_check(card: NDArray[np.uint8], places: Mapping[str, Box]) -> EditedFinding:
    """Whether a field of a rectified card looks printed over. uint8 RGB (h, w, 3) at 10 px/mm.

    `places` are the fields by name: left, top, right, bottom in millimetres on the card, roughly. Not
    assessable where fewer than half of the fields can be measured, for blur, glare, darkness or want of
    text.
    """
    return judged(traces(card, places))


def traces(card: NDArray[np.uint8], places: Mapping[str, Box]) -> dict[str, Trace | None]:
    """The measures of each field, None where too little is seen."""
    if min(card.shape[:2]) < 16 or not places:
        return dict.fromkeys(places)
    ground = ground_of(card)
    region = _region(card.shape[:2], places)
    return {name: trace(ground, place, region) for name, place in places.items()}


def judged(measured: Mapping[str, Trace | None]) -> EditedFinding:
    """The finding for the fields' measures."""
    seen = {name: found for name, found in measured.items() if found is not None}
    odd = tuple(name for name, found in seen.items() if _is_odd(found) or _is_written_otherwise(name, seen))
    if odd:
        return EditedFinding(DocumentCheck.failed(NAME, Reason.DOCUMENT_TEXT_EDITED), odd)
    if not seen or 2 * len(seen) < len(measured):
        return EditedFinding(DocumentCheck.not_assessable(NAME, Reason.DOCUMENT_UNREADABLE), ())
    return EditedFinding(DocumentCheck.passed(NAME), ())


def _is_odd(found: Trace) -> bool:
    return found.colour > limit("edited", "colour") or found.pattern < limit("edited", "pattern")


def _is_written_otherwise(name: str, seen: Mapping[str, Trace]) -> bool:
    """Whether strokes are much wider or narrower than those of most other fields."""
    others = [found.width for other, found in seen.items() if other != name]
    if len(others) < 2:
        return False
    return abs(log(max(seen[name].width, 1e-3) / max(median(others), 1e-3))) > limit("edited", "width")


def _region(shape: tuple[int, int], places: Mapping[str, Box]) -> Mask:
    """Where the card's text is: the box around all places."""
    corners = np.array(list(places.values()), np.float64).reshape(-1, 4) * 10
    region = np.zeros(shape, np.bool_)
    left, top = corners[:, :2].min(axis=0).clip(0).round().astype(int)
    right, bottom = corners[:, 2:].max(axis=0).clip(0).round().astype(int)
    region[top:bottom, left:right] = True
    return region
