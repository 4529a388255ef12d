"""Outcomes and the reason codes every room speaks.

Codes are stable: scripts and receipts depend on them. Their sentences for customers and agents, in
English and Simplified Chinese, are data in `wording/reasons.toml`, those of lines in `wording/lines.toml`.
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

    PERSON_ASKED = "person.asked"

    PRESENCE_ATTENDED = "presence.attended"
    PRESENCE_NOT_SHOWN = "presence.not_shown"
    PRESENCE_CONFIRMED = "presence.confirmed"
    PRESENCE_DOUBTFUL = "presence.doubtful"
    PRESENCE_REFUTED = "presence.refuted"

    DOCUMENT_CONSISTENT = "document.consistent"
    DOCUMENT_KIND_UNKNOWN = "document.kind_unknown"
    DOCUMENT_OUTLINE_UNSURE = "document.outline_unsure"
    DOCUMENT_UNREADABLE = "document.unreadable"
    DOCUMENT_SIDE_MISSING = "document.side_missing"
    DOCUMENT_SIDES_DIFFER = "document.sides_differ"
    DOCUMENT_READING_UNSURE = "document.reading_unsure"
    DOCUMENT_NUMBER_WRONG = "document.number_wrong"
    DOCUMENT_REGION_UNKNOWN = "document.region_unknown"
    DOCUMENT_ISSUER_UNKNOWN = "document.issuer_unknown"
    DOCUMENT_BIRTH_DIFFERS = "document.birth_differs"
    DOCUMENT_SEX_DIFFERS = "document.sex_differs"
    DOCUMENT_NAMES_DIFFER = "document.names_differ"
    DOCUMENT_DATES_WRONG = "document.dates_wrong"
    DOCUMENT_NOT_YET_VALID = "document.not_yet_valid"
    DOCUMENT_EXPIRED = "document.expired"
    DOCUMENT_UNDER_AGE = "document.under_age"
    DOCUMENT_ZONE_WRONG = "document.zone_wrong"
    DOCUMENT_BARCODE_WRONG = "document.barcode_wrong"
    DOCUMENT_BARCODE_DIFFERS = "document.barcode_differs"
    DOCUMENT_SEAL_WRONG = "document.seal_wrong"
    DOCUMENT_SEAL_UNTRUSTED = "document.seal_untrusted"
    DOCUMENT_SCREEN = "document.screen"
    DOCUMENT_COPY = "document.copy"
    DOCUMENT_TEXT_EDITED = "document.text_edited"
    DOCUMENT_PORTRAIT_MISPLACED = "document.portrait_misplaced"
    DOCUMENT_PORTRAITS_DIFFER = "document.portraits_differ"

    CHIP_AUTHENTIC = "chip.authentic"
    CHIP_INCOMPLETE = "chip.incomplete"
    CHIP_MALFORMED = "chip.malformed"
    CHIP_DATA_CHANGED = "chip.data_changed"
    CHIP_DATA_UNCOVERED = "chip.data_uncovered"
    CHIP_SIGNATURE_WRONG = "chip.signature_wrong"
    CHIP_SIGNATURE_UNSUPPORTED = "chip.signature_unsupported"
    CHIP_SIGNER_UNFIT = "chip.signer_unfit"
    CHIP_SIGNER_UNTRUSTED = "chip.signer_untrusted"
    CHIP_SIGNER_EXPIRED = "chip.signer_expired"
    CHIP_SIGNER_REVOKED = "chip.signer_revoked"
    CHIP_REVOCATION_UNKNOWN = "chip.revocation_unknown"
    CHIP_PORTRAIT_UNREADABLE = "chip.portrait_unreadable"
    CHIP_PORTRAIT_DIFFERS = "chip.portrait_differs"
    CHIP_PORTRAIT_DOUBTFUL = "chip.portrait_doubtful"
    CHIP_TEXT_DIFFERS = "chip.text_differs"

    PATTERN_SAME_DOCUMENT = "pattern.same_document"
    PATTERN_AGENT_RUN = "pattern.agent_run"
    PATTERN_DEVICE_DOCUMENTS = "pattern.device_documents"
    PATTERN_OUTCOME_FLIP = "pattern.outcome_flip"

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


class LineReason(StrEnum):
    """Why a line was not bound, passed on or ended, or a customer not let in. No receipt has these."""

    NOT_ACCEPTED = "line.not_accepted"
    ALREADY_BOUND = "line.already_bound"
    DOCUMENT_UNSURE = "line.document_unsure"
    LIMIT_REACHED = "line.limit_reached"
    TAKEN = "line.taken"
    ENDED = "line.ended"
    ACTIVE = "line.active"
    KEPT = "line.kept"

    CUSTOMER_UNKNOWN = "customer.unknown"
    CUSTOMER_LOCKED = "customer.locked"
    CONSENT_STANDS = "customer.consent_stands"
