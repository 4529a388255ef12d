"""Outcomes and the reason codes every room speaks.

Codes are stable: scripts and receipts depend on them. Their sentences for customers and agents, in
English and Simplified Chinese, are data in `wording/reasons.toml`.
"""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What the policy decided."""

    ACCEPT = "accept"
    REFER = "refer"
    REJECT = "reject"


class Subject(StrEnum):
    """Which of the two pictures a reason speaks of."""

    DOCUMENT = "document"
    SELFIE = "selfie"


class Flaw(StrEnum):
    """What may be wrong with a face in a picture (ISO/IEC 29794-5 component measures)."""

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    LOW_CONTRAST = "low_contrast"
    TURNED_AWAY = "turned_away"
    COVERED = "covered"
    CUT_OFF = "cut_off"


class Reason(StrEnum):
    """Why an outcome is what it is."""

    MATCH_CONFIRMED = "match.confirmed"
    MATCH_DOUBTFUL = "match.doubtful"
    MATCH_REFUTED = "match.refuted"

    PRESENCE_ATTENDED = "presence.attended"
    PRESENCE_NOT_SHOWN = "presence.not_shown"

    DOCUMENT_CONTENT_UNCHECKED = "document.content_unchecked"

    DOCUMENT_NO_FACE = "document.no_face"
    DOCUMENT_SEVERAL_FACES = "document.several_faces"
    DOCUMENT_TOO_SMALL = "document.too_small"
    DOCUMENT_BLURRED = "document.blurred"
    DOCUMENT_TOO_DARK = "document.too_dark"
    DOCUMENT_TOO_BRIGHT = "document.too_bright"
    DOCUMENT_LOW_CONTRAST = "document.low_contrast"
    DOCUMENT_TURNED_AWAY = "document.turned_away"
    DOCUMENT_COVERED = "document.covered"
    DOCUMENT_CUT_OFF = "document.cut_off"

    SELFIE_NO_FACE = "selfie.no_face"
    SELFIE_SEVERAL_FACES = "selfie.several_faces"
    SELFIE_TOO_SMALL = "selfie.too_small"
    SELFIE_BLURRED = "selfie.blurred"
    SELFIE_TOO_DARK = "selfie.too_dark"
    SELFIE_TOO_BRIGHT = "selfie.too_bright"
    SELFIE_LOW_CONTRAST = "selfie.low_contrast"
    SELFIE_TURNED_AWAY = "selfie.turned_away"
    SELFIE_COVERED = "selfie.covered"
    SELFIE_CUT_OFF = "selfie.cut_off"

    @classmethod
    def of(cls, subject: Subject, flaw: Flaw) -> Reason:
        """The code for a flaw in one of the two pictures."""
        return cls(f"{subject}.{flaw}")
