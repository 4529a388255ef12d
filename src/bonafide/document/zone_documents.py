"""Passports, cards and visas with a machine readable zone: from pages to a reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bonafide.document.check import DocumentCheck, Result
from bonafide.document.doubts import screen_check
from bonafide.document.kind import Kind
from bonafide.document.mrz import Agreement, Zone, ZoneDate, ZoneKind, names_agreement, zone_checks
from bonafide.document.ocr import TextBox
from bonafide.document.page import Page
from bonafide.document.portraits import face_box, ghost_checks, present_checks
from bonafide.document.reading import FieldValue, PortraitFaces, Reading
from bonafide.document.zone_reading import ZoneReading, read_zone, words
from bonafide.outcome import Reason

# Printed lines that are read to find the names, a few at a time: they stand near the top.
_MOST_LINES = 24
_AT_A_TIME = 3


def read_zone_document(
    pages: Sequence[Page], faces: PortraitFaces, today: date, minimum_age: int | None
) -> Reading | None:
    """A document with a zone on one of its pages; None without one."""
    for page in pages:
        found = read_zone(page, today)
        if found is not None:
            names = _names(pages, page, found)
            # No check digit covers a name: until print confirms it, the reading is not certain.
            certain = found.certain and names.result is Result.PASSED
            return Reading(
                _KINDS.get(found.zone.kind.value, Kind.TD2),
                dict(_fields(found.zone)),
                (
                    DocumentCheck.passed("document.kind"),
                    *zone_checks(found.zone, today, minimum_age, certain=certain),
                    names,
                    screen_check(pages[0].pixels, pages[0].printed_area()),
                    *_portrait(pages, faces, found.zone),
                    *ghost_checks(faces),
                ),
                face_box(faces),
            )
    return None


# The French card has the shape of TD2 and its own layout.
_KINDS = {kind.value: kind for kind in Kind}


def _fields(zone: Zone) -> Iterator[tuple[str, FieldValue]]:
    yield "mrz", zone.lines
    optional = " ".join(text for text in zone.optional_data if text)
    for name, value in (
        ("document_code", zone.document_code),
        ("issuer", zone.issuer),
        ("number", zone.number),
        ("surname", zone.surname),
        ("given_names", zone.given_names),
        ("nationality", zone.nationality),
        ("birth_date", _iso(zone.birth_date)),
        ("sex", zone.sex),
        ("expiry_date", _iso(zone.expiry_date)),
        ("personal_number", zone.personal_number),
        ("optional_data", optional),
    ):
        if value:
            yield name, value


def _iso(found: ZoneDate | None) -> str | None:
    return found.value.isoformat() if found and found.value else None


def _names(pages: Sequence[Page], zone_page: Page, found: ZoneReading) -> DocumentCheck:
    """`mrz.names`: whether the names of the zone, which no check digit covers, are printed on the document as
    well.
    """
    name = "mrz.names"
    zone = found.zone
    if zone.kind is ZoneKind.TD1 and len(pages) == 1:
        return DocumentCheck.not_assessable(name, Reason.DOCUMENT_SIDE_MISSING)
    read: list[str] = []
    agreement = Agreement.NOT_ASSESSABLE
    for page in sorted(pages, key=lambda page: page is zone_page):
        boxes = [box for box in _print(page) if page is not zone_page or not found.holds(box)]
        for start in range(0, min(len(boxes), _MOST_LINES), _AT_A_TIME):
            read += words(page, boxes[start : start + _AT_A_TIME])
            agreement = names_agreement(read, zone.surname, zone.given_names, zone.names_truncated)
            if agreement is Agreement.AGREED:
                return DocumentCheck.passed(name)
    if agreement is Agreement.DIFFERS:
        return DocumentCheck.failed(name, Reason.DOCUMENT_NAMES_DIFFER)
    return DocumentCheck.not_assessable(name, Reason.DOCUMENT_UNREADABLE)


def _print(page: Page) -> list[TextBox]:
    """The lines of print that may be the document's, from the top."""
    return [box for box in page.boxes if page.may_hold(box) and box.width > 1.2 * box.height]


def _portrait(pages: Sequence[Page], faces: PortraitFaces, zone: Zone) -> Iterator[DocumentCheck]:
    """The back of a card has no portrait to look for."""
    if zone.kind is not ZoneKind.TD1 or len(pages) > 1 or faces.portrait is not None:
        yield from present_checks(faces)
    else:
        yield DocumentCheck.not_assessable("document.portrait", Reason.DOCUMENT_SIDE_MISSING)
