"""Reading a document from pictures of its sides: what it is and says, whether it agrees with itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bonafide.capture import Picture
from bonafide.document.cards import read_card
from bonafide.document.check import DocumentCheck
from bonafide.document.foreigners import read_foreigner
from bonafide.document.kind import Kind
from bonafide.document.licences import read_licence
from bonafide.document.ocr import TextDetector, TextRecogniser
from bonafide.document.page import Page
from bonafide.document.portraits import face_box
from bonafide.document.reading import PortraitFaces, Reading
from bonafide.document.zone_documents import read_zone_document
from bonafide.face import Face
from bonafide.outcome import Reason

# What each kind of document is read by, in the order in which they are tried: cheapest and most telling
# first.
_KINDS = (read_card, read_foreigner, read_zone_document)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Side:
    """One photographed side: the upright picture, its faces (largest first), and which of them is the
    portrait.
    """

    picture: Picture
    faces: tuple[Face, ...]
    portrait: PortraitFaces


class DocumentReader:
    """Reads documents with one detector and one recogniser of text; safe to share between threads."""

    def __init__(self, detector: TextDetector, recogniser: TextRecogniser) -> None:
        self._detector = detector
        self._recogniser = recogniser

    def read(self, front: Side, back: Side | None, today: date, minimum_age: int | None = None) -> Reading:
        """Read a document from the picture of its front, or of its only side, and of its back if there is
        one.

        Sides that were swapped are taken for what they show. Checks of a side that was not shown are not
        assessable. A document of no known kind has one check, `document.kind`, which failed. `minimum_age` in
        whole years adds a check of the holder's age. Raises `UnreadablePicture` for damaged data.
        """
        sides = (front,) if back is None else (front, back)
        pages = [Page(side.picture, side.faces, self._detector, self._recogniser) for side in sides]
        faces = next((side.portrait for side in sides if side.portrait.portrait is not None), front.portrait)
        for read in _KINDS:
            if (reading := read(pages, faces, today, minimum_age)) is not None:
                return reading
        for window in pages[0].closer(looked=faces.looked):
            pages[0].look(window)
            for read in _KINDS:
                if (reading := read(pages, faces, today, minimum_age)) is not None:
                    return reading
        if (reading := read_licence(pages, faces, today, minimum_age)) is not None:
            return reading
        unknown = DocumentCheck.failed("document.kind", Reason.DOCUMENT_KIND_UNKNOWN)
        return Reading(Kind.UNKNOWN, {}, (unknown,), face_box(faces))
