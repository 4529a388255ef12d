"""Resident cards, and the permits laid out like them: from pages to a reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bonafide.document.check import DocumentCheck, Result
from bonafide.document.cn.back import LONG_TERM, Back, read_back
from bonafide.document.cn.checks import card_checks
from bonafide.document.cn.find import FoundSide, find_side
from bonafide.document.cn.front import Front, read_front
from bonafide.document.cn.layout import (
    HEIGHT,
    PERMIT_BACK,
    RESIDENT_BACK,
    RESIDENT_FRONT,
    WIDTH,
    Area,
)
from bonafide.document.doubts import (
    border_check,
    copy_check,
    edited_check,
    portrait_check,
    rectified,
    screen_check,
)
from bonafide.document.foreigners import is_foreigners
from bonafide.document.kind import Kind
from bonafide.document.page import Page
from bonafide.document.portraits import Box, bounding_box, face_box, ghost_checks
from bonafide.document.reading import FieldValue, PortraitFaces, Reading
from bonafide.outcome import Reason

_FRONTS = (RESIDENT_FRONT,)
_BACKS = (RESIDENT_BACK, PERMIT_BACK)
# Numbers of residents of Hong Kong, Macao and Taiwan.
_PERMIT_REGIONS = ("810000", "820000", "830000")
# The fit of labels to their places that is trusted: millimetres on average, and the share of them that fit at
# all.
_CLOSE = 1.0
_SHARE = 0.8


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Shown:
    """A side that was found, and on which page."""

    page: Page
    found: FoundSide

    @property
    def face(self) -> NDArray[np.float32] | None:
        """The five landmarks of the page's face in millimetres, float32 (5, 2)."""
        if self.page.face is None:
            return None
        return self.found.placement.on_card(self.page.face.landmarks)


def read_card(
    pages: Sequence[Page], faces: PortraitFaces, today: date, minimum_age: int | None
) -> Reading | None:
    """A resident card or a permit; None where no page shows a side of one."""
    sides = _FRONTS + _BACKS
    shown = [_Shown(page, found) for page in pages if (found := find_side(page, sides, is_foreigners))]
    if not shown or any(is_foreigners(page) for page in pages):
        return None
    front_side = next((side for side in shown if side.found.side in _FRONTS), None)
    back_side = next((side for side in shown if side.found.side in _BACKS), None)
    front = read_front(front_side.page, front_side.found) if front_side else None
    back = read_back(back_side.page, back_side.found) if back_side else None
    permit = _is_permit(front, back_side)
    if front is not None and permit:
        front = replace(front, ethnicity=None)
    return Reading(
        Kind.CN_HMT_PERMIT if permit else Kind.CN_RESIDENT_ID,
        dict(_fields(front, back)),
        (
            DocumentCheck.passed("document.kind"),
            _outline(shown),
            *card_checks(front, back, today, permit=permit, minimum_age=minimum_age),
            *_looks(shown, looked=faces.looked),
            *ghost_checks(faces),
        ),
        _portrait_box(front_side, faces),
    )


def _is_permit(front: Front | None, back: _Shown | None) -> bool:
    if front is not None and front.number is not None:
        return front.number.text[:6] in _PERMIT_REGIONS
    return back is not None and back.found.side is PERMIT_BACK


def _fields(front: Front | None, back: Back | None) -> Iterator[tuple[str, FieldValue]]:
    """What was read, by name; what was not is left out."""
    if front is not None:
        for name, value in (("name", front.name), ("sex", front.sex), ("ethnicity", front.ethnicity)):
            if value is not None:
                yield name, value.text
        if front.birth_date is not None:
            yield "birth_date", front.birth_date.isoformat()
        if front.address is not None:
            yield "address", front.address.text
        if front.number is not None:
            yield "number", front.number.text
    if back is not None:
        if back.authority is not None:
            yield "authority", back.authority.text
        if back.valid_from is not None:
            yield "valid_from", back.valid_from.isoformat()
        if back.long_term or back.valid_until is not None:
            yield "valid_until", LONG_TERM if back.valid_until is None else back.valid_until.isoformat()
        if back.pass_number is not None:
            yield "pass_number", back.pass_number.text


def _outline(shown: Sequence[_Shown]) -> DocumentCheck:
    """Whether the printed labels agree on where each side lies."""
    placements = [side.found.placement for side in shown]
    close = all(place.residual <= _CLOSE and place.share >= _SHARE for place in placements)
    return DocumentCheck.of("document.outline", close, Reason.DOCUMENT_OUTLINE_UNSURE)


def _looks(shown: Sequence[_Shown], *, looked: bool) -> tuple[DocumentCheck, ...]:
    """How the card looks, beside what it says: as its front does, unless another side fails.

    A back that is too soft to tell adds nothing against a front that is not.
    """
    found: dict[str, DocumentCheck] = {}
    for side in sorted(shown, key=lambda side: side.found.side not in _FRONTS):
        for check in _looks_of(side, looked=looked):
            if check.name not in found or check.result is Result.FAILED:
                found[check.name] = check
    return tuple(found.values())


def _looks_of(side: _Shown, *, looked: bool) -> Iterator[DocumentCheck]:
    layout, placement = side.found.side, side.found.placement
    card = rectified(side.page.pixels, placement.to_card, WIDTH, HEIGHT)
    yield screen_check(side.page.pixels, placement.corners())
    yield copy_check(card)
    places = {name: (area.left, area.top, area.right, area.bottom) for name, area in layout.areas.items()}
    if layout is not PERMIT_BACK:
        # Measured on resident cards alone; on the permits' backs it raises false alarms.
        yield edited_check(card, places).check
    if layout.portrait is not None:
        yield _portrait(side, card, layout.portrait) if looked else _border(card, layout.portrait)


def _portrait(side: _Shown, card: NDArray[np.uint8], area: Area) -> DocumentCheck:
    face, box, eyes = side.face, None, None
    if face is not None and side.page.face is not None:
        x, y, width, height = side.page.face.box
        corners = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)
        on_card = side.found.placement.on_card(corners)
        (left, top), (right, bottom) = on_card.min(axis=0).tolist(), on_card.max(axis=0).tolist()
        box, eyes = (left, top, right, bottom), float(np.linalg.norm(face[1] - face[0]))
    return portrait_check(card, (area.left, area.top, area.right, area.bottom), box, eyes)


def _border(card: NDArray[np.uint8], area: Area) -> DocumentCheck:
    """What is left of that check where no face was looked for."""
    return border_check(card, (area.left, area.top, area.right, area.bottom))


def _portrait_box(side: _Shown | None, faces: PortraitFaces) -> Box | None:
    """The portrait's place on the front, if a face is in it; else the face."""
    if side is None or side.found.side.portrait is None or side.face is None:
        return face_box(faces)
    area = side.found.side.portrait
    nose = side.face[2]
    if not area.holds(float(nose[0]), float(nose[1])):
        return face_box(faces)
    corners = np.array(
        [[area.left, area.top], [area.right, area.top], [area.right, area.bottom], [area.left, area.bottom]],
        np.float32,
    )
    return bounding_box(side.found.placement.in_picture(corners), side.page.scale)
