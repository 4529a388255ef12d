"""Why a person accepts or rejects a case: what they choose from. docs/people.md says the same."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bonafide.outcome import Outcome, Reason


class ReviewReason(StrEnum):
    """A reviewer's reason."""

    SAME_PERSON = "review.same_person"
    DOUBT_CLEARED = "review.doubt_cleared"
    OTHER_PERSON = "review.other_person"
    DOCUMENT_ALTERED = "review.document_altered"
    DOCUMENT_NOT_ORIGINAL = "review.document_not_original"
    DOCUMENT_NOT_ACCEPTED = "review.document_not_accepted"
    PICTURES_UNUSABLE = "review.pictures_unusable"


REASONS_FOR: Final[Mapping[Outcome, tuple[ReviewReason, ...]]] = MappingProxyType(
    {
        Outcome.ACCEPT: (ReviewReason.SAME_PERSON, ReviewReason.DOUBT_CLEARED),
        Outcome.REJECT: (
            ReviewReason.OTHER_PERSON,
            ReviewReason.DOCUMENT_ALTERED,
            ReviewReason.DOCUMENT_NOT_ORIGINAL,
            ReviewReason.DOCUMENT_NOT_ACCEPTED,
            ReviewReason.PICTURES_UNUSABLE,
        ),
    }
)

# What speaks of an attack rather than of a bad picture: here two people decide, each without the other.
HIGH_RISK: Final = frozenset(
    {
        Reason.DOCUMENT_TEXT_EDITED,
        Reason.DOCUMENT_SCREEN,
        Reason.DOCUMENT_COPY,
        Reason.DOCUMENT_PORTRAIT_MISPLACED,
        Reason.DOCUMENT_PORTRAITS_DIFFER,
        Reason.DOCUMENT_BARCODE_WRONG,
        Reason.DOCUMENT_BARCODE_DIFFERS,
        Reason.DOCUMENT_SEAL_WRONG,
        Reason.CHIP_DATA_CHANGED,
        Reason.CHIP_SIGNATURE_WRONG,
        Reason.CHIP_PORTRAIT_DIFFERS,
        Reason.CHIP_TEXT_DIFFERS,
    }
)
