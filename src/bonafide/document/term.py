"""Whether a document is valid today and its holder old enough, whatever kind of document says so."""

from __future__ import annotations

from datetime import date

from bonafide.document.check import DocumentCheck
from bonafide.outcome import Reason


def validity(name: str, expiry: date | None, today: date, first: date | None = None) -> DocumentCheck:
    """Whether `today` is on or before the day of expiry, and not before the first day where that is known.

    Not assessable without a day of expiry.
    """
    if first is not None and today < first:
        return DocumentCheck.failed(name, Reason.DOCUMENT_NOT_YET_VALID)
    if expiry is None:
        return DocumentCheck.not_assessable(name, Reason.DOCUMENT_UNREADABLE)
    return DocumentCheck.of(name, today <= expiry, Reason.DOCUMENT_EXPIRED)


def age(
    name: str, earliest: date | None, latest: date | None, minimum_age: int, today: date
) -> DocumentCheck:
    """Whether somebody born from `earliest` to `latest` has completed `minimum_age` years.

    Not assessable where nothing is known, or where what is known leaves it open.
    """
    if earliest is None or latest is None:
        return DocumentCheck.not_assessable(name, Reason.DOCUMENT_UNREADABLE)
    if completed_years(latest, today) >= minimum_age:
        return DocumentCheck.passed(name)
    if completed_years(earliest, today) < minimum_age:
        return DocumentCheck.failed(name, Reason.DOCUMENT_UNDER_AGE)
    return DocumentCheck.not_assessable(name, Reason.DOCUMENT_UNREADABLE)


def completed_years(birth: date, today: date) -> int:
    """Years completed; who was born on 29 February completes one on 1 March in common years."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
