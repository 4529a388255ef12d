"""The chip beside the printed document: what must be the same on both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bonafide.compare import Comparison
from bonafide.decide import FacesMatch
from bonafide.document import DocumentCheck, Reading
from bonafide.document.chip import (
    ChipAuthentication,
    ChipFiles,
    TrustStore,
    authenticate,
    portrait_picture,
)
from bonafide.errors import UnreadablePicture
from bonafide.outcome import Reason, Subject
from bonafide.service.engine import FaceWork, SubjectFace


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ChipEvidence:
    """What the chip gave: its authentication, and its portrait's face if it is authentic and shows one."""

    authentication: ChipAuthentication
    face: SubjectFace | None


def chip_evidence(files: ChipFiles, trust: TrustStore, faces: FaceWork, now: datetime) -> ChipEvidence:
    """Authenticate a chip; only a portrait that a state signed is looked at."""
    found = authenticate(files, trust, now)
    face = None
    if found.authentic and found.portrait is not None:
        try:
            face = faces.subject_face(faces.find(portrait_picture(found.portrait)), Subject.DOCUMENT)
        except UnreadablePicture:
            face = None
    return ChipEvidence(found, face)


def chip_checks(
    chip: ChipEvidence, reading: Reading, comparison: Comparison | None, match: FacesMatch
) -> tuple[DocumentCheck, ...]:
    """The chip's own checks, and `chip.text` and `chip.portrait`: that the printed document says and shows
    the same.

    `comparison` is of the printed portrait with the chip's.
    """
    return (*chip.authentication.checks, _text(chip, reading), _portrait(chip, comparison, match))


def _text(chip: ChipEvidence, reading: Reading) -> DocumentCheck:
    name = "chip.text"
    printed = reading.fields.get("mrz")
    if printed is None or not chip.authentication.zone:
        return DocumentCheck.not_assessable(name, Reason.DOCUMENT_UNREADABLE)
    return DocumentCheck.of(name, printed == chip.authentication.zone, Reason.CHIP_TEXT_DIFFERS)


def _portrait(chip: ChipEvidence, comparison: Comparison | None, match: FacesMatch) -> DocumentCheck:
    name = "chip.portrait"
    if not chip.authentication.authentic:
        return DocumentCheck.not_assessable(name, chip.authentication.reasons[0])
    if chip.face is None or chip.face.template is None:
        return DocumentCheck.not_assessable(name, Reason.CHIP_PORTRAIT_UNREADABLE)
    if comparison is None:
        return DocumentCheck.not_assessable(name, Reason.CHIP_PORTRAIT_DOUBTFUL)
    if comparison.false_match_rate <= match.false_match_rate:
        return DocumentCheck.passed(name)
    if comparison.log_likelihood_ratio <= match.refuted_below:
        return DocumentCheck.failed(name, Reason.CHIP_PORTRAIT_DIFFERS)
    return DocumentCheck.not_assessable(name, Reason.CHIP_PORTRAIT_DOUBTFUL)
