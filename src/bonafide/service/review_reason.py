"""Why a person accepts or rejects a case: what they choose from. docs/people.md says the same."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bonafide.outcome import Outcome


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


def outcome_for(reason: str) -> Outcome | None:
    """The outcome that a reason's code is one of; None for what is no code."""
    return next((outcome for outcome, reasons in REASONS_FOR.items() if reason in reasons), None)
