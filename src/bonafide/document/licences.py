"""Driving licences with a PDF417 code (AAMVA), from pages to a reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import cv2
import numpy as np

from bonafide.document.barcode import (
    Licence,
    licence_checks,
    licence_printed_check,
    parse_aamva,
    read_barcodes,
)
from bonafide.document.check import DocumentCheck
from bonafide.document.kind import Kind
from bonafide.document.outline import likely_outline
from bonafide.document.page import Page
from bonafide.document.portraits import face_box, ghost_checks, present_checks
from bonafide.document.reading import FieldValue, PortraitFaces, Reading
from bonafide.document.zone_reading import words
from bonafide.outcome import Reason

_MOST_LINES = 30


def read_licence(
    pages: Sequence[Page], faces: PortraitFaces, today: date, minimum_age: int | None
) -> Reading | None:
    """A licence whose code is on one of the pages, the last first; None without one."""
    for page in reversed(pages):
        grey = np.asarray(cv2.cvtColor(page.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
        for code in read_barcodes(grey, likely_outline(grey)):
            licence = parse_aamva(code.content)
            if licence is not None:
                return _reading(licence, _printed_on(pages, page, faces), faces, today, minimum_age)
    return None


def _printed_on(pages: Sequence[Page], code_page: Page, faces: PortraitFaces) -> Page | None:
    """The side with the portrait and the print: not the code's, unless it alone is shown and has a face."""
    others = [page for page in pages if page is not code_page]
    if others:
        return others[0]
    return code_page if faces.portrait is not None else None


def _reading(
    licence: Licence, front: Page | None, faces: PortraitFaces, today: date, minimum_age: int | None
) -> Reading:
    return Reading(
        Kind.AAMVA,
        dict(_fields(licence)),
        (
            DocumentCheck.passed("document.kind"),
            *licence_checks(licence, today, minimum_age),
            *_front_checks(licence, front, faces),
            *ghost_checks(faces),
        ),
        face_box(faces),
    )


def _front_checks(licence: Licence, front: Page | None, faces: PortraitFaces) -> Iterator[DocumentCheck]:
    if front is None:
        for name in ("aamva.printed", "document.portrait"):
            yield DocumentCheck.not_assessable(name, Reason.DOCUMENT_SIDE_MISSING)
        return
    printed = words(front, [box for box in front.boxes if front.may_hold(box)][:_MOST_LINES])
    yield licence_printed_check(licence, printed)
    yield from present_checks(faces)


def _fields(licence: Licence) -> Iterator[tuple[str, FieldValue]]:
    for name, value in (
        ("number", licence.number),
        ("surname", licence.surname),
        ("given_names", licence.given_names),
        ("sex", licence.sex),
        ("birth_date", _iso(licence.birth_date)),
        ("issue_date", _iso(licence.issue_date)),
        ("expiry_date", _iso(licence.expiry_date)),
        ("address", ", ".join(part for part in licence.address if part)),
        ("issuer", licence.jurisdiction or licence.issuer),
        ("country", licence.country or licence.stated_country),
    ):
        if value:
            yield name, value


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
